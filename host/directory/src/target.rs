//! One connected directory, as an administrator describes it.

mod secrets;

use std::fmt;
use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

pub use secrets::{ClientCertificate, Credentials, Secrets};

/// The Atlassian products with a connector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Product {
    /// Jira Data Center.
    Jira,
    /// Confluence Data Center.
    Confluence,
    /// Bitbucket Data Center.
    Bitbucket,
    /// Crowd Data Center, or Jira as user server: an application of `usermanagement/1`.
    Crowd,
    /// A Cloud site by Jira Cloud's product REST, with an administrator's e-mail and API token.
    JiraCloud,
    /// A directory of Atlassian Cloud (Guard) by its SCIM API.
    CloudDirectory,
}

impl Product {
    /// The lower-case name used in configuration, metrics and the WIT.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Jira => "jira",
            Self::Confluence => "confluence",
            Self::Bitbucket => "bitbucket",
            Self::Crowd => "crowd",
            Self::JiraCloud => "jira-cloud",
            Self::CloudDirectory => "cloud-directory",
        }
    }
}

impl fmt::Display for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for Product {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.to_ascii_lowercase().as_str() {
            "jira" => Ok(Self::Jira),
            "confluence" => Ok(Self::Confluence),
            "bitbucket" => Ok(Self::Bitbucket),
            "crowd" => Ok(Self::Crowd),
            "jira-cloud" => Ok(Self::JiraCloud),
            "cloud-directory" => Ok(Self::CloudDirectory),
            other => Err(format!(
                "unknown product {other:?}: use jira, confluence, bitbucket, crowd, jira-cloud or cloud-directory"
            )),
        }
    }
}

/// What is done to an account that the rules want removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Removal {
    /// It is deleted.
    #[default]
    Delete,
    /// It loses its name and address for good, what its person wrote stays: Jira, Confluence, Bitbucket.
    Anonymise,
}

impl Removal {
    /// The word used in configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Delete => "delete",
            Self::Anonymise => "anonymise",
        }
    }

    fn is_delete(&self) -> bool {
        *self == Self::Delete
    }
}

impl std::str::FromStr for Removal {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Delete, Self::Anonymise]
            .into_iter()
            .find(|one| one.as_str() == text)
            .ok_or_else(|| format!("{text:?} is neither delete nor anonymise"))
    }
}

/// Everything a connector is built from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct TargetConfig {
    /// The operator's name for it, unique per app.
    pub name: String,
    /// The product behind it.
    pub product: Product,
    /// Address of the product including its context path, without a trailing slash.
    pub base_url: String,
    /// The user directory that accounts must live in; checked, since no Data Center
    /// REST call can choose it. Only Bitbucket and newer Crowds tell it; Jira tells which usernames are in more
    /// than one. A Cloud directory is chosen by it: there it is the `directoryId`, and must be given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directory: Option<String>,
    /// The account or token used.
    pub credentials: Credentials,
    /// Calls in flight at once. More load than this and the product's own users wait.
    #[serde(default = "default_concurrency")]
    pub concurrency: usize,
    /// Milliseconds that one call may take.
    #[serde(default = "default_timeout_ms")]
    pub timeout_ms: u64,
    /// The HTTP proxy on the way, as `http://host:port`. It tunnels (`CONNECT`) to an https
    /// product; of an http one it sees all, credentials included. A proxy that demands a
    /// log-in cannot be used, and the environment's `HTTPS_PROXY` is not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
    /// Root certificates in PEM, trusted beside the system's. A product that shows one of
    /// them as its own certificate is not believed: they are for signing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca: Option<String>,
    /// The certificate shown to a product, or a gateway before it, that asks for one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_certificate: Option<ClientCertificate>,
    /// Calls begun per second, on average; a handful may follow at once after a rest.
    /// Absent: as fast as `concurrency` and the product's own rate limit let.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calls_per_second: Option<NonZeroU32>,
    /// What is done to an account that the rules want removed.
    #[serde(default, skip_serializing_if = "Removal::is_delete")]
    pub removal: Removal,
    /// Username of who gets the projects, filters and the like of an anonymised account (Jira alone). Absent:
    /// the account that we are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_owner: Option<String>,
}

impl TargetConfig {
    /// A target reached directly, with the defaults: every other field is its default.
    #[must_use]
    pub fn new(
        name: impl Into<String>,
        product: Product,
        base_url: impl Into<String>,
        credentials: Credentials,
    ) -> Self {
        Self {
            name: name.into(),
            product,
            base_url: base_url.into(),
            directory: None,
            credentials,
            concurrency: default_concurrency(),
            timeout_ms: default_timeout_ms(),
            proxy: None,
            ca: None,
            client_certificate: None,
            calls_per_second: None,
            removal: Removal::Delete,
            new_owner: None,
        }
    }
}

fn default_concurrency() -> usize {
    4
}

fn default_timeout_ms() -> u64 {
    30_000
}
