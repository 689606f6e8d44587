//! What a refusal means, by its `reason`: a stable word of Atlassian's `ErrorEntity`, which its
//! own client goes by. The texts beside it are for people and change.

use crate::connector::ConnectorError;
use crate::transport::Answer;

pub(super) const USER_NOT_FOUND: &str = "USER_NOT_FOUND";
pub(super) const GROUP_NOT_FOUND: &str = "GROUP_NOT_FOUND";
pub(super) const MEMBERSHIP_NOT_FOUND: &str = "MEMBERSHIP_NOT_FOUND";
pub(super) const MEMBERSHIP_ALREADY_EXISTS: &str = "MEMBERSHIP_ALREADY_EXISTS";

/// Whether the answer is refused with this word.
pub(super) fn is(answer: &Answer, reason: &str) -> bool {
    answer.status() >= 400 && answer.reason().as_deref() == Some(reason)
}

/// The error of a call that was refused.
pub(super) fn refusal(answer: &Answer) -> ConnectorError {
    let words = answer.words();
    let Some(reason) = answer.reason() else {
        return unreasoned(answer);
    };
    match reason.as_str() {
        USER_NOT_FOUND | GROUP_NOT_FOUND | MEMBERSHIP_NOT_FOUND => ConnectorError::NotFound(words),
        MEMBERSHIP_ALREADY_EXISTS => ConnectorError::Conflict(words),
        // One word for both: an LDAP directory connected read-only, and a box not ticked.
        "APPLICATION_PERMISSION_DENIED" | "PERMISSION_DENIED" => ConnectorError::ReadOnly(format!(
            "{words}; in Crowd, give the application this permission in the directory, under Applications, \
             Directories and groups, unless the directory itself is read-only"
        )),
        "APPLICATION_ACCESS_DENIED" => ConnectorError::Forbidden(words),
        "UNSUPPORTED_OPERATION" | "NESTED_GROUPS_NOT_SUPPORTED" => ConnectorError::Unsupported(words),
        "INVALID_USER" | "INVALID_GROUP" | "INVALID_EMAIL" | "ILLEGAL_ARGUMENT" => {
            ConnectorError::Refused(words)
        }
        "INVALID_CREDENTIAL" => ConnectorError::Refused(format!(
            "{words}; the directory's password policy does not take our random password"
        )),
        _ => answer.error(),
    }
}

/// A refusal that is not of the API: of a filter in front of it, a proxy, or a server that is
/// starting. A 404 of those says nothing about accounts and groups.
fn unreasoned(answer: &Answer) -> ConnectorError {
    let words = answer.words();
    match answer.status() {
        403 => ConnectorError::Forbidden(format!(
            "{words}; is our address among the application's remote addresses?"
        )),
        404 | 405 => ConnectorError::Unavailable(format!(
            "{words} without a reason: check the base URL (such as https://crowd.example.com/crowd), or it is starting"
        )),
        _ => answer.error(),
    }
}

/// Before Crowd 2.8.4 there is no such resource: 404, and no reason.
pub(super) fn rename_refusal(answer: &Answer) -> ConnectorError {
    if matches!(answer.status(), 404 | 405) && answer.reason().is_none() {
        return ConnectorError::Unsupported(
            "this server cannot rename accounts by REST: update to Crowd 2.8.4 or later, or rename it there"
                .to_owned(),
        );
    }
    refusal(answer)
}
