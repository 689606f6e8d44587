//! `tidegate policy`.

use std::path::PathBuf;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use clap::{Args, Subcommand};
use http::Method;
use serde_json::Value;
use tidegate_store::apps::CanaryShare;

use super::authors::AuthorCommand;
use super::preview::Preview;
use super::replay::Replay;
use super::shadow::Shadow;
use super::watch::Watch;
use super::{component, json_file, segment, table};
use crate::admin::answers::{ActivatePolicy, DeployPolicy, PolicyVersion, SetCanary};
use crate::admin::socket::Administration;
use crate::setup::FIRST_APP;

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    #[command(flatten)]
    Author(AuthorCommand),
    /// Check a component with its settings and keep it as a version. It serves once it is activated.
    Deploy(Deploy),
    /// List versions, newest first.
    List {
        /// The app.
        #[arg(long, default_value = FIRST_APP)]
        app: String,
    },
    /// Let a version decide from now on. Requests under way finish with the one they began with.
    Activate {
        /// The version's number.
        number: i64,
        /// The app.
        #[arg(long, default_value = FIRST_APP)]
        app: String,
        /// Then decide anew for every user and group that is stored.
        #[arg(long)]
        restate: bool,
        /// Digest of the preview that you saw: only that goes live, and everything is decided anew.
        #[arg(long, value_name = "DIGEST")]
        preview: Option<String>,
    },
    /// Show what a version would change, target by target. Nothing is changed.
    Preview(Preview),
    /// Ask a version, and the one in force, what was asked lately, and show how they differ. Nothing is changed.
    Replay(Replay),
    /// For development: make a component live whenever it, its settings or its grants change.
    Watch(Watch),
    /// Let a version decide beside the one in force, without effect, and show how it differs.
    Shadow(Shadow),
    /// Let a version decide about a share of the resources, always the same ones.
    Canary {
        /// The version's number.
        #[arg(required_unless_present = "off")]
        number: Option<i64>,
        /// Of a hundred resources; a larger share has all that a smaller one had.
        #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u8).range(1..=100))]
        percent: u8,
        /// The version in force decides about all again.
        #[arg(long, conflicts_with = "number")]
        off: bool,
        /// The app.
        #[arg(long, default_value = FIRST_APP)]
        app: String,
    },
    /// Activate the version that was active before.
    Rollback {
        /// The app.
        #[arg(long, default_value = FIRST_APP)]
        app: String,
        /// Then decide anew for every user and group that is stored.
        #[arg(long)]
        restate: bool,
    },
}

/// Code, settings and grants.
#[derive(Debug, Args)]
pub(super) struct Parts {
    /// The component (.wasm): a file, a URL, or `oci://REGISTRY/REPOSITORY@sha256:…`; left out: the standard policy.
    component: Option<PathBuf>,
    /// SHA-256 that the component must have; needed with a URL.
    #[arg(long, value_name = "SHA256", requires = "component")]
    digest: Option<String>,
    /// Its minisign signature; left out: the file's name with .minisig, if it is there.
    #[arg(long, value_name = "FILE", requires = "component")]
    signature: Option<PathBuf>,
    #[command(flatten)]
    login: component::Login,
    /// Settings (JSON).
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// What it may do besides deciding (JSON).
    #[arg(long, value_name = "FILE")]
    grants: Option<PathBuf>,
}

/// A version to be.
#[derive(Debug, Args)]
pub(crate) struct Deploy {
    #[command(flatten)]
    parts: Parts,
    /// The app.
    #[arg(long, default_value = FIRST_APP)]
    app: String,
    /// Activate it at once.
    #[arg(long)]
    activate: bool,
    /// Then decide anew for every user and group that is stored.
    #[arg(long, requires = "activate")]
    restate: bool,
}

impl PolicyCommand {
    pub(crate) async fn run(self, administration: &Administration) -> anyhow::Result<()> {
        match self {
            Self::Deploy(deploy) => {
                let path = format!("/apps/{}/policies", segment(&deploy.app));
                let wanted = DeployPolicy {
                    activate: deploy.activate,
                    restate: deploy.restate,
                    ..deploy.parts.body().await?
                };
                let version: PolicyVersion = administration.call(Method::POST, &path, &wanted).await?;
                show(&version);
            }
            Self::List { app } => {
                let path = format!("/apps/{}/policies", segment(&app));
                let versions: Vec<PolicyVersion> =
                    administration.call(Method::GET, &path, &Value::Null).await?;
                let row = |version: &PolicyVersion| {
                    let short: String = version.digest.chars().take(12).collect();
                    vec![
                        version.number.to_string(),
                        version.name.clone(),
                        version.version.clone(),
                        version.state.clone(),
                        short,
                        version.note.clone(),
                    ]
                };
                let rows: Vec<_> = versions.iter().map(row).collect();
                table::print(
                    &["version", "policy", "release", "state", "digest", "note"],
                    &rows,
                );
            }
            Self::Author(command) => command.run().await?,
            Self::Canary {
                number,
                percent,
                off: _,
                app,
            } => {
                let path = format!("/apps/{}/canary", segment(&app));
                let share = number.map(|number| CanaryShare { number, percent });
                administration
                    .call::<Value>(Method::PUT, &path, &SetCanary { share })
                    .await?;
                match share {
                    Some(share) => println!(
                        "version {} decides about {} % of the resources",
                        share.number, percent
                    ),
                    None => println!("the version in force decides about all"),
                }
            }
            Self::Watch(watch) => watch.run(administration).await?,
            Self::Shadow(shadow) => shadow.run(administration).await?,
            Self::Replay(replay) => replay.run(administration).await?,
            Self::Preview(preview) => preview.run(administration).await?,
            Self::Activate {
                number,
                app,
                restate,
                preview,
            } => {
                let path = format!("/apps/{}/policies/{number}/activate", segment(&app));
                show(
                    &administration
                        .call(Method::POST, &path, &ActivatePolicy { restate, preview })
                        .await?,
                );
            }
            Self::Rollback { app, restate } => {
                let path = format!("/apps/{}/rollback", segment(&app));
                show(
                    &administration
                        .call(
                            Method::POST,
                            &path,
                            &ActivatePolicy {
                                restate,
                                preview: None,
                            },
                        )
                        .await?,
                );
            }
        }
        Ok(())
    }
}

impl Parts {
    /// The files that it is made of.
    pub(super) fn files(&self) -> Vec<PathBuf> {
        let files = [&self.component, &self.settings, &self.grants, &self.signature];
        files.into_iter().flatten().cloned().collect()
    }

    /// What a server is told of them.
    pub(super) async fn body(&self) -> anyhow::Result<DeployPolicy> {
        let component = match &self.component {
            Some(source) => Some(
                BASE64_STANDARD.encode(component::read(source, self.digest.as_deref(), &self.login).await?),
            ),
            None => None,
        };
        Ok(DeployPolicy {
            component,
            digest: self.digest.clone(),
            signature: component::signature(self.component.as_deref(), self.signature.as_deref())?,
            settings: self.settings.as_deref().map(json_file).transpose()?,
            grants: self.grants.as_deref().map(json_file).transpose()?,
            ..DeployPolicy::default()
        })
    }
}

fn show(version: &PolicyVersion) {
    println!(
        "version {} ({} {}) is {}",
        version.number, version.name, version.version, version.state
    );
    if !version.note.is_empty() {
        println!("note: {}", version.note);
    }
}
