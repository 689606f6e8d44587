//! Outcomes: what a policy may ask of the directories.
//!
//! Every operation states an outcome, not a delta: applying it twice is the same as
//! applying it once. These are the host's own types; the generated WIT bindings are
//! converted at the runtime's boundary (`tidegate_runtime::bindings`).

use serde::{Deserialize, Serialize};

/// An account, as a policy may name it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccountRef {
    /// The SCIM user's id; the host resolves it through desired state.
    ScimId(String),
    /// A username in the directory.
    Username(String),
    /// An e-mail address in the directory.
    Email(String),
}

/// A group, as a policy may name it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GroupRef {
    /// The SCIM group's id; the host resolves it to the directory group that was asked for it.
    ScimId(String),
    /// A group name in the directory.
    Name(String),
}

/// What to do where an account or group does not exist in the directory yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnMissing {
    /// Create it.
    #[default]
    Create,
    /// Leave it out, quietly.
    Skip,
    /// Park the row as a failure that an administrator sees.
    Fail,
}

/// What to do where an account of that username exists already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnExisting {
    /// Link it and push attributes.
    #[default]
    Update,
    /// Link it and leave its attributes as they are.
    LinkOnly,
    /// Park the row as a failure that an administrator sees.
    Fail,
}

/// How an account that is there already, and that nobody linked yet, is recognised as a user's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkBy {
    /// By its username.
    #[default]
    Username,
    /// By its e-mail address; it then gets the username wanted, where the product can.
    Email,
    /// By its username; where there is none, by its e-mail address.
    UsernameOrEmail,
}

/// The account wanted for one SCIM user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct AccountSpec {
    /// Whose account this is.
    pub account: AccountRef,
    /// The username in the directory, after the policy's own mapping.
    pub username: String,
    /// E-mail address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Full name as shown to people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// First name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given_name: Option<String>,
    /// Last name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family_name: Option<String>,
    /// Where it is missing.
    #[serde(default)]
    pub on_missing: OnMissing,
    /// Where the username is taken already.
    #[serde(default)]
    pub on_existing: OnExisting,
    /// Of an account that is there already.
    #[serde(default)]
    pub link_by: LinkBy,
}

/// The directory group wanted for one SCIM group, or by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct GroupSpec {
    /// Which group this is.
    pub group: GroupRef,
    /// Its name in the directory.
    pub name: String,
    /// Description, where the product keeps one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Where it is missing.
    #[serde(default)]
    pub on_missing: OnMissing,
}

/// Accounts that shall, or shall not, be in one group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Membership {
    /// The group.
    pub group: GroupRef,
    /// The accounts.
    pub accounts: Vec<AccountRef>,
}

/// How an account is suspended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Suspension {
    /// Whose account.
    pub account: AccountRef,
    /// Also take it out of every group that Tidegate put it in; they come back on restore.
    #[serde(default)]
    pub strip_groups: bool,
}

/// The open end of the vocabulary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct CustomOperation {
    /// The same key is carried out once.
    pub key: String,
    /// Checked against the grants and the connector's own table.
    pub kind: String,
    /// A JSON object.
    pub arguments: String,
}

/// One outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// The account exists with these attributes.
    EnsureAccount(AccountSpec),
    /// The account cannot be used.
    SuspendAccount(Suspension),
    /// The account can be used again.
    RestoreAccount(AccountRef),
    /// The account is gone.
    RemoveAccount(AccountRef),
    /// Tidegate no longer manages the account; it stays as it is.
    ReleaseAccount(AccountRef),
    /// The group exists.
    EnsureGroup(GroupSpec),
    /// The group is gone.
    RemoveGroup(GroupRef),
    /// Tidegate no longer manages the group; it stays as it is.
    ReleaseGroup(GroupRef),
    /// The accounts are members.
    EnsureMembers(Membership),
    /// The accounts are not members.
    EnsureNotMembers(Membership),
    /// An operation outside the closed vocabulary.
    Custom(CustomOperation),
}

impl Operation {
    /// The operation's name as the WIT spells it; grants and metrics use it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::EnsureAccount(_) => "ensure-account",
            Self::SuspendAccount(_) => "suspend-account",
            Self::RestoreAccount(_) => "restore-account",
            Self::RemoveAccount(_) => "remove-account",
            Self::ReleaseAccount(_) => "release-account",
            Self::EnsureGroup(_) => "ensure-group",
            Self::RemoveGroup(_) => "remove-group",
            Self::ReleaseGroup(_) => "release-group",
            Self::EnsureMembers(_) => "ensure-members",
            Self::EnsureNotMembers(_) => "ensure-not-members",
            Self::Custom(_) => "custom",
        }
    }
}

/// One outcome wanted of one target, or of all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Step {
    /// A target's name; absent: every target of the app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The outcome.
    pub operation: Operation,
    /// One line for the audit trail, as an administrator would say it.
    pub reason: String,
}

/// A policy's decision: outcomes without order. The host knows that a member needs
/// its account and its group first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Plan {
    /// The outcomes.
    pub steps: Vec<Step>,
}
