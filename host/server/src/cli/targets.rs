//! `tidegate target`.

use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use http::Method;
use serde_json::Value;
use tidegate_directory::target::{ClientCertificate, Credentials, Product, Removal};

use super::{secret, segment, table};
use crate::admin::answers::{PutTarget, TargetSummary, TargetTested, TestTarget};
use crate::admin::socket::Administration;
use crate::setup::FIRST_APP;

#[derive(Debug, Subcommand)]
pub(crate) enum TargetCommand {
    /// Add a target, or change how it is reached. Everybody in the app is then provisioned into it. Of a target that is
    /// there, what you leave out stays; an empty text takes it away.
    Add(Box<Add>),
    /// List targets.
    List {
        /// The app.
        #[arg(long, default_value = FIRST_APP)]
        app: String,
        /// As JSON, with everything but the secrets.
        #[arg(long)]
        json: bool,
    },
    /// Stop provisioning into a target and forget what was wanted there. Accounts and groups there stay as they are.
    Remove {
        /// The target.
        name: String,
        /// The app.
        #[arg(long, default_value = FIRST_APP)]
        app: String,
    },
    /// Say which user directories a target has, and which of them its accounts live in.
    Directories {
        /// The target.
        name: String,
        /// The app.
        #[arg(long, default_value = FIRST_APP)]
        app: String,
    },
    /// Call a target and say what it can do. Success lets a stopped target go on.
    Test {
        /// The target.
        name: String,
        /// The app.
        #[arg(long, default_value = FIRST_APP)]
        app: String,
        /// Also try again at once what had failed, refused for good or waiting for its next try.
        #[arg(long)]
        retry_failed: bool,
    },
}

/// A target.
#[derive(Debug, Args)]
pub(crate) struct Add {
    /// Its name.
    name: String,
    /// The app.
    #[arg(long, default_value = FIRST_APP)]
    app: String,
    /// jira, confluence, bitbucket (Data Center), crowd, jira-cloud or cloud-directory.
    #[arg(long)]
    product: Product,
    /// Its address with the context path, for example <https://jira.example.com>.
    #[arg(long, value_name = "URL")]
    url: String,
    /// It is the same product as before, with the same users, at another address.
    #[arg(long)]
    moved: bool,
    /// The user directory that accounts must live in, where the product tells.
    #[arg(long)]
    directory: Option<String>,
    /// A service account with administrator rights.
    #[arg(long, requires = "password_file", conflicts_with = "token_file")]
    username: Option<String>,
    /// File with its password; `-` reads it from standard input.
    #[arg(long, value_name = "FILE", requires = "username")]
    password_file: Option<PathBuf>,
    /// File with a personal access token instead; `-` reads it from standard input.
    #[arg(long, value_name = "FILE", required_unless_present = "username")]
    token_file: Option<PathBuf>,
    /// Calls in flight at once; 4 unless you say otherwise.
    #[arg(long)]
    concurrency: Option<usize>,
    /// Milliseconds that one call may take; 30000 unless you say otherwise.
    #[arg(long)]
    timeout_ms: Option<u64>,
    /// Calls begun per second, on average; 0: as many as the product lets.
    #[arg(long, value_name = "CALLS")]
    calls_per_second: Option<u32>,
    /// What is done to an account that the rules want removed: delete, or anonymise (Jira, Confluence, Bitbucket).
    #[arg(long, value_name = "WHAT")]
    removal: Option<Removal>,
    /// Username of who gets what an anonymised account owned (Jira); without it, the account that Tidegate is.
    #[arg(long, value_name = "USERNAME")]
    new_owner: Option<String>,
    /// The HTTP proxy on the way, for example <http://proxy.example.com:3128>.
    #[arg(long, value_name = "URL")]
    proxy: Option<String>,
    /// File with root certificates in PEM, trusted beside the system's.
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// File with the certificate to show, and those that lead to its root, in PEM.
    #[arg(long, value_name = "FILE", requires = "client_key_file")]
    client_certificate_file: Option<PathBuf>,
    /// File with its private key in PEM, without a passphrase; `-` reads it from standard input.
    #[arg(long, value_name = "FILE", requires = "client_certificate_file")]
    client_key_file: Option<PathBuf>,
}

impl TargetCommand {
    pub(crate) async fn run(self, administration: &Administration) -> anyhow::Result<()> {
        match self {
            Self::Add(add) => {
                let path = format!("/apps/{}/targets/{}", segment(&add.app), segment(&add.name));
                let list = format!("/apps/{}/targets", segment(&add.app));
                let targets: Vec<TargetSummary> =
                    administration.call(Method::GET, &list, &Value::Null).await?;
                let is_meant = |target: &TargetSummary| target.name == add.name;
                let before = targets.into_iter().find(is_meant);
                let (name, body) = (add.name.clone(), add.body(before.as_ref())?);
                administration.call::<Value>(Method::PUT, &path, &body).await?;
                match before {
                    None => println!("{name} is a target now; try it with `tidegate target test {name}`"),
                    Some(_) => println!("{name} is changed; try it with `tidegate target test {name}`"),
                }
            }
            Self::List { app, json } => {
                let path = format!("/apps/{}/targets", segment(&app));
                let targets: Vec<Value> = administration.call(Method::GET, &path, &Value::Null).await?;
                if json {
                    println!("{}", serde_json::to_string_pretty(&targets)?);
                    return Ok(());
                }
                let text = |target: &Value, name: &str| match target.get(name) {
                    Some(Value::String(text)) => text.clone(),
                    Some(Value::Null) | None => "-".to_owned(),
                    Some(other) => other.to_string(),
                };
                let row = |target: &Value| {
                    ["name", "product", "base-url", "directory", "stopped"]
                        .map(|name| text(target, name))
                        .to_vec()
                };
                let rows: Vec<_> = targets.iter().map(row).collect();
                table::print(&["target", "product", "url", "directory", "stopped"], &rows);
            }
            Self::Remove { name, app } => {
                let path = format!("/apps/{}/targets/{}", segment(&app), segment(&name));
                administration
                    .call::<Value>(Method::DELETE, &path, &Value::Null)
                    .await?;
                println!("{name} is no target any longer; what is there stays as it is");
            }
            Self::Directories { name, app } => {
                let path = format!("/apps/{}/targets/{}/test", segment(&app), segment(&name));
                let tested: TargetTested = administration
                    .call(Method::POST, &path, &TestTarget { retry_failed: false })
                    .await?;
                show_directories(&name, &tested);
            }
            Self::Test {
                name,
                app,
                retry_failed,
            } => {
                let path = format!("/apps/{}/targets/{}/test", segment(&app), segment(&name));
                let tested: TargetTested = administration
                    .call(Method::POST, &path, &TestTarget { retry_failed })
                    .await?;
                show(&name, &tested);
            }
        }
        Ok(())
    }
}

impl Add {
    /// What was not said stays as it was.
    fn body(self, before: Option<&TargetSummary>) -> anyhow::Result<PutTarget> {
        let credentials = match (self.username, self.password_file, self.token_file) {
            (Some(username), Some(file), _) => Credentials::Basic {
                username,
                password: secret(&file)?,
            },
            (_, _, Some(file)) => Credentials::Token {
                token: secret(&file)?,
            },
            _ => anyhow::bail!("give --username with --password-file, or --token-file"),
        };
        let text = |said: Option<String>, before: Option<Option<String>>| match said {
            Some(said) => Some(said).filter(|said| !said.is_empty()),
            None => before.flatten(),
        };
        let client_certificate = match (&self.client_certificate_file, &self.client_key_file) {
            (Some(chain), Some(key)) => Some(ClientCertificate {
                chain: secret(chain)?,
                key: secret(key)?,
            }),
            _ => None,
        };
        let ca = self.ca_file.as_deref().map(secret).transpose()?;
        Ok(PutTarget {
            name: self.name,
            product: self.product,
            base_url: self.url.trim_end_matches('/').to_owned(),
            directory: text(self.directory, before.map(|it| it.directory.clone())),
            credentials: Some(credentials),
            concurrency: self.concurrency.or(before.map(|it| it.concurrency)),
            timeout_ms: self.timeout_ms.or(before.map(|it| it.timeout_ms)),
            proxy: text(self.proxy, before.map(|it| it.proxy.clone())),
            ca: ca.or_else(|| before.and_then(|it| it.ca.clone())),
            client_certificate,
            calls_per_second: match self.calls_per_second {
                Some(calls) => NonZeroU32::new(calls),
                None => before.and_then(|it| it.calls_per_second),
            },
            removal: self.removal.or(before.map(|it| it.removal)).unwrap_or_default(),
            new_owner: text(self.new_owner, before.map(|it| it.new_owner.clone())),
            moved: self.moved,
        })
    }
}

fn show_directories(name: &str, tested: &TargetTested) {
    let info = &tested.info;
    match info.directories.is_empty() {
        true => println!("{name} does not tell its user directories"),
        false => {
            let chosen = |directory: &String| match &tested.directory {
                Some(wanted) if wanted == directory => "accounts must live here",
                Some(_) => "left alone",
                None => "",
            };
            let row = |directory: &String| vec![directory.clone(), chosen(directory).to_owned()];
            let rows: Vec<_> = info.directories.iter().map(row).collect();
            table::print(&["directory", ""], &rows);
        }
    }
    let about = info
        .capabilities
        .iter()
        .filter(|line| line.name.contains("directory"));
    for line in about {
        let can = if line.supported { "yes" } else { "no" };
        println!("{}: {can}, {}", line.name, line.note);
    }
    for warning in &tested.warnings {
        println!("note: {warning}");
    }
}

fn show(name: &str, tested: &TargetTested) {
    let info = &tested.info;
    println!("{name} answers: version {}", info.version);
    if let Some(account) = &info.acting_as {
        println!("acting as {account}");
    }
    if !info.directories.is_empty() {
        println!("directories: {}", info.directories.join(", "));
    }
    let row = |line: &tidegate_directory::connector::Capability| {
        vec![
            line.name.clone(),
            if line.supported { "yes" } else { "no" }.to_owned(),
            line.note.clone(),
        ]
    };
    let rows: Vec<_> = info.capabilities.iter().map(row).collect();
    table::print(&["it can", "", "how"], &rows);
    for warning in &tested.warnings {
        println!("note: {warning}");
    }
    if tested.retried > 0 {
        println!("{} failed changes are tried again", tested.retried);
    }
}
