//! A SCIM resource as the rules see it: validated, normalised, without wire format.
//!
//! Mirrors `tidegate:scim/types` in `wit/`; the runtime converts these at its boundary.

use serde::{Deserialize, Serialize};

/// One entry of a multi-valued attribute such as `emails`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct LabelledValue {
    /// The value.
    pub value: String,
    /// RFC 7643's `type`.
    pub label: Option<String>,
    /// Whether it is the primary entry.
    pub primary: bool,
}

/// The parts of `name` that rules use.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Name {
    /// `name.formatted`.
    pub formatted: Option<String>,
    /// `name.givenName`.
    pub given: Option<String>,
    /// `name.familyName`.
    pub family: Option<String>,
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct UserView {
    /// Stable id issued by this server.
    pub id: String,
    /// The identity provider's id.
    pub external_id: Option<String>,
    /// `userName` as it was sent.
    pub user_name: String,
    /// `active`; absent on the wire means true.
    pub active: bool,
    /// `name`.
    pub name: Name,
    /// `displayName`.
    pub display_name: Option<String>,
    /// `title`.
    pub title: Option<String>,
    /// Enterprise extension: `department`.
    pub department: Option<String>,
    /// Enterprise extension: `manager.value`.
    pub manager_id: Option<String>,
    /// `emails`.
    pub emails: Vec<LabelledValue>,
    /// The whole resource as canonical JSON (members sorted by name, no white space).
    pub raw: String,
}

/// A group, without its members: those travel as deltas.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct GroupView {
    /// Stable id issued by this server.
    pub id: String,
    /// The identity provider's id.
    pub external_id: Option<String>,
    /// `displayName`.
    pub display_name: String,
    /// The whole resource without members, as canonical JSON.
    pub raw: String,
}

/// What rules need to know of a user that a group refers to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct MemberView {
    /// The SCIM user's id.
    pub id: String,
    /// Its `userName`.
    pub user_name: String,
    /// Whether it is active.
    pub active: bool,
}
