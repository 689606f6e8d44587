//! What a user's change means for one target.

use tidegate_sdk::types::{
    AccountRef, AccountSpec, GroupRef, GroupSpec, Occasion, OnExisting, OnMissing, User, UserChange,
};
use tidegate_sdk::{Rejection, Step, step};

use super::Outcomes;
use crate::settings::{OnRemoval, Rules};
use crate::{scope, username};

/// A user in scope has an account that follows it; one that went, or left the allowed
/// domains, has its account treated as `on-removal` says.
pub(super) fn outcomes(
    rules: &Rules,
    occasion: Occasion,
    change: &UserChange,
) -> Result<Outcomes, Rejection> {
    let in_scope = |user: &&User| scope::allowed(&rules.allowed_domains, user);
    let before = change.before.as_ref().filter(in_scope);
    let after = change.after.as_ref().filter(in_scope);
    match (before, after) {
        // Out of scope before and now, or out of scope by new rules: an account that earlier
        // rules gave is closed; where there is none, the host has nothing to do.
        (None, None) => {
            let known = change.after.as_ref().or(change.before.as_ref());
            Ok(known
                .map(|user| removal(rules, user, "is not in an allowed domain"))
                .into_iter()
                .collect())
        }
        (Some(gone), None) if change.after.is_some() => {
            Ok(vec![removal(rules, gone, "is no longer in an allowed domain")])
        }
        (Some(gone), None) => Ok(vec![removal(rules, gone, "was removed")]),
        (before, Some(user)) if user.active => active(rules, occasion, before, user),
        (_, Some(user)) => Ok(inactive(rules, user)),
    }
}

fn active(
    rules: &Rules,
    occasion: Occasion,
    before: Option<&User>,
    user: &User,
) -> Result<Outcomes, Rejection> {
    let came = before.is_none_or(|before| !before.active);
    let because = match (occasion, came) {
        (Occasion::Reconcile, _) => "is assigned and active",
        (Occasion::Event, true) => "was assigned or activated",
        (Occasion::Event, false) => "was changed",
    };
    let mut outcomes = vec![say(user, because).ensure_account(account(rules, user)?)];
    // Restated with every change: the host compares, and an account that is usable costs no call.
    if rules.enable_users {
        outcomes.push(say(user, because).restore(user));
    }
    outcomes.extend(default_groups(rules, user));
    Ok(outcomes)
}

/// No account is created for a user that arrives inactive, but one that is there already
/// is found and suspended: a leaver's account must not stay open because this directory
/// was connected late. A name that the rules cannot map is no reason to keep it open either.
/// Default groups are restated, since a plan says everything that the user wants: leaving
/// them out would take them away.
fn inactive(rules: &Rules, user: &User) -> Outcomes {
    let mut outcomes = Vec::new();
    if rules.disable_users {
        if let Ok(spec) = account(rules, user) {
            let on_missing = OnMissing::Skip;
            outcomes.push(say(user, "is inactive").ensure_account(AccountSpec { on_missing, ..spec }));
        }
        outcomes.push(suspension(rules, user, "is inactive"));
    }
    outcomes.extend(default_groups(rules, user));
    outcomes
}

fn removal(rules: &Rules, user: &User, because: &str) -> Step {
    match rules.on_removal {
        OnRemoval::Disable => suspension(rules, user, because),
        OnRemoval::Delete => say(user, because).remove_account(user),
        OnRemoval::Leave => say(user, because).release_account(user),
    }
}

fn suspension(rules: &Rules, user: &User, because: &str) -> Step {
    let step = say(user, because);
    if rules.strip_groups_on_disable {
        step.suspend_and_strip(user)
    } else {
        step.suspend(user)
    }
}

fn account(rules: &Rules, user: &User) -> Result<AccountSpec, Rejection> {
    Ok(AccountSpec {
        account: AccountRef::from(user),
        username: username::mapped(&rules.username_rules, rules.username_case, &user.user_name)?,
        email: scope::email(user).map(str::to_owned),
        display_name: Some(scope::display_name(user)),
        given_name: user.name.given.clone(),
        family_name: user.name.family.clone(),
        on_missing: if rules.import_users {
            OnMissing::Create
        } else {
            OnMissing::Skip
        },
        on_existing: if rules.update_users {
            OnExisting::Update
        } else {
            OnExisting::LinkOnly
        },
        link_by: rules.link_by,
    })
}

fn default_groups(rules: &Rules, user: &User) -> Outcomes {
    let on_missing = if rules.groups.create_missing {
        OnMissing::Create
    } else {
        OnMissing::Skip
    };
    let steps = rules.default_groups.iter().flat_map(|name| {
        let spec = GroupSpec {
            group: GroupRef::Name(name.clone()),
            name: name.clone(),
            description: None,
            on_missing,
        };
        let because = format!("{name} is a default group");
        [
            step(because.clone()).ensure_group(spec),
            step(because).members(name.as_str(), [user]),
        ]
    });
    steps.collect()
}

fn say(user: &User, because: &str) -> tidegate_sdk::StepBuilder {
    step(format!("{} {because}", user.user_name))
}
