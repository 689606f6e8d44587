//! `tidegate demo`: everything real but the products, which are simulated over real HTTP. An
//! Okta session runs through a policy that is swapped half-way.

mod load;
mod products;
mod story;

use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use tidegate_okta::{OktaClient, Session};

use crate::config::Config;
use crate::server::Server;
use crate::telemetry;

/// Flags of `demo`.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// End when the story is told, with exit code 0 if all went well.
    #[arg(long)]
    once: bool,
}

/// Rules of the first day.
const FIRST_RULES: &str = r#"{"username-rules": [{"pattern": "(.*)@.*", "replacement": "$1"}]}"#;

/// Rules from Tuesday on.
const SECOND_RULES: &str = r#"{
  "username-rules": [{"pattern": "(.*)@.*", "replacement": "$1"}],
  "default-groups": ["everybody"],
  "strip-groups-on-disable": true,
  "groups": {"mapping": [{"from": "^(Engineering|Support)$", "regex": true, "to": ["$1", "tidal-staff"]}]}
}"#;

impl Demo {
    /// In a new data directory, or in one that goes with the process.
    pub(crate) async fn run(self, log: Option<&str>, data_dir: Option<&Path>) -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        let data_dir = data_dir.unwrap_or(folder.path());
        let used = std::fs::read_dir(data_dir).is_ok_and(|mut entries| entries.next().is_some());
        anyhow::ensure!(
            !used,
            "{} is not empty, and a demo begins with nothing: name another folder, or empty this one",
            data_dir.display()
        );
        let config = Config {
            listen: ([127, 0, 0, 1], 0).into(),
            data_dir: data_dir.to_owned(),
            log: log.unwrap_or("error").to_owned(),
            ..Config::default()
        };
        telemetry::start(&config)?;
        let products = products::start().await?;
        let server = Server::start(&config).await?;
        let first = server
            .first_app
            .clone()
            .context("a new data directory has no app yet")?;
        story::introduce(&products, &first);

        let okta = OktaClient::new(&first.base_url, &first.token);
        let mut session = Session::demo();
        let mut failed = 0;
        story::deploy(&server, "the rules of the first day", FIRST_RULES, false).await?;
        story::connect(&server, &products).await?;
        failed += story::act(&mut session, 0, &okta).await;
        story::settle(&server).await?;
        story::show(&products);

        story::heading("New rules, while Okta keeps writing");
        let load = load::start(&okta, &session);
        story::deploy(&server, "the rules from Tuesday on", SECOND_RULES, true).await?;
        tokio::time::sleep(Duration::from_millis(500)).await;
        failed += load.stop().await;
        story::settle(&server).await?;
        story::show(&products);

        for act in 1..session.acts().len() {
            failed += story::act(&mut session, act, &okta).await;
            story::settle(&server).await?;
        }
        story::show(&products);
        story::sum_up(&okta);

        if self.once {
            server.stop().await;
            anyhow::ensure!(failed == 0, "{failed} steps of the session failed");
            return Ok(());
        }
        story::leave_running(&first, &server, &products, &config);
        tokio::signal::ctrl_c().await?;
        server.stop().await;
        Ok(())
    }
}
