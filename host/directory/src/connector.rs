//! What every product's connector can be asked, and how it says no.
//!
//! Every write states an outcome and is safe to repeat: the reconciler calls again
//! after a crash or a lost answer. "Exists already" and "is gone already" are
//! successes; a connector reads back rather than match a product's translated text.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The attributes wanted of one account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct AccountWanted {
    /// The username in the directory.
    pub username: String,
    /// E-mail address.
    pub email: Option<String>,
    /// Full name.
    pub display_name: Option<String>,
    /// First name, where the product keeps one (Crowd, Cloud).
    pub given_name: Option<String>,
    /// Last name, likewise.
    pub family_name: Option<String>,
}

/// What ties a desired row to an account in the product. Kept in the store.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct AccountLink {
    /// The product's id that survives a rename: Jira `key`, Confluence `userKey`, Bitbucket `id`,
    /// Crowd `key` (the name, where an old version tells none),
    /// a Cloud directory's SCIM id, Jira Cloud `accountId`.
    pub remote_id: String,
    /// The username last seen.
    pub username: String,
    /// What must be given back on restore, where the product cannot deactivate
    /// (Bitbucket: groups and global permissions taken away). Absent when active.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remembered: Option<serde_json::Value>,
}

/// An account as the product shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Account {
    /// See [`AccountLink::remote_id`].
    pub remote_id: String,
    /// Username.
    pub username: String,
    /// E-mail address; absent where the product does not tell it (Confluence).
    pub email: Option<String>,
    /// Full name.
    pub display_name: Option<String>,
    /// Whether it can be used.
    pub active: bool,
    /// The user directory that holds it, where the product tells.
    pub directory: Option<String>,
    /// Whether the directory lets us change it, as far as the product tells.
    pub mutable: bool,
}

/// One page of accounts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct AccountPage {
    /// The accounts, inactive ones included where the product shows them.
    pub accounts: Vec<Account>,
    /// Cursor of the next page; absent on the last.
    pub next: Option<String>,
}

/// One page of names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// Usernames or group names.
    pub names: Vec<String>,
    /// Cursor of the next page; absent on the last.
    pub next: Option<String>,
}

/// What a target turned out to be when it was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct TargetInfo {
    /// The product's version, such as `10.3.24`.
    pub version: String,
    /// The account we are, as the product names it.
    pub acting_as: Option<String>,
    /// Names of the user directories, where the product lists them.
    pub directories: Vec<String>,
    /// What it can do: (what, can it, how or what to do about it).
    pub capabilities: Vec<Capability>,
    /// Licence seats left; absent: unlimited or not told.
    pub seats_left: Option<u64>,
}

/// One line of a target's capability table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Capability {
    /// What, for example "create accounts".
    pub name: String,
    /// Whether this product and version can.
    pub supported: bool,
    /// How it is done, or what the administrator can do about it.
    pub note: String,
}

/// Why a call did not bring about the outcome. `message` is in the product's own
/// words where it said any; it is shown to administrators.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ConnectorError {
    /// 401, or a CAPTCHA after failed log-ins: the whole target stops, calling again makes it worse.
    #[error("the product refused our credentials: {0}")]
    Unauthorized(String),
    /// 403 without a more exact meaning: we lack a right.
    #[error("the product says we may not: {0}")]
    Forbidden(String),
    /// The directory cannot be changed through the product, or the account lives in another one.
    #[error("the directory is read-only for us: {0}")]
    ReadOnly(String),
    /// The account or group does not exist.
    #[error("not found: {0}")]
    NotFound(String),
    /// It exists and must not be touched (`on-existing: fail`), or is taken by another.
    #[error("already exists: {0}")]
    Conflict(String),
    /// Licence seats are used up: keep, retry, show.
    #[error("no licence seat left: {0}")]
    SeatsExhausted(String),
    /// 429: wait so many milliseconds.
    #[error("rate limited, retry in {retry_after_ms} ms")]
    RateLimited {
        /// Milliseconds to wait, from the product's headers.
        retry_after_ms: u64,
    },
    /// It answers, and is at something that must end first: try again later.
    #[error("busy: {0}")]
    Busy(String),
    /// 5xx, reset, timeout, unreadable answer: try again later.
    #[error("unavailable: {0}")]
    Unavailable(String),
    /// The product refuses for good: a name it does not take, a rename it cannot do.
    #[error("refused: {0}")]
    Refused(String),
    /// This product or version has no such call.
    #[error("not supported: {0}")]
    Unsupported(String),
}

impl ConnectorError {
    /// Whether trying again without anybody doing anything can succeed.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::RateLimited { .. } | Self::Unavailable(_) | Self::SeatsExhausted(_) | Self::Busy(_)
        )
    }

    /// Short name for metrics and tables.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Unauthorized(_) => "unauthorized",
            Self::Forbidden(_) => "forbidden",
            Self::ReadOnly(_) => "read-only",
            Self::NotFound(_) => "not-found",
            Self::Conflict(_) => "conflict",
            Self::SeatsExhausted(_) => "seats-exhausted",
            Self::RateLimited { .. } => "rate-limited",
            Self::Busy(_) => "busy",
            Self::Unavailable(_) => "unavailable",
            Self::Refused(_) => "refused",
            Self::Unsupported(_) => "unsupported",
        }
    }
}

/// Shorthand.
pub type Result<T> = std::result::Result<T, ConnectorError>;

/// One target's hands. Implementations hold an HTTP client and nothing durable.
#[async_trait]
pub trait Connector: Send + Sync {
    /// Proves the credentials and learns version and abilities. Credentials that were refused are tried anew.
    async fn probe(&self) -> Result<TargetInfo>;

    /// The account of that username, compared without case; `None` where there is none.
    async fn find_account(&self, username: &str) -> Result<Option<Account>>;

    /// The account behind a link, by the id that survives renames.
    async fn find_linked(&self, link: &AccountLink) -> Result<Option<Account>>;

    /// The account of that e-mail address.
    async fn find_account_by_email(&self, email: &str) -> Result<Option<Account>>;

    /// Creates an active account and links it. An account of that name that is there
    /// already (a lost answer, a race) is `Conflict`: the caller reads and decides.
    async fn create_account(&self, wanted: &AccountWanted) -> Result<AccountLink>;

    /// Makes attributes and username of the linked account those wanted.
    async fn update_account(
        &self,
        link: &AccountLink,
        current: &Account,
        wanted: &AccountWanted,
    ) -> Result<AccountLink>;

    /// The link with all that [`Connector::restore_account`] will need, before anything is
    /// changed. Save it, then suspend: a crash in the middle of a suspension that the
    /// product makes of many calls (Bitbucket) then forgets nothing. Where the product
    /// can deactivate, the link as it is.
    async fn remember_account(&self, link: &AccountLink) -> Result<AccountLink> {
        Ok(link.clone())
    }

    /// Makes the account unusable. The link returned holds what restore needs.
    async fn suspend_account(&self, link: &AccountLink) -> Result<AccountLink>;

    /// Makes the account usable again and gives back what suspend took.
    async fn restore_account(&self, link: &AccountLink) -> Result<AccountLink>;

    /// Deletes the account; gone already is success.
    async fn remove_account(&self, link: &AccountLink) -> Result<()>;

    /// Takes from the account, for good, what tells who it was: username, full name, address. What its person wrote
    /// stays. Done already, or gone, is success. Where the product has to delete the account first
    /// (Bitbucket, Confluence), it does.
    async fn anonymise_account(&self, link: &AccountLink) -> Result<()> {
        let _ = link;
        Err(ConnectorError::Unsupported(
            "this product offers no anonymising by REST".to_owned(),
        ))
    }

    /// One page of all accounts that the product lets us see, for discovery and drift.
    /// The cursor can be kept and used again after a restart.
    async fn list_accounts(&self, cursor: Option<&str>) -> Result<AccountPage> {
        let _ = cursor;
        Err(ConnectorError::Unsupported(
            "accounts cannot be listed".to_owned(),
        ))
    }

    /// One page of the names of all groups.
    async fn list_groups(&self, cursor: Option<&str>) -> Result<Page> {
        let _ = cursor;
        Err(ConnectorError::Unsupported("groups cannot be listed".to_owned()))
    }

    /// Names of the groups the account is in, whole.
    async fn account_groups(&self, username: &str) -> Result<Vec<String>>;

    /// Whether the group exists, compared without case.
    async fn group_exists(&self, name: &str) -> Result<bool>;

    /// Creates the group; exists already is success.
    async fn create_group(&self, name: &str) -> Result<()>;

    /// Deletes the group; gone already is success.
    async fn remove_group(&self, name: &str) -> Result<()>;

    /// One page of the usernames in a group, inactive ones included.
    async fn group_members(&self, name: &str, cursor: Option<&str>) -> Result<Page>;

    /// Puts the account into the group; in it already is success.
    async fn add_member(&self, group: &str, link: &AccountLink) -> Result<()>;

    /// Takes the account out of the group; not in it is success.
    async fn remove_member(&self, group: &str, link: &AccountLink) -> Result<()>;
}
