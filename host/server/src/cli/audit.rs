//! `tidegate audit`.

use anyhow::Context;
use clap::Subcommand;
use http::Method;
use serde_json::Value;
use serde_json::value::RawValue;
use tidegate_store::audit::chain::Verified;

use crate::admin::socket::Administration;

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    /// Walk the audit trail and name the first line that is not as it was written.
    Verify,
    /// Print the audit trail, oldest first: a line of JSON each, with its hash.
    Export {
        /// Of this time and later: `2026-11-25`, or `2026-11-25T10:00:00Z`.
        #[arg(long, value_name = "TIME")]
        since: Option<String>,
    },
}

impl AuditCommand {
    pub(crate) async fn run(self, administration: &Administration) -> anyhow::Result<()> {
        match self {
            Self::Verify => {
                let found: Verified = administration
                    .call(Method::GET, "/audit/verify", &Value::Null)
                    .await?;
                if let Some(broken) = found.broken {
                    anyhow::bail!(
                        "line {} of the audit trail: {}. The {} lines before it are whole",
                        broken.line,
                        broken.why,
                        found.lines
                    );
                }
                println!("{} lines are as they were written", found.lines);
                // Kept elsewhere, it shows later that the end was not taken off either.
                println!("last line: {}, hash {}", found.last, found.hash);
            }
            Self::Export { since } => {
                let since_ms = since.as_deref().map(moment).transpose()?.unwrap_or(0);
                let path = format!("/audit?since-ms={since_ms}");
                let show = |line: Box<RawValue>| {
                    println!("{line}");
                    Ok(())
                };
                administration
                    .lines(Method::GET, &path, &Value::Null, show)
                    .await?;
            }
        }
        Ok(())
    }
}

/// A day begins in UTC, as the trail is shown.
fn moment(text: &str) -> anyhow::Result<i64> {
    let whole = if text.contains(['T', 't']) {
        text.to_owned()
    } else {
        format!("{text}T00:00:00Z")
    };
    let moment: jiff::Timestamp = whole
        .parse()
        .with_context(|| format!("{text:?} is no time, such as 2026-11-25 or 2026-11-25T10:00:00Z"))?;
    Ok(moment.as_millisecond())
}
