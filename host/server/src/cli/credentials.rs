//! `tidegate credential`.

use std::path::PathBuf;

use clap::Subcommand;
use http::Method;
use serde_json::Value;

use super::{secret, segment, table};
use crate::admin::answers::{CredentialSummary, PutCredential};
use crate::admin::socket::Administration;
use crate::setup::FIRST_APP;

#[derive(Debug, Subcommand)]
pub(crate) enum CredentialCommand {
    /// Store a secret, or replace it: the next request of a policy carries the new one.
    Set {
        /// Its name: what a policy and its grants call it.
        name: String,
        /// The app.
        #[arg(long, default_value = FIRST_APP)]
        app: String,
        /// An origin that it may be sent to, for example <https://hr.example.com>; may be repeated.
        #[arg(long = "origin", value_name = "URL", required = true)]
        origins: Vec<String>,
        /// The header that carries it.
        #[arg(long, default_value = "Authorization")]
        header: String,
        /// File with what the header says, whole (`Bearer …`); `-` reads it from standard input.
        #[arg(long, value_name = "FILE")]
        value_file: PathBuf,
    },
    /// List names and origins; secrets are never shown.
    List {
        /// The app.
        #[arg(long, default_value = FIRST_APP)]
        app: String,
    },
    /// Remove a secret. Requests that ask for it fail from then on.
    Remove {
        /// The credential.
        name: String,
        /// The app.
        #[arg(long, default_value = FIRST_APP)]
        app: String,
    },
}

impl CredentialCommand {
    pub(crate) async fn run(self, administration: &Administration) -> anyhow::Result<()> {
        match self {
            Self::Set {
                name,
                app,
                origins,
                header,
                value_file,
            } => {
                let value = secret(&value_file)?;
                let wanted = PutCredential {
                    origins,
                    header,
                    value,
                };
                administration
                    .call::<Value>(Method::PUT, &one(&app, &name), &wanted)
                    .await?;
                println!("credential {name} is stored; policies whose grants name it may use it");
            }
            Self::List { app } => {
                let path = format!("/apps/{}/credentials", segment(&app));
                let known: Vec<CredentialSummary> =
                    administration.call(Method::GET, &path, &Value::Null).await?;
                let row = |known: &CredentialSummary| vec![known.name.clone(), known.origins.join(" ")];
                let rows: Vec<_> = known.iter().map(row).collect();
                table::print(&["credential", "may be sent to"], &rows);
            }
            Self::Remove { name, app } => {
                administration
                    .call::<Value>(Method::DELETE, &one(&app, &name), &Value::Null)
                    .await?;
                println!("credential {name} is removed");
            }
        }
        Ok(())
    }
}

fn one(app: &str, name: &str) -> String {
    format!("/apps/{}/credentials/{}", segment(app), segment(name))
}
