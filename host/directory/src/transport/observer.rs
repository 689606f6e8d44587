//! Who is told of every call: the server counts them, by target and operation.

use std::time::Duration;

use http::{HeaderValue, Method};

use super::Answer;
use crate::connector::Result;

/// Is told of every call that was begun and came to an end. A call whose caller gave it up
/// (a shutdown) is not told.
pub trait Observer: Send + Sync {
    /// A call came to its end. Called on the way of every call: it must not block.
    fn answered(&self, call: &Call);

    /// The `traceparent` of W3C Trace Context that a call carries, so that what the product records of it belongs to the
    /// same trace; none: nothing is traced. Called within the call's span ([`SPANS`](super::SPANS)).
    fn parent(&self) -> Option<HeaderValue> {
        None
    }
}

/// One call, without a name or a secret in it: a label's worth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The method.
    pub method: Method,
    /// The path after the base URL with `{}` for every name, such as
    /// `/rest/api/user/{}/group/{}`; without its query. The connectors have a few dozen.
    pub path: String,
    /// How it went.
    pub outcome: Outcome,
    /// How long it waited for its turn: other calls, the configured rate, an empty bucket.
    pub waited: Duration,
    /// How long the product took, until its answer was read.
    pub duration: Duration,
    /// When the product wrote its answer, by its own clock and to the second; in milliseconds since 1970.
    pub written_ms: Option<i64>,
}

/// How a call went, before the connector gave a 400, 404 or 409 its meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// 2xx.
    Success,
    /// 3xx, to a caller that takes it for an answer.
    Redirected,
    /// 4xx that a connector reads.
    Declined,
    /// 5xx, to a caller that takes it for an answer.
    Failed,
    /// [`ConnectorError::kind`](crate::connector::ConnectorError::kind): no answer, or one
    /// that means the same in every call (401, 429, 5xx).
    Error(&'static str),
}

impl Outcome {
    pub(super) fn of(answer: &Result<Answer>) -> Self {
        match answer {
            Ok(answer) => match answer.status() {
                ..300 => Self::Success,
                300..400 => Self::Redirected,
                400..500 => Self::Declined,
                500.. => Self::Failed,
            },
            Err(error) => Self::Error(error.kind()),
        }
    }

    /// `2xx` and the like, or the error's kind: one of about a dozen words.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "2xx",
            Self::Redirected => "3xx",
            Self::Declined => "4xx",
            Self::Failed => "5xx",
            Self::Error(kind) => kind,
        }
    }
}
