//! Usernames from names: `jdoe`, and `jdoe2` for the next one.
//!
//! Who has which name is stored, so that a name stays with its person, also when the person is renamed, and
//! is never given to another, also after the person has left. Two decisions at the same moment cannot take one
//! name: the store refuses the second (compare and set), which then tries the next number.

mod names;

use schemars::JsonSchema;
use serde::Deserialize;
use tidegate_sdk::types::{AccountSpec, Change, LinkBy, OnExisting, OnMissing, User};
use tidegate_sdk::{Description, Plan, Policy, Problem, Rejection, Request, settings, step};

/// The settings.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Names {
    /// Letters of a username at most, the number not counted.
    #[schemars(range(min = 2, max = 40))]
    longest: usize,
}

impl Default for Names {
    fn default() -> Self {
        Self { longest: 20 }
    }
}

impl Policy for Names {
    fn describe() -> Description {
        Description {
            name: "names".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            summary: "Usernames from first and last names, with a number where two people share one.".into(),
            settings_schema: settings::schema::<Self>(),
        }
    }

    fn configure(text: &str) -> Result<Self, Vec<Problem>> {
        let names: Self = settings::parse(text)?;
        if !(2..=40).contains(&names.longest) {
            return Err(vec![Problem {
                path: "/longest".into(),
                message: "must be between 2 and 40".into(),
            }]);
        }
        Ok(names)
    }

    fn decide(&self, request: &Request) -> Result<Plan, Rejection> {
        let Change::User(change) = &request.change else {
            return Ok(Plan::default());
        };
        let Some(user) = &change.after else {
            let left = change.before.as_ref();
            let steps = left.map(|user| step("was removed").suspend(user));
            return Ok(Plan {
                steps: steps.into_iter().collect(),
            });
        };
        if !user.active {
            return Ok(Plan {
                steps: vec![step("is inactive").suspend(user)],
            });
        }
        let username = names::of(user, self.longest)?;
        let reason = format!("has the username {username}");
        Ok(Plan {
            steps: vec![
                step(reason).ensure_account(account(user, username)),
                step("is active").restore(user),
            ],
        })
    }
}

fn account(user: &User, username: String) -> AccountSpec {
    let primary = user.emails.iter().find(|email| email.primary);
    AccountSpec {
        account: user.into(),
        username,
        email: primary.or(user.emails.first()).map(|email| email.value.clone()),
        display_name: user.display_name.clone(),
        given_name: user.name.given.clone(),
        family_name: user.name.family.clone(),
        on_missing: OnMissing::Create,
        on_existing: OnExisting::Fail,
        link_by: LinkBy::Username,
    }
}

tidegate_sdk::export_policy!(Names);
