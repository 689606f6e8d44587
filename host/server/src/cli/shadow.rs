//! `tidegate policy shadow`.

use clap::Args;
use http::Method;
use serde_json::Value;

use super::segment;
use crate::admin::answers::{SetShadow, ShadowReport};
use crate::admin::socket::Administration;
use crate::setup::FIRST_APP;

/// Which version, or none.
#[derive(Debug, Args)]
pub(crate) struct Shadow {
    /// The version's number; left out: say what was seen so far.
    number: Option<i64>,
    /// End it, and say what was seen.
    #[arg(long, conflicts_with = "number")]
    off: bool,
    /// The app.
    #[arg(long, default_value = FIRST_APP)]
    app: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Shadow {
    pub(super) async fn run(self, administration: &Administration) -> anyhow::Result<()> {
        anyhow::ensure!(
            matches!(administration, Administration::Running(_)),
            "a version decides beside another while a server runs, and none does"
        );
        let path = format!("/apps/{}/shadow", segment(&self.app));
        let report: Option<ShadowReport> = match (self.number, self.off) {
            (None, false) => administration.call(Method::GET, &path, &Value::Null).await?,
            (number, _) => {
                administration
                    .call(Method::PUT, &path, &SetShadow { number })
                    .await?
            }
        };
        if self.json {
            println!("{}", serde_json::to_string_pretty(&report)?);
            return Ok(());
        }
        let Some(ShadowReport { number, seen }) = report else {
            println!("no version decides beside the one in force");
            return Ok(());
        };
        let ends = if self.off { "decided" } else { "decides" };
        println!("version {number} {ends} beside the one in force");
        println!(
            "same: {}, different: {}, failed: {}, passed over: {}",
            seen.same, seen.differs, seen.failed, seen.passed_over
        );
        for example in &seen.examples {
            println!("\nrequest {}\n{}", example.request, example.difference.trim_end());
        }
        Ok(())
    }
}
