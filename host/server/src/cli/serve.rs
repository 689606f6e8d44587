//! `tidegate serve`.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use serde::Serialize;
use tokio::signal::unix::{SignalKind, signal};

use super::Common;
use crate::config::LogFormat;
use crate::server::Server;
use crate::telemetry;

/// Flags of `serve`; each stands in the configuration file under the same name.
#[derive(Debug, Args, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Serve {
    /// Address and port of the SCIM endpoint [default: 127.0.0.1:8080].
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// PEM file of the certificates that clients are shown, the server's own first; read again when it changes.
    #[arg(long, value_name = "FILE")]
    tls_certificate: Option<PathBuf>,
    /// PEM file of that certificate's private key.
    #[arg(long, value_name = "FILE")]
    tls_key: Option<PathBuf>,
    /// The address under which Okta reaches this server, for example <https://scim.example.com>.
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
    /// How log lines are written.
    #[arg(long)]
    log_format: Option<LogFormat>,
}

impl Serve {
    pub(crate) async fn run(self, common: &Common) -> anyhow::Result<()> {
        let config = common.configuration(&self)?;
        telemetry::start(&config)?;
        // Before the server is there: a signal must not fall between.
        let (mut terminate, mut interrupt) =
            (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
        let server = Server::start(&config).await?;
        if let Some(first) = &server.first_app {
            // Standard output, once: what an administrator copies into Okta.
            println!("SCIM base URL: {}", first.base_url);
            println!("SCIM bearer token: {}", first.token);
        }
        if let Some(link) = &server.setup_link {
            println!("Set-up link: {link}");
        }
        tracing::info!(address = %server.address, "tidegate serves");
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("stopping: requests in flight end first");
        server.stop().await;
        telemetry::stop().await;
        Ok(())
    }
}
