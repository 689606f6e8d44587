//! `tidegate brake`.

use clap::Subcommand;
use http::Method;
use serde_json::Value;

use super::{segment, table};
use crate::admin::answers::{ReleaseBrake, Released, Status};
use crate::admin::socket::Administration;
use crate::setup::FIRST_APP;

#[derive(Debug, Subcommand)]
pub(crate) enum BrakeCommand {
    /// Where too many would lose access, and how many changes wait for that.
    Status,
    /// Let what is held go on. To refuse it instead, go back to other rules with --restate.
    Release {
        /// The app.
        #[arg(long, default_value = FIRST_APP)]
        app: String,
        /// The target; left out: all of the app's.
        #[arg(long)]
        target: Option<String>,
    },
}

impl BrakeCommand {
    pub(crate) async fn run(self, administration: &Administration) -> anyhow::Result<()> {
        match self {
            Self::Status => {
                let status: Status = administration.call(Method::GET, "/status", &Value::Null).await?;
                let mut rows = Vec::new();
                for app in &status.apps {
                    for line in &app.targets_status {
                        let held = line.rows.held();
                        let state = match &line.brake {
                            Some(pulled) => {
                                format!("pulled: {} users, {} are allowed", pulled.users, pulled.allowed)
                            }
                            None if held > 0 => "until all is decided anew".into(),
                            None => "released".into(),
                        };
                        rows.push(vec![
                            app.app.name.clone(),
                            line.name.clone(),
                            held.to_string(),
                            state,
                        ]);
                    }
                }
                table::print(&["app", "target", "held", "brake"], &rows);
            }
            Self::Release { app, target } => {
                let path = format!("/apps/{}/brake/release", segment(&app));
                let released: Vec<Released> = administration
                    .call(Method::POST, &path, &ReleaseBrake { target })
                    .await?;
                if released.is_empty() {
                    println!("no brake is pulled");
                }
                for released in released {
                    println!("{}: {} held changes go on", released.target, released.rows);
                }
            }
        }
        Ok(())
    }
}
