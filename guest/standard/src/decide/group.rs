//! What a group's change, or that of its members, means for one target.

use tidegate_sdk::step;
use tidegate_sdk::types::{GroupChange, GroupRef, GroupSpec, MembershipChange, OnMissing};

use super::Outcomes;
use crate::settings::{OnGroupRemoval, Rules};

/// The directory groups that a SCIM group stands for exist. The host lets go of the names
/// that an earlier plan had for it and this one has not.
pub(super) fn changed(rules: &Rules, change: &GroupChange) -> Outcomes {
    let now = change
        .after
        .as_ref()
        .map(|group| (group, rules.groups.mapped(&group.display_name)));
    match (&change.before, now) {
        (_, Some((group, names))) if !names.is_empty() => {
            let on_missing = if rules.groups.create_missing {
                OnMissing::Create
            } else {
                OnMissing::Skip
            };
            let single = names.len() == 1;
            let ensure = |name: String| {
                let group_ref = if single {
                    GroupRef::from(group)
                } else {
                    GroupRef::Name(name.clone())
                };
                let reason = if name == group.display_name {
                    format!("group {name} is pushed")
                } else {
                    format!("group {} is pushed as {name}", group.display_name)
                };
                step(reason).ensure_group(GroupSpec {
                    group: group_ref,
                    name,
                    description: None,
                    on_missing,
                })
            };
            names.into_iter().map(ensure).collect()
        }
        (Some(before), now) if !rules.groups.mapped(&before.display_name).is_empty() => {
            let because = if now.is_some() {
                "is out of scope"
            } else {
                "was removed"
            };
            let step = step(format!("group {} {because}", before.display_name));
            vec![match rules.on_group_removal {
                // Out of scope is not removed: a new name must not delete what permissions hang on.
                OnGroupRemoval::Delete if now.is_none() => step.remove_group(before),
                OnGroupRemoval::Delete | OnGroupRemoval::Leave => step.release_group(before),
            }]
        }
        _ => Vec::new(),
    }
}

/// Who came is in every directory group that the SCIM group stands for; who went is not.
pub(super) fn members(rules: &Rules, change: &MembershipChange) -> Outcomes {
    let group = &change.group.display_name;
    let names = rules.groups.mapped(group);
    let steps = names.into_iter().flat_map(|name| {
        [
            step(format!("joined group {group}")).members(name.as_str(), &change.added),
            step(format!("left group {group}")).not_members(name, &change.removed),
        ]
    });
    steps.collect()
}
