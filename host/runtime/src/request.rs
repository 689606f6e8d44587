//! What a policy is asked.

use serde::{Deserialize, Serialize};
use tidegate_scim::view::{GroupView, MemberView, UserView};

/// Why the policy is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Occasion {
    /// The identity provider has just sent this change.
    Event,
    /// The host restates what it holds.
    Reconcile,
}

/// A target as a policy sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TargetView {
    /// The operator's name for it.
    pub name: String,
    /// The product.
    pub product: tidegate_directory::target::Product,
    /// The user directory chosen, where there is a choice.
    #[serde(default)]
    pub directory: Option<String>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Change {
    /// A user came, changed or went.
    User {
        /// Absent on create and on reconcile.
        #[serde(default)]
        before: Option<Box<UserView>>,
        /// Absent on delete.
        #[serde(default)]
        after: Option<Box<UserView>>,
        /// Names of the SCIM groups that contain the user.
        #[serde(default)]
        groups: Vec<String>,
    },
    /// A group came, changed or went.
    Group {
        /// Absent on create and on reconcile.
        #[serde(default)]
        before: Option<GroupView>,
        /// Absent on delete.
        #[serde(default)]
        after: Option<GroupView>,
    },
    /// Members came or went.
    Membership {
        /// The group.
        group: GroupView,
        /// Who came.
        #[serde(default)]
        added: Vec<MemberView>,
        /// Who went.
        #[serde(default)]
        removed: Vec<MemberView>,
    },
}

impl Change {
    /// The SCIM id of the resource that it is about; of a membership the group's.
    #[must_use]
    pub fn subject(&self) -> &str {
        let id = match self {
            Self::User { before, after, .. } => after.as_ref().or(before.as_ref()).map(|user| &user.id),
            Self::Group { before, after } => after.as_ref().or(before.as_ref()).map(|group| &group.id),
            Self::Membership { group, .. } => Some(&group.id),
        };
        id.map_or("", String::as_str)
    }
}

/// One question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Request {
    /// Correlation id; also seeds the guest's randomness.
    pub id: String,
    /// The app's name.
    pub app: String,
    /// Why.
    pub occasion: Occasion,
    /// Milliseconds since the epoch: the only clock the guest has.
    #[serde(rename = "now")]
    pub now_ms: u64,
    /// The app's targets.
    pub targets: Vec<TargetView>,
    /// The change.
    pub change: Change,
}
