//! WIT records to host types. One text for every version of the contract: see [`super`].

use tidegate_directory::connector::ConnectorError;
use tidegate_directory::plan;

use super::directory::types as wit;
use super::link_by;
use super::policy::types as policy;
use crate::failure::Rejection;

/// A plan.
pub(crate) fn plan(from: policy::Plan) -> plan::Plan {
    let steps = from
        .steps
        .into_iter()
        .map(|step| plan::Step {
            target: step.target,
            operation: operation(step.operation),
            reason: step.reason,
        })
        .collect();
    plan::Plan { steps }
}

/// A rejection.
pub(crate) fn rejection(from: policy::Rejection) -> Rejection {
    match from {
        policy::Rejection::InvalidValue(text) => Rejection::InvalidValue(text),
        policy::Rejection::Uniqueness(text) => Rejection::Uniqueness(text),
        policy::Rejection::Mutability(text) => Rejection::Mutability(text),
        policy::Rejection::Forbidden(text) => Rejection::Forbidden(text),
        policy::Rejection::RetryLater(seconds) => Rejection::RetryLater(seconds),
    }
}

/// An operation.
pub(crate) fn operation(from: wit::Operation) -> plan::Operation {
    match from {
        wit::Operation::EnsureAccount(spec) => plan::Operation::EnsureAccount(plan::AccountSpec {
            link_by: link_by(&spec),
            account: account(spec.account),
            username: spec.username,
            email: spec.email,
            display_name: spec.display_name,
            given_name: spec.given_name,
            family_name: spec.family_name,
            on_missing: on_missing(spec.on_missing),
            on_existing: match spec.on_existing {
                wit::OnExisting::Update => plan::OnExisting::Update,
                wit::OnExisting::LinkOnly => plan::OnExisting::LinkOnly,
                wit::OnExisting::Fail => plan::OnExisting::Fail,
            },
        }),
        wit::Operation::SuspendAccount(suspension) => plan::Operation::SuspendAccount(plan::Suspension {
            account: account(suspension.account),
            strip_groups: suspension.strip_groups,
        }),
        wit::Operation::RestoreAccount(of) => plan::Operation::RestoreAccount(account(of)),
        wit::Operation::RemoveAccount(of) => plan::Operation::RemoveAccount(account(of)),
        wit::Operation::ReleaseAccount(of) => plan::Operation::ReleaseAccount(account(of)),
        wit::Operation::EnsureGroup(spec) => plan::Operation::EnsureGroup(plan::GroupSpec {
            group: group(spec.group),
            name: spec.name,
            description: spec.description,
            on_missing: on_missing(spec.on_missing),
        }),
        wit::Operation::RemoveGroup(of) => plan::Operation::RemoveGroup(group(of)),
        wit::Operation::ReleaseGroup(of) => plan::Operation::ReleaseGroup(group(of)),
        wit::Operation::EnsureMembers(of) => plan::Operation::EnsureMembers(membership(of)),
        wit::Operation::EnsureNotMembers(of) => plan::Operation::EnsureNotMembers(membership(of)),
        wit::Operation::Custom(custom) => plan::Operation::Custom(plan::CustomOperation {
            key: custom.key,
            kind: custom.kind,
            arguments: custom.arguments,
        }),
    }
}

/// What a policy is told of a connector's failure.
pub(crate) fn directory_error(error: ConnectorError) -> wit::Error {
    match error {
        ConnectorError::NotFound(_) => wit::Error::NotFound,
        ConnectorError::Conflict(text) => wit::Error::Conflict(text),
        ConnectorError::RateLimited { retry_after_ms } => {
            wit::Error::RateLimited(u32::try_from(retry_after_ms.div_ceil(1_000)).unwrap_or(u32::MAX))
        }
        ConnectorError::Unavailable(text) => wit::Error::Unavailable(text),
        other => wit::Error::Rejected(other.to_string()),
    }
}

fn membership(from: wit::Membership) -> plan::Membership {
    plan::Membership {
        group: group(from.group),
        accounts: from.accounts.into_iter().map(account).collect(),
    }
}

fn account(from: wit::AccountRef) -> plan::AccountRef {
    match from {
        wit::AccountRef::ScimId(id) => plan::AccountRef::ScimId(id),
        wit::AccountRef::Username(name) => plan::AccountRef::Username(name),
        wit::AccountRef::Email(email) => plan::AccountRef::Email(email),
    }
}

fn group(from: wit::GroupRef) -> plan::GroupRef {
    match from {
        wit::GroupRef::ScimId(id) => plan::GroupRef::ScimId(id),
        wit::GroupRef::Name(name) => plan::GroupRef::Name(name),
    }
}

fn on_missing(from: wit::OnMissing) -> plan::OnMissing {
    match from {
        wit::OnMissing::Create => plan::OnMissing::Create,
        wit::OnMissing::Skip => plan::OnMissing::Skip,
        wit::OnMissing::Fail => plan::OnMissing::Fail,
    }
}
