//! How a version fails to become one, and how a decision fails: told apart, because
//! each has another remedy. The operator gets causes; the identity provider does not.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why a component did not become a version. Messages are for the engineer who deploys.
#[derive(Debug, Error)]
pub enum StageError {
    /// The file is too large, or is not a component.
    #[error("not a usable WebAssembly component: {0}")]
    NotAComponent(String),
    /// It imports what the host does not offer, or exports another world.
    #[error("the component does not fit the world tidegate:policy@0.1: {0}")]
    WrongWorld(String),
    /// It was built for another version of the contract.
    #[error(
        "the component was built for tidegate:policy@{component}, this Tidegate serves tidegate:policy@{host}: build \
         it again with that version's SDK or WIT files (`tidegate policy new` writes them)"
    )]
    OtherVersion {
        /// The version that it exports.
        component: String,
        /// The version that is served.
        host: String,
    },
    /// It asks for more memories, tables or instances than a pool slot has.
    #[error("the component needs more than a sandbox has: {0}")]
    TooLarge(String),
    /// `configure` refused the settings: (JSON pointer, message).
    #[error("the settings were refused: {}", problems(.0))]
    Settings(Vec<(String, String)>),
    /// `describe` or `configure` failed as a decision can fail.
    #[error("{during} failed: {failure}")]
    Failed {
        /// `describe` or `configure`.
        during: &'static str,
        /// How.
        failure: Failure,
    },
    /// Our own fault.
    #[error("the policy host failed: {0}")]
    Host(String),
}

impl StageError {
    pub(crate) fn host(error: impl std::fmt::Display) -> Self {
        Self::Host(error.to_string())
    }
}

fn problems(list: &[(String, String)]) -> String {
    let lines: Vec<String> = list
        .iter()
        .map(|(path, message)| format!("{}: {message}", if path.is_empty() { "/" } else { path }))
        .collect();
    lines.join("; ")
}

/// A decision of the policy that nothing is to be done: becomes a SCIM error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rejection {
    /// SCIM 400 `invalidValue`.
    InvalidValue(String),
    /// SCIM 409 `uniqueness`.
    Uniqueness(String),
    /// SCIM 400 `mutability`.
    Mutability(String),
    /// SCIM 403.
    Forbidden(String),
    /// 429, try again after so many seconds.
    RetryLater(u32),
}

/// A decision that did not come about.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Failure {
    /// The guest trapped: a panic, a stack overflow.
    #[error("the policy trapped: {cause}{}", stderr_note(.stderr))]
    Trap {
        /// wasmtime's words.
        cause: String,
        /// Function names, innermost first.
        frames: Vec<String>,
        /// The tail of what the guest printed, a panic message for instance.
        stderr: String,
    },
    /// The CPU limit.
    #[error("the policy used more than {limit_millis} ms of CPU")]
    Cpu {
        /// The limit.
        limit_millis: u64,
    },
    /// The wall-clock limit.
    #[error("the policy did not answer within {limit_millis} ms")]
    Wall {
        /// The limit.
        limit_millis: u64,
    },
    /// The memory limit.
    #[error("the policy wanted more than {limit_bytes} bytes of memory")]
    Memory {
        /// The limit.
        limit_bytes: usize,
    },
    /// It ended after being denied a capability, or planned what it may not.
    #[error("the policy was denied: {0}")]
    Denied(String),
    /// The plan is larger than allowed.
    #[error("the plan has {steps} steps, {limit} are allowed")]
    PlanTooLarge {
        /// Its size.
        steps: usize,
        /// The limit.
        limit: usize,
    },
    /// It answered something that cannot be read: more bytes than one call may carry, or
    /// strings and pointers that are none.
    #[error("the policy's answer cannot be read: {0}")]
    Answer(String),
    /// All sandboxes are busy.
    #[error("too many decisions at once")]
    Overloaded,
    /// Our own fault.
    #[error("the policy host failed: {0}")]
    Host(String),
}

impl Failure {
    /// The word that metrics and the audit trail use.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Trap { .. } => "trap",
            Self::Cpu { .. } => "cpu",
            Self::Wall { .. } => "wall",
            Self::Memory { .. } => "memory",
            Self::Denied(_) => "denied",
            Self::PlanTooLarge { .. } => "plan-too-large",
            Self::Answer(_) => "answer",
            Self::Overloaded => "overloaded",
            Self::Host(_) => "host",
        }
    }
}

fn stderr_note(stderr: &str) -> String {
    let text = stderr.trim();
    if text.is_empty() {
        String::new()
    } else {
        format!(" ({text})")
    }
}
