//! `tidegate log`.

use clap::Args;
use http::Method;
use serde_json::Value;

use crate::admin::answers::{ChangeLevels, LevelsNow};
use crate::admin::socket::Administration;
use crate::clock::rfc3339;

#[derive(Debug, Args)]
pub(crate) struct LogCommand {
    /// What the running server logs, for example `info,tidegate=debug`; left out: what it logs now is shown.
    levels: Option<String>,
    /// Minutes until it logs as configured again.
    #[arg(long = "for", value_name = "MINUTES", default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..=1_440))]
    minutes: u64,
    /// Log as configured again, at once.
    #[arg(long, conflicts_with_all = ["levels", "minutes"])]
    back: bool,
}

impl LogCommand {
    pub(crate) async fn run(self, administration: &Administration) -> anyhow::Result<()> {
        anyhow::ensure!(
            matches!(administration, Administration::Running(_)),
            "no server runs on this data directory: `log` in its configuration says what it will log"
        );
        let now: LevelsNow = if self.levels.is_some() || self.back {
            let wanted = ChangeLevels {
                levels: self.levels,
                seconds: self.minutes * 60,
            };
            administration.call(Method::PUT, "/log", &wanted).await?
        } else {
            administration.call(Method::GET, "/log", &Value::Null).await?
        };
        match now.until_ms {
            Some(until) => println!(
                "logs {} until {}, then {}",
                now.levels,
                rfc3339(until),
                now.configured
            ),
            None => println!("logs {}, as configured", now.levels),
        }
        Ok(())
    }
}
