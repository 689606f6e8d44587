//! One connected directory, as an administrator describes it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The Atlassian products with a connector.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
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

/// How Tidegate proves itself to the product. Never printed: `Debug` hides the secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "method")]
pub enum Credentials {
    /// HTTP basic authentication.
    Basic {
        /// A service account with administrator rights; in Jira Cloud the e-mail address.
        username: String,
        /// Its password; in Jira Cloud an API token.
        password: String,
    },
    /// A personal access token (Jira 8.14, Confluence 7.9), HTTP access token (Bitbucket) or
    /// SCIM API key (Cloud directory).
    Token {
        /// The token.
        token: String,
    },
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Basic { username, .. } => write!(f, "Basic {{ username: {username:?}, password: … }}"),
            Self::Token { .. } => f.write_str("Token { token: … }"),
        }
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
    /// REST call can choose it. Only Bitbucket tells it. A Cloud directory is chosen by it:
    /// there it is the `directoryId`, and must be given.
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
}

fn default_concurrency() -> usize {
    4
}

fn default_timeout_ms() -> u64 {
    30_000
}
