//! `tidegate client`.

use std::path::PathBuf;

use clap::Subcommand;
use http::Method;
use serde_json::Value;

use super::{json_file, segment, table};
use crate::admin::answers::{ClientSummary, CreateClient, NewClient, RotateToken};
use crate::admin::socket::Administration;
use crate::setup::FIRST_APP;

#[derive(Debug, Subcommand)]
pub(crate) enum ClientCommand {
    /// Make a client that obtains access tokens; prints its secret, once, unless it signs with keys of its own.
    Create {
        /// Its name.
        name: String,
        /// The app.
        #[arg(long, default_value = FIRST_APP)]
        app: String,
        /// Its public keys (JSON Web Key Set): it signs assertions (`private_key_jwt`) and has no secret.
        #[arg(long, value_name = "FILE")]
        keys: Option<PathBuf>,
    },
    /// List clients.
    List {
        /// The app.
        #[arg(long, default_value = FIRST_APP)]
        app: String,
    },
    /// Make a new secret; older ones go on working for a while.
    RotateSecret {
        /// The client.
        name: String,
        /// The app.
        #[arg(long, default_value = FIRST_APP)]
        app: String,
        /// Seconds that older secrets go on working.
        #[arg(long, default_value_t = 86_400)]
        overlap_seconds: u32,
    },
    /// Remove a client. Its access tokens stop working at once.
    Remove {
        /// The client.
        name: String,
        /// The app.
        #[arg(long, default_value = FIRST_APP)]
        app: String,
    },
}

impl ClientCommand {
    pub(crate) async fn run(self, administration: &Administration) -> anyhow::Result<()> {
        match self {
            Self::Create { name, app, keys } => {
                let keys = keys.as_deref().map(json_file).transpose()?;
                let path = format!("/apps/{}/clients", segment(&app));
                let wanted = CreateClient { name, keys };
                show(&administration.call(Method::POST, &path, &wanted).await?);
            }
            Self::List { app } => {
                let path = format!("/apps/{}/clients", segment(&app));
                let clients: Vec<ClientSummary> =
                    administration.call(Method::GET, &path, &Value::Null).await?;
                let row = |client: &ClientSummary| {
                    let shows = match client.signs {
                        true => "assertions".to_owned(),
                        false => format!("{} secrets", client.secrets),
                    };
                    vec![client.name.clone(), client.client_id.clone(), shows]
                };
                let rows: Vec<_> = clients.iter().map(row).collect();
                table::print(&["client", "client id", "shows who it is by"], &rows);
            }
            Self::RotateSecret {
                name,
                app,
                overlap_seconds,
            } => {
                let path = format!("/apps/{}/clients/{}/secret", segment(&app), segment(&name));
                let wanted = RotateToken { overlap_seconds };
                show(&administration.call(Method::POST, &path, &wanted).await?);
            }
            Self::Remove { name, app } => {
                let path = format!("/apps/{}/clients/{}", segment(&app), segment(&name));
                administration
                    .call::<Value>(Method::DELETE, &path, &Value::Null)
                    .await?;
                println!("client {name} is removed");
            }
        }
        Ok(())
    }
}

fn show(client: &NewClient) {
    println!("client id: {}", client.client_id);
    if let Some(secret) = &client.client_secret {
        println!("client secret: {secret}");
    }
    println!("token endpoint: {}", client.token_endpoint);
}
