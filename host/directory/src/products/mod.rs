//! The connectors to Atlassian's products.
//!
//! | | Jira | Confluence | Bitbucket | Crowd | Cloud directory | Jira Cloud |
//! |---|---|---|---|---|---|---|
//! | id that survives a rename | `key` | `userKey` | `id` | `key` | SCIM id | `accountId` |
//! | create | yes | from 8.4 | yes | yes | on verified domains | by invitation |
//! | update | yes | from 9.3 | yes | yes, the whole user | yes | no |
//! | rename | yes | no | yes | from 2.8.4 | yes | no |
//! | suspend | from 8.3 | from 8.2 | emulated: groups and global permission taken away | yes | yes | emulated: groups taken away |
//! | find by e-mail | yes | no | yes | yes | where it is the username | where it is shown |
//! | anonymise | from 8.7, as a system administrator | by deleting | by deleting and erasing | no | no | no |
//! | list accounts | yes | from 8.4 | yes | yes | yes | yes |

mod bitbucket;
mod cloud_directory;
mod confluence;
mod crowd;
mod jira;
mod jira_cloud;
mod names;
mod version;

use std::sync::Arc;

use crate::connector::{Capability, Connector, ConnectorError, Result, TargetInfo};
use crate::target::{Credentials, Product, Removal, TargetConfig};
use crate::transport::{self, Client, Observer};

pub use bitbucket::Bitbucket;
pub use cloud_directory::CloudDirectory;
pub use confluence::Confluence;
pub use crowd::Crowd;
pub use jira::Jira;
pub use jira_cloud::JiraCloud;
pub use names::refused_username;

/// The connector for a configured target. Nothing is called yet.
///
/// # Errors
/// [`crate::connector::ConnectorError::Refused`]: see [`Client::new`] and [`Crowd::new`].
pub fn connect(config: &TargetConfig) -> Result<Arc<dyn Connector>> {
    over(Client::new(config)?, config)
}

/// The connector for a configured target, and somebody who is told of every call it makes.
///
/// # Errors
/// As [`connect`].
pub fn connect_observed(config: &TargetConfig, observer: Arc<dyn Observer>) -> Result<Arc<dyn Connector>> {
    over(Client::new(config)?.observed(observer), config)
}

/// Probes the product; that nothing of it is at the address is said as what it mostly is.
///
/// # Errors
/// As [`Connector::probe`].
pub async fn probe(config: &TargetConfig, connector: &dyn Connector) -> Result<TargetInfo> {
    connector.probe().await.map_err(|error| match error {
        ConnectorError::NotFound(words) => ConnectorError::Refused(format!(
            "no {} answers at {}: check the address, its context path and the product ({words})",
            config.product, config.base_url
        )),
        other => other,
    })
}

/// Whether a target can be connected; if not, which of its fields is why.
///
/// # Errors
/// The name of the field, and what [`connect`] says.
pub fn check(config: &TargetConfig) -> std::result::Result<(), (&'static str, ConnectorError)> {
    if let Some(unfit) = transport::unfit(config) {
        return Err(unfit);
    }
    if let Some(unfit) = removal_unfit(config) {
        return Err(unfit);
    }
    let directory = config.directory.as_deref().unwrap_or_default().trim();
    let token = matches!(config.credentials, Credentials::Token { .. });
    // What the connectors themselves refuse is a kind of credentials, and a directory that one of them needs.
    let field = match config.product == Product::CloudDirectory && (token || directory.is_empty()) {
        true => "directory",
        false => "credentials",
    };
    connect(config).map(drop).map_err(|error| (field, error))
}

/// Whether a connector can be asked to anonymise at all; version and rights may still say no.
#[must_use]
pub fn offers_anonymising(product: Product) -> bool {
    matches!(product, Product::Jira | Product::Confluence | Product::Bitbucket)
}

fn removal_unfit(config: &TargetConfig) -> Option<(&'static str, ConnectorError)> {
    if config.removal == Removal::Anonymise && !offers_anonymising(config.product) {
        let text = format!("{} offers no anonymising by REST", config.product);
        return Some(("removal", ConnectorError::Unsupported(text)));
    }
    if config.new_owner.is_some() && config.product != Product::Jira {
        let text = "only Jira hands over what an anonymised account owned".to_owned();
        return Some(("new-owner", ConnectorError::Refused(text)));
    }
    None
}

fn over(client: Client, config: &TargetConfig) -> Result<Arc<dyn Connector>> {
    Ok(match config.product {
        Product::Jira => Arc::new(Jira::new(client, config)),
        Product::Confluence => Arc::new(Confluence::new(client)),
        Product::Bitbucket => Arc::new(Bitbucket::new(client, config)),
        Product::Crowd => Arc::new(Crowd::new(client, config)?),
        Product::CloudDirectory => Arc::new(CloudDirectory::new(client, config)?),
        Product::JiraCloud => Arc::new(JiraCloud::new(client, config)?),
    })
}

/// Names compared as the products do: without case.
fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}

/// What a field must become: the wanted value where it is given and differs.
fn changed<'a>(current: Option<&str>, wanted: Option<&'a str>) -> Option<&'a str> {
    wanted.filter(|wanted| current != Some(*wanted))
}

/// Where a page starts; without a cursor, at the beginning.
fn position(cursor: Option<&str>) -> Result<usize> {
    let text = cursor.unwrap_or("0");
    text.parse()
        .map_err(|_| ConnectorError::Refused(format!("{text:?} is no cursor")))
}

/// Pages read of one listing before it is given up: millions of entries. A product, or a
/// cache in front of it, that goes on for ever must not keep us reading for ever.
const MOST_PAGES: usize = 10_000;

/// The error of a listing without an end.
fn endless() -> ConnectorError {
    ConnectorError::Unavailable(format!("a list did not end after {MOST_PAGES} pages"))
}

fn capability(name: &str, supported: bool, note: &str) -> Capability {
    Capability {
        name: name.to_owned(),
        supported,
        note: note.to_owned(),
    }
}
