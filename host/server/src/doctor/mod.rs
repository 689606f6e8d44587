//! What is wrong, and how to mend it: everything that Tidegate depends on and an administrator can change.
//!
//! Nothing is changed by looking. A product that refused our credentials is not asked again, since that
//! would lock the account.

mod issuer;
mod machine;
mod reach;
mod rules;
mod targets;
mod traces;

use std::net::SocketAddr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::service::Service;

/// How something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// As it should be.
    Good,
    /// Nobody can tell from here, or it may be meant so.
    Note,
    /// Not as it should be.
    Bad,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Finding {
    /// What was looked at.
    pub what: String,
    /// How it is.
    pub verdict: Verdict,
    /// What was seen.
    pub seen: String,
    /// What to do; empty where nothing is to be done.
    pub remedy: String,
}

/// How this process was started: what a look needs that the service does not.
#[derive(Debug)]
pub(crate) struct Surroundings {
    /// The configuration.
    pub(crate) config: Config,
    /// Where it listens; none where a command looks and no server runs.
    pub(crate) address: Option<SocketAddr>,
}

/// Looks at everything.
pub(crate) async fn examine(service: &Arc<Service>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(surroundings) = service.surroundings.get() {
        findings.extend(machine::look(&surroundings.config));
        findings.extend(reach::certificate(&surroundings.config));
        findings.extend(reach::public_url(surroundings).await);
        findings.extend(issuer::look(&surroundings.config).await);
        findings.extend(traces::look(&surroundings.config).await);
    }
    findings.extend(rules::look(service).await);
    findings.extend(targets::look(service).await);
    findings
}

fn good(what: impl Into<String>, seen: impl Into<String>) -> Finding {
    finding(what, Verdict::Good, seen, "")
}

fn note(what: impl Into<String>, seen: impl Into<String>, remedy: impl Into<String>) -> Finding {
    finding(what, Verdict::Note, seen, remedy)
}

fn bad(what: impl Into<String>, seen: impl Into<String>, remedy: impl Into<String>) -> Finding {
    finding(what, Verdict::Bad, seen, remedy)
}

fn finding(
    what: impl Into<String>,
    verdict: Verdict,
    seen: impl Into<String>,
    remedy: impl Into<String>,
) -> Finding {
    Finding {
        what: what.into(),
        verdict,
        seen: seen.into(),
        remedy: remedy.into(),
    }
}
