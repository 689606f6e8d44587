//! Host types to WIT records. One text for every version of the contract: see [`super`].

use tidegate_scim::view::{GroupView, MemberView, UserView};

use super::{directory, policy, product, scim};
use crate::request::{Change, Occasion, Request, TargetView};

/// The whole question.
pub(crate) fn request(request: &Request) -> policy::types::Request {
    policy::types::Request {
        id: request.id.clone(),
        app: request.app.clone(),
        occasion: match request.occasion {
            Occasion::Event => policy::types::Occasion::Event,
            Occasion::Reconcile => policy::types::Occasion::Reconcile,
        },
        now: request.now_ms,
        targets: request.targets.iter().map(target).collect(),
        change: change(&request.change),
    }
}

fn change(change: &Change) -> policy::types::Change {
    match change {
        Change::User {
            before,
            after,
            groups,
        } => policy::types::Change::User(policy::types::UserChange {
            before: before.as_deref().map(user),
            after: after.as_deref().map(user),
            groups: groups.clone(),
        }),
        Change::Group { before, after } => policy::types::Change::Group(policy::types::GroupChange {
            before: before.as_ref().map(group),
            after: after.as_ref().map(group),
        }),
        Change::Membership {
            group: subject,
            added,
            removed,
        } => policy::types::Change::Membership(policy::types::MembershipChange {
            group: group(subject),
            added: added.iter().map(member).collect(),
            removed: removed.iter().map(member).collect(),
        }),
    }
}

fn target(target: &TargetView) -> directory::types::Target {
    directory::types::Target {
        name: target.name.clone(),
        product: product(target.product),
        directory: target.directory.clone(),
    }
}

fn user(user: &UserView) -> scim::types::User {
    scim::types::User {
        id: user.id.clone(),
        external_id: user.external_id.clone(),
        user_name: user.user_name.clone(),
        active: user.active,
        name: scim::types::Name {
            formatted: user.name.formatted.clone(),
            given: user.name.given.clone(),
            family: user.name.family.clone(),
        },
        display_name: user.display_name.clone(),
        title: user.title.clone(),
        department: user.department.clone(),
        manager_id: user.manager_id.clone(),
        emails: user
            .emails
            .iter()
            .map(|email| scim::types::LabelledValue {
                value: email.value.clone(),
                label: email.label.clone(),
                primary: email.primary,
            })
            .collect(),
        raw: user.raw.clone(),
    }
}

fn group(group: &GroupView) -> scim::types::Group {
    scim::types::Group {
        id: group.id.clone(),
        external_id: group.external_id.clone(),
        display_name: group.display_name.clone(),
        raw: group.raw.clone(),
    }
}

fn member(member: &MemberView) -> scim::types::Member {
    scim::types::Member {
        id: member.id.clone(),
        user_name: member.user_name.clone(),
        active: member.active,
    }
}
