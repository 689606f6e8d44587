//! `tidegate app`.

use clap::Subcommand;
use http::Method;
use serde_json::Value;

use super::{segment, table};
use crate::admin::answers::{AppSummary, CreateApp, RotateToken};
use crate::admin::socket::Administration;
use crate::setup::{FIRST_APP, NewApp};

#[derive(Debug, Subcommand)]
pub(crate) enum AppCommand {
    /// Make an app with the standard policy; prints its base URL and token, once.
    Create {
        /// Its name.
        name: String,
    },
    /// List apps.
    List,
    /// Make a new token; older ones go on working for a while.
    RotateToken {
        /// The app.
        #[arg(default_value = FIRST_APP)]
        name: String,
        /// Seconds that older tokens go on working.
        #[arg(long, default_value_t = 86_400)]
        overlap_seconds: u32,
    },
}

impl AppCommand {
    pub(crate) async fn run(self, administration: &Administration) -> anyhow::Result<()> {
        match self {
            Self::Create { name } => {
                let made = administration
                    .call(Method::POST, "/apps", &CreateApp { name })
                    .await?;
                show(&made);
            }
            Self::List => {
                let apps: Vec<AppSummary> = administration.call(Method::GET, "/apps", &Value::Null).await?;
                let row = |app: &AppSummary| {
                    let policy = app.policy.clone().unwrap_or_else(|| "none".into());
                    vec![
                        app.name.clone(),
                        app.users.to_string(),
                        app.groups.to_string(),
                        app.targets.join(" "),
                        policy,
                        app.base_url.clone(),
                    ]
                };
                let rows: Vec<_> = apps.iter().map(row).collect();
                table::print(
                    &["app", "users", "groups", "targets", "policy", "base url"],
                    &rows,
                );
            }
            Self::RotateToken {
                name,
                overlap_seconds,
            } => {
                let path = format!("/apps/{}/token", segment(&name));
                let made = administration
                    .call(Method::POST, &path, &RotateToken { overlap_seconds })
                    .await?;
                show(&made);
            }
        }
        Ok(())
    }
}

fn show(app: &NewApp) {
    println!("SCIM base URL: {}", app.base_url);
    println!("SCIM bearer token: {}", app.token);
}
