//! Who calls.

use std::fmt;

use tidegate_store::access::Role;

/// Who was found behind a request's credential. Handlers find it in the request's extensions; it cannot come from outside.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    /// The administrator's or the token's name.
    pub(crate) name: String,
    /// What they may do.
    pub(crate) role: Role,
    /// By what.
    pub(crate) by: By,
}

/// By what somebody was found.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum By {
    /// A browser that signed in.
    Session {
        /// The session's token, from the cookie.
        token: String,
        /// When it ends at the latest.
        expires_ms: i64,
    },
    /// An API token.
    Token {
        /// The only app that it may be used for.
        app: Option<i64>,
    },
}

impl Identity {
    /// As the audit trail names them.
    pub(crate) fn actor(&self) -> String {
        match self.by {
            By::Session { .. } => format!("administrator:{}", self.name),
            By::Token { .. } => format!("token:{}", self.name),
        }
    }

    /// What forms of this session send along; none: tokens need none.
    pub(crate) fn csrf_token(&self) -> Option<String> {
        match &self.by {
            By::Session { token, .. } => super::csrf::of(token),
            By::Token { .. } => None,
        }
    }

    /// Whether a form's field, or a header, is this session's.
    pub(crate) fn csrf_matches(&self, sent: &str) -> bool {
        match &self.by {
            By::Session { token, .. } => super::csrf::matches(token, sent),
            By::Token { .. } => true,
        }
    }
}

/// Without the session's token.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity")
            .field("actor", &self.actor())
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}
