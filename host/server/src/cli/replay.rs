//! `tidegate policy replay`.

use clap::Args;
use http::Method;

use super::segment;
use crate::admin::answers::AskAgain;
use crate::admin::socket::Administration;
use crate::replay::Replay as Report;
use crate::setup::FIRST_APP;

/// Which version, and how much.
#[derive(Debug, Args)]
pub(crate) struct Replay {
    /// The version's number.
    number: i64,
    /// So many of the last questions; left out: all that are kept (see `tidegate app set --questions-kept`).
    #[arg(long)]
    last: Option<u32>,
    /// The app.
    #[arg(long, default_value = FIRST_APP)]
    app: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Replay {
    pub(super) async fn run(self, administration: &Administration) -> anyhow::Result<()> {
        let path = format!("/apps/{}/policies/{}/replay", segment(&self.app), self.number);
        let wanted = AskAgain { last: self.last };
        let report: Report = administration.call(Method::POST, &path, &wanted).await?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&report)?);
            return Ok(());
        }
        println!(
            "version {} and the one in force, asked the last {} questions again",
            report.number,
            report.same + report.differs + report.failed
        );
        println!(
            "same: {}, different: {}, failed: {}",
            report.same, report.differs, report.failed
        );
        for example in &report.examples {
            println!("\nrequest {}\n{}", example.request, example.difference.trim_end());
        }
        Ok(())
    }
}
