//! Why somebody was not signed in.

use http::StatusCode;
use thiserror::Error;
use tidegate_store::StoreError;

use crate::admin::error::Refusal;

/// Each has two texts: what the browser shows, and a word for the audit trail where the issuer vouched for somebody, or
/// tried to.
#[derive(Debug, Error)]
pub(super) enum Trouble {
    /// The issuer does not answer, or not as it should.
    #[error("{{name}} cannot be used right now ({0}). Try again later, or sign in with a password.")]
    Down(String),
    /// The attempt is not this browser's, was used, or took too long.
    #[error("this sign-in was begun in another browser, was used already, or took too long: begin again")]
    Begun,
    /// The issuer says no, in a word of RFC 6749 or OpenID Connect.
    #[error("{{name}} did not sign you in ({0}): begin again, or ask whoever administers it")]
    Declined(String),
    /// What the issuer sent does not hold.
    #[error("what {{name}} sent could not be verified: Tidegate's log says why")]
    Unverified(String),
    /// It does not say what somebody is called.
    #[error(
        "{{name}} says no name of yours that can be taken (preferred_username, or a verified email, of 1 to 64 letters, \
         digits, spaces or - _ . @ + '): ask whoever administers it"
    )]
    Nameless,
    /// None of their groups gives a role.
    #[error("you may not use Tidegate: none of your groups in {{name}} is mapped to a role")]
    Unmapped,
    /// They are known and may not sign in.
    #[error("you may not use Tidegate: an administrator has disabled you")]
    Disabled,
    /// Their name is somebody else's.
    #[error(
        "somebody else has your name here, and nobody's is taken over: ask an administrator of Tidegate to remove or \
         rename them"
    )]
    Taken,
    /// Too many attempts failed.
    #[error("too many attempts to sign in failed: wait, then try again")]
    Wait(u64),
    /// A defect, or a database error.
    #[error("Tidegate failed to sign you in: its log says why")]
    Failed(String),
}

impl Trouble {
    /// What the browser shows.
    pub(super) fn words(&self, name: &str) -> String {
        self.to_string().replace("{name}", name)
    }

    pub(super) fn status(&self) -> StatusCode {
        match self {
            Self::Down(_) => StatusCode::BAD_GATEWAY,
            Self::Begun => StatusCode::BAD_REQUEST,
            Self::Wait(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Failed(_) => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::FORBIDDEN,
        }
    }

    /// The word for the audit trail; none: nothing is known of anybody, and anybody can bring that about.
    pub(super) fn noted(&self) -> Option<&'static str> {
        match self {
            Self::Unverified(_) => Some("unverified"),
            Self::Nameless => Some("nameless"),
            Self::Unmapped => Some("unmapped"),
            Self::Disabled => Some("disabled"),
            Self::Taken => Some("name taken"),
            Self::Down(_) | Self::Begun | Self::Declined(_) | Self::Wait(_) | Self::Failed(_) => None,
        }
    }

    /// What the log says, beside the words.
    pub(super) fn inside(&self) -> Option<&str> {
        match self {
            Self::Unverified(text) | Self::Failed(text) | Self::Down(text) => Some(text),
            _ => None,
        }
    }
}

impl From<StoreError> for Trouble {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Taken { .. } => Self::Taken,
            error => Self::Failed(error.to_string()),
        }
    }
}

impl From<Refusal> for Trouble {
    fn from(refusal: Refusal) -> Self {
        Self::Failed(refusal.to_string())
    }
}
