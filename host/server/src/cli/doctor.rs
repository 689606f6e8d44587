//! `tidegate doctor`.

use clap::Args;
use http::Method;
use serde_json::Value;

use super::table;
use crate::admin::socket::Administration;
use crate::doctor::{Finding, Verdict};

#[derive(Debug, Args)]
pub(crate) struct DoctorCommand {
    /// As JSON.
    #[arg(long)]
    json: bool,
}

impl DoctorCommand {
    pub(crate) async fn run(self, administration: &Administration) -> anyhow::Result<()> {
        let findings: Vec<Finding> = administration.call(Method::GET, "/doctor", &Value::Null).await?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&findings)?);
        } else {
            let row = |finding: &Finding| {
                let verdict = match finding.verdict {
                    Verdict::Good => "good",
                    Verdict::Note => "note",
                    Verdict::Bad => "BAD",
                };
                vec![
                    verdict.to_owned(),
                    finding.what.clone(),
                    finding.seen.clone(),
                    finding.remedy.clone(),
                ]
            };
            let rows: Vec<_> = findings.iter().map(row).collect();
            table::print(&["", "what", "seen", "what to do"], &rows);
        }
        let bad = findings.iter().filter(|finding| finding.verdict == Verdict::Bad);
        match bad.count() {
            0 => Ok(()),
            1 => anyhow::bail!("one thing is bad"),
            count => anyhow::bail!("{count} things are bad"),
        }
    }
}
