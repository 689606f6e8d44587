//! `tidegate administrator` and `tidegate token`: who administers over the network.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};
use http::Method;
use serde_json::Value;
use tidegate_store::access::Role;

use super::{secret, segment, table};
use crate::admin::answers::{
    AdministratorSummary, CreateAdministrator, CreateToken, MadeToken, PatchAdministrator, TokenSummary,
};
use crate::admin::socket::Administration;
use crate::clock::rfc3339;

/// What somebody may do.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum RoleName {
    /// Look.
    Viewer,
    /// Keep it running: tests, drift, the brake, which version decides.
    Operator,
    /// Everything.
    Administrator,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Viewer => Self::Viewer,
            RoleName::Operator => Self::Operator,
            RoleName::Administrator => Self::Administrator,
        }
    }
}

#[derive(Debug, Subcommand)]
pub(crate) enum AdministratorCommand {
    /// Make somebody who may sign in.
    Create {
        /// The name.
        name: String,
        /// What they may do.
        #[arg(long)]
        role: RoleName,
        /// File with the password, 12 to 256 characters; `-` reads it from standard input.
        #[arg(long, value_name = "FILE")]
        password_file: PathBuf,
    },
    /// List who may sign in.
    List,
    /// Change what somebody may do, or their password; what is left out stays.
    Set {
        /// The name.
        name: String,
        /// What they may do.
        #[arg(long)]
        role: Option<RoleName>,
        /// Let them sign in no longer, or again.
        #[arg(long, value_name = "BOOL")]
        disabled: Option<bool>,
        /// File with another password; they are signed out everywhere.
        #[arg(long, value_name = "FILE")]
        password_file: Option<PathBuf>,
    },
    /// Remove somebody, and sign them out.
    Remove {
        /// The name.
        name: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Make an API token; prints it, once.
    Create {
        /// Its name.
        name: String,
        /// What it may do.
        #[arg(long)]
        role: RoleName,
        /// The only app that it may be used for.
        #[arg(long)]
        app: Option<String>,
        /// Days that it works.
        #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=366))]
        days: u32,
    },
    /// List tokens; never their secrets.
    List,
    /// Remove a token: it opens nothing from then on.
    Remove {
        /// Its name.
        name: String,
    },
}

impl AdministratorCommand {
    pub(crate) async fn run(self, administration: &Administration) -> anyhow::Result<()> {
        match self {
            Self::Create {
                name,
                role,
                password_file,
            } => {
                let wanted = CreateAdministrator {
                    name,
                    password: secret(&password_file)?,
                    role: role.into(),
                };
                let made: AdministratorSummary = administration
                    .call(Method::POST, "/administrators", &wanted)
                    .await?;
                println!("{} may sign in as {}", made.name, made.role);
            }
            Self::List => {
                let known: Vec<AdministratorSummary> = administration
                    .call(Method::GET, "/administrators", &Value::Null)
                    .await?;
                let row = |known: &AdministratorSummary| {
                    let state = if known.disabled { "disabled" } else { "" };
                    vec![
                        known.name.clone(),
                        known.role.to_string(),
                        rfc3339(known.created_ms),
                        known.issuer.clone().unwrap_or_else(|| "password".to_owned()),
                        state.to_owned(),
                    ]
                };
                let rows: Vec<_> = known.iter().map(row).collect();
                table::print(&["administrator", "role", "since", "signs in with", ""], &rows);
            }
            Self::Set {
                name,
                role,
                disabled,
                password_file,
            } => {
                let wanted = PatchAdministrator {
                    password: password_file.as_deref().map(secret).transpose()?,
                    role: role.map(Into::into),
                    disabled,
                };
                let path = format!("/administrators/{}", segment(&name));
                let set: AdministratorSummary = administration.call(Method::PATCH, &path, &wanted).await?;
                let state = if set.disabled {
                    "may not sign in"
                } else {
                    "may sign in"
                };
                println!("{} {state} as {}", set.name, set.role);
            }
            Self::Remove { name } => {
                let path = format!("/administrators/{}", segment(&name));
                administration
                    .call::<Value>(Method::DELETE, &path, &Value::Null)
                    .await?;
                println!("{name} is removed, and signed out");
            }
        }
        Ok(())
    }
}

impl TokenCommand {
    pub(crate) async fn run(self, administration: &Administration) -> anyhow::Result<()> {
        match self {
            Self::Create {
                name,
                role,
                app,
                days,
            } => {
                let wanted = CreateToken {
                    name,
                    role: role.into(),
                    app,
                    days,
                };
                let made: MadeToken = administration.call(Method::POST, "/tokens", &wanted).await?;
                println!("API token: {}", made.token);
            }
            Self::List => {
                let known: Vec<TokenSummary> =
                    administration.call(Method::GET, "/tokens", &Value::Null).await?;
                let row = |known: &TokenSummary| {
                    let app = known.app.clone().unwrap_or_else(|| "all".into());
                    vec![
                        known.name.clone(),
                        known.role.to_string(),
                        app,
                        rfc3339(known.expires_ms),
                    ]
                };
                let rows: Vec<_> = known.iter().map(row).collect();
                table::print(&["token", "role", "app", "until"], &rows);
            }
            Self::Remove { name } => {
                let path = format!("/tokens/{}", segment(&name));
                administration
                    .call::<Value>(Method::DELETE, &path, &Value::Null)
                    .await?;
                println!("token {name} is removed");
            }
        }
        Ok(())
    }
}
