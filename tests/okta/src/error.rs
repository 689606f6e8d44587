//! Why a task of Okta's fails.

use http::Method;
use serde_json::Value;

/// What an administrator would see in Okta's list of tasks.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum OktaError {
    /// The server refused; `detail` is what it says (RFC 7644 section 3.12).
    #[error("{method} {path}: {status}: {detail}")]
    Refused {
        /// The request's method.
        method: Method,
        /// Its path and query.
        path: String,
        /// The HTTP status.
        status: u16,
        /// `scimType`, if there is one.
        scim_type: Option<String>,
        /// `detail`, or the start of whatever the body was.
        detail: String,
    },
    /// 429 until Okta gave up.
    #[error("{method} {path}: still 429 after {tries} tries")]
    Exhausted {
        /// The request's method.
        method: Method,
        /// Its path and query.
        path: String,
        /// How often it was sent.
        tries: u32,
    },
    /// Okta closes the socket after 60 seconds.
    #[error("{method} {path}: no answer within {seconds} s")]
    TimeLimit {
        /// The request's method.
        method: Method,
        /// Its path and query.
        path: String,
        /// The limit.
        seconds: u64,
    },
    /// No HTTP answer came.
    #[error("{method} {path}: {reason}")]
    Connection {
        /// The request's method.
        method: Method,
        /// Its path and query.
        path: String,
        /// What went wrong.
        reason: String,
    },
    /// An answer that Okta cannot work with.
    #[error("{method} {path}: {reason}")]
    Answer {
        /// The request's method.
        method: Method,
        /// Its path and query.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A step of a session names someone or something that no earlier step made.
    #[error("the session has no {0}")]
    Unknown(String),
}

impl OktaError {
    /// The HTTP status, if there was an answer that refused.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Refused { status, .. } => Some(*status),
            Self::Exhausted { .. } => Some(429),
            _ => None,
        }
    }

    pub(crate) fn refused(method: &Method, path: &str, status: u16, body: &Value, text: &str) -> Self {
        const SHOWN: usize = 200;
        let word = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
        Self::Refused {
            method: method.clone(),
            path: path.to_owned(),
            status,
            scim_type: word("scimType"),
            detail: word("detail").unwrap_or_else(|| text.chars().take(SHOWN).collect()),
        }
    }

    pub(crate) fn answer(method: &Method, path: &str, reason: impl Into<String>) -> Self {
        Self::Answer {
            method: method.clone(),
            path: path.to_owned(),
            reason: reason.into(),
        }
    }
}
