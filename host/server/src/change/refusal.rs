//! Refusals, in words that help whoever reads Okta's task list, and no internals.

use tidegate_runtime::{Failure, Rejection};
use tidegate_scim::error::ScimError;
use tidegate_store::StoreError;

/// The policy said no: a decision.
pub(super) fn rejected(rejection: Rejection) -> ScimError {
    match rejection {
        Rejection::InvalidValue(detail) => ScimError::invalid_value(detail),
        Rejection::Uniqueness(detail) => ScimError::uniqueness(detail),
        Rejection::Mutability(detail) => ScimError::mutability(detail),
        Rejection::Forbidden(detail) => ScimError::forbidden(detail),
        Rejection::RetryLater(seconds) => ScimError::too_many_requests(u64::from(seconds.max(1))),
    }
}

/// The policy did not decide: a fault. The request id leads an operator to the log line.
pub(super) fn failed(failure: &Failure, request: &str) -> ScimError {
    if *failure == Failure::Overloaded {
        // Okta waits for whole seconds and doubles them by itself.
        return ScimError::too_many_requests(2);
    }
    let (kind, cause) = (failure.kind(), failure.to_string());
    let frames = match failure {
        Failure::Trap { frames, .. } => frames.join(" < "),
        _ => String::new(),
    };
    tracing::error!(
        request,
        kind,
        cause,
        frames,
        "the policy did not decide; nothing was stored"
    );
    let detail = format!(
        "Tidegate's provisioning rules failed on this change ({kind}). Nothing was stored. \
         Tell Tidegate's administrator the request id {request}."
    );
    ScimError::new(500, detail).with_internal(format!("{kind}: {cause}"))
}

/// The store said no.
pub(super) fn not_stored(error: StoreError) -> ScimError {
    match error {
        StoreError::Taken { attribute, value } => ScimError::uniqueness(format!(
            "{attribute} {value:?} is already in use by another resource of this app."
        )),
        StoreError::UsernameTaken { username, target } => ScimError::uniqueness(format!(
            "The rules give this user the username {username:?} in {target:?}, which already belongs to another user. \
             Change the user name in the identity provider, or the username rules in Tidegate."
        )),
        StoreError::Protected { kind, name } => ScimError::forbidden(format!(
            "The {kind} {name:?} is protected in Tidegate and is not managed by provisioning."
        )),
        StoreError::NotFound => ScimError::not_found("The resource does not exist."),
        other => ScimError::internal(other.to_string()),
    }
}
