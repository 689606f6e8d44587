//! The command line.

mod access;
mod anonymise;
mod apps;
mod audit;
mod authors;
mod backup;
mod brake;
mod clients;
mod component;
mod config;
mod credentials;
mod doctor;
mod log;
mod manual;
mod openapi;
mod policies;
pub(crate) mod preview;
mod replay;
mod schemas;
mod serve;
mod shadow;
mod status;
mod surveys;
pub(crate) mod table;
mod targets;
mod watch;
pub(crate) mod why;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;
use clap::{Args, Parser, Subcommand};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::admin::remote::Remote;
use crate::admin::socket::Administration;
use crate::config::Config;
use crate::doctor::Surroundings;
use crate::files::Files;
use crate::service::Service;
use policies::PolicyCommand;

/// SCIM 2.0 provisioning from Okta into Jira, Confluence and Bitbucket, by rules that can
/// be replaced while it runs.
#[derive(Debug, Parser)]
#[command(name = "tidegate", version, propagate_version = true)]
pub struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    elsewhere: Elsewhere,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
pub(crate) struct Common {
    /// Configuration file (TOML); also `TIDEGATE_CONFIG`.
    #[arg(long, global = true, env = "TIDEGATE_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where the database, the key and compiled policies are; also `TIDEGATE_DATA_DIR`.
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// What is logged, for example `info,tidegate=debug`; also `TIDEGATE_LOG`.
    #[arg(long, global = true, value_name = "FILTER")]
    log: Option<String>,
}

/// Which server a command is for. Before the command: some commands have a token file of their own.
#[derive(Debug, Clone, Args)]
struct Elsewhere {
    /// A server elsewhere, for example <https://scim.example.com>; stands before the command; also `TIDEGATE_SERVER`.
    #[arg(long, env = "TIDEGATE_SERVER", value_name = "URL")]
    server: Option<String>,
    /// File with an API token for it; stands before the command; also `TIDEGATE_TOKEN_FILE`.
    #[arg(
        long = "token-file",
        env = "TIDEGATE_TOKEN_FILE",
        value_name = "FILE",
        id = "server_token_file"
    )]
    token_file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve SCIM and keep the targets in step. A first start prints the base URL and token for Okta.
    Serve(serve::Serve),
    /// Watch it work: simulated Jira, Confluence and Bitbucket, an Okta session, rules swapped half-way.
    Demo(crate::demo::Demo),
    /// The configuration file: an example, and what is wrong in yours.
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Copy everything into one file, while the server runs or not.
    Backup(backup::BackupCommand),
    /// Make a data directory of a backup.
    Restore(backup::RestoreCommand),
    /// Apps: one base URL and token each.
    #[command(subcommand)]
    App(apps::AppCommand),
    /// OAuth clients: who may obtain access tokens instead of holding the app's bearer token.
    #[command(subcommand)]
    Client(clients::ClientCommand),
    /// Schemas: extensions of users and groups, as SCIM Schema documents.
    #[command(subcommand)]
    Schema(schemas::SchemaCommand),
    /// Targets: the directories that an app provisions into.
    #[command(subcommand)]
    Target(targets::TargetCommand),
    /// Policies: the rules in between.
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Credentials: secrets that the host adds to HTTP requests of policies, which never see them.
    #[command(subcommand)]
    Credential(credentials::CredentialCommand),
    /// The brake: what would take access from too many at once waits for your word.
    #[command(subcommand)]
    Brake(brake::BrakeCommand),
    /// Administrators: who may sign in over the network.
    #[command(subcommand)]
    Administrator(access::AdministratorCommand),
    /// API tokens: for programs, and for commands from elsewhere (`--server`).
    #[command(subcommand)]
    Token(access::TokenCommand),
    /// The audit trail: who did what, whole from its first line.
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    /// How apps and targets stand, and what did not succeed.
    Status(status::StatusCommand),
    /// What is wrong, and how to mend it: clocks, disk, certificate, address, targets, rules.
    Doctor(doctor::DoctorCommand),
    /// What the running server logs: show it, or change it for a while.
    Log(log::LogCommand),
    /// Read what a target holds: accounts nobody linked, users without one, groups that would be taken over.
    Discover(surveys::DiscoverCommand),
    /// Read where targets are not as they were left, and bring it about again.
    Drift(surveys::DriftCommand),
    /// Take name and address from the account of somebody who left, for good; what they wrote stays.
    Anonymise(anonymise::AnonymiseCommand),
    /// Why somebody has access, or not: row by row, since when, by which request and policy version.
    Why(why::WhyCommand),
    /// Print the description of the administrators' API: OpenAPI 3.1, as JSON.
    Openapi(openapi::Openapi),
    /// Print what a shell needs to complete commands.
    Completions(manual::Completions),
    /// Write manual pages, one for each command.
    Man(manual::Man),
}

impl Cli {
    /// Does what the command says.
    ///
    /// # Errors
    /// What went wrong, for a person to read.
    pub async fn run(self) -> anyhow::Result<()> {
        let common = &self.common;
        let administration = async |common| administration(common, &self.elsewhere).await;
        match self.command {
            Command::Serve(serve) => serve.run(common).await,
            Command::Demo(demo) => {
                anyhow::ensure!(
                    common.config.is_none(),
                    "demo has a configuration of its own: leave --config out"
                );
                demo.run(common.log.as_deref(), common.data_dir.as_deref()).await
            }
            Command::Config(command) => command.run(common),
            Command::Backup(command) => command.run(common),
            Command::Restore(command) => command.run(common),
            Command::App(command) => command.run(&administration(common).await?).await,
            Command::Client(command) => command.run(&administration(common).await?).await,
            Command::Schema(command) => command.run(&administration(common).await?).await,
            Command::Target(command) => command.run(&administration(common).await?).await,
            Command::Policy(PolicyCommand::Author(command)) => command.run().await,
            Command::Policy(command) => command.run(&administration(common).await?).await,
            Command::Credential(command) => command.run(&administration(common).await?).await,
            Command::Brake(command) => command.run(&administration(common).await?).await,
            Command::Administrator(command) => command.run(&administration(common).await?).await,
            Command::Token(command) => command.run(&administration(common).await?).await,
            Command::Audit(command) => command.run(&administration(common).await?).await,
            Command::Status(command) => command.run(&administration(common).await?).await,
            Command::Doctor(command) => command.run(&administration(common).await?).await,
            Command::Log(command) => command.run(&administration(common).await?).await,
            Command::Discover(command) => command.run(&administration(common).await?).await,
            Command::Drift(command) => command.run(&administration(common).await?).await,
            Command::Anonymise(command) => command.run(&administration(common).await?).await,
            Command::Why(command) => command.run(&administration(common).await?).await,
            Command::Openapi(openapi::Openapi) => openapi::Openapi::run(),
            Command::Completions(command) => command.run(),
            Command::Man(command) => command.run(),
        }
    }
}

impl Common {
    /// The configuration, with these flags and `more` on top.
    fn configuration(&self, more: &impl Serialize) -> anyhow::Result<Config> {
        let mut flags = match serde_json::to_value(more)? {
            Value::Object(map) => map,
            _ => Map::new(),
        };
        if let Some(folder) = &self.data_dir {
            flags.insert("data-dir".into(), serde_json::to_value(folder)?);
        }
        if let Some(filter) = &self.log {
            flags.insert("log".into(), filter.clone().into());
        }
        flags.retain(|_, value| !value.is_null());
        Ok(Config::load(self.config.as_deref(), flags)?)
    }
}

/// A server elsewhere, the running one, or the same code in this process where none runs.
async fn administration(common: &Common, elsewhere: &Elsewhere) -> anyhow::Result<Administration> {
    if let Some(url) = &elsewhere.server {
        let file = elsewhere.token_file.as_deref();
        let file =
            file.context("--server needs --token-file, with an API token (`tidegate token create`)")?;
        return Ok(Administration::Elsewhere(Box::new(Remote::new(
            url,
            &secret(file)?,
        )?)));
    }
    anyhow::ensure!(
        elsewhere.token_file.is_none() || std::env::var_os("TIDEGATE_TOKEN_FILE").is_some(),
        "--token-file before the command is for --server"
    );
    let config = common.configuration(&Map::new())?;
    let quiet = common.log.is_none() && std::env::var_os("TIDEGATE_LOG").is_none();
    crate::telemetry::start(&Config {
        log: if quiet { "error".into() } else { config.log.clone() },
        // Those are the server's.
        otlp_endpoint: None,
        ..config.clone()
    })?;
    let files = Files::at(&config.data_dir)?;
    let socket = files.admin_socket();
    if tokio::net::UnixStream::connect(&socket).await.is_ok() {
        return Ok(Administration::Running(socket));
    }
    let service: Arc<Service> = Service::open(&files, config.public_url(config.listen), config.trust()?)?;
    let here = Surroundings {
        config,
        address: None,
    };
    // It was made a moment ago: nobody else has set it.
    drop(service.surroundings.set(here));
    Ok(Administration::Here(crate::access::here(service, "command")))
}

/// A name as a segment of a path.
fn segment(name: &str) -> String {
    percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// A JSON file.
fn json_file(file: &Path) -> anyhow::Result<Value> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{} is not JSON", file.display()))
}

/// Secrets come from a file: an argument can be read by everybody on the machine.
fn secret(file: &Path) -> anyhow::Result<String> {
    let mut text = String::new();
    if file.as_os_str() == "-" {
        std::io::stdin().take(64 << 10).read_to_string(&mut text)?;
    } else {
        text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    }
    let text = text.trim_end_matches(['\r', '\n']).to_owned();
    anyhow::ensure!(!text.is_empty(), "{} is empty", file.display());
    Ok(text)
}
