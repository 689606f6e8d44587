//! What is said of policy versions one by one, and of rules that are only tried.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Label, PolicyVersion};

/// Everything about one version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PolicyDetail {
    /// What a list says of it.
    #[serde(flatten)]
    pub version: PolicyVersion,
    /// The policy's own words about itself.
    pub summary: String,
    /// Its settings.
    pub settings: Value,
    /// What it may do beside deciding.
    pub grants: Value,
    /// JSON Schema of the settings; `null`: the policy publishes none, or does not compile any more.
    pub settings_schema: Value,
    /// The host's interfaces that it imports.
    pub imports: Vec<String>,
    /// When it came, milliseconds since 1970.
    pub created_ms: i64,
    /// When it last began to decide.
    pub activated_ms: Option<i64>,
}

/// Rules to be tried on users that there need not be. Nothing comes of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct TryPolicy {
    /// Settings to try the version's component with; absent: its own.
    #[serde(default)]
    pub settings: Option<Value>,
    /// `userName`s, at most 20.
    #[schema(value_type = Vec<Label>, max_items = 20)]
    pub user_names: Vec<String>,
    /// Names of SCIM groups that these users are in.
    #[serde(default)]
    #[schema(value_type = Vec<Label>, max_items = 20)]
    pub groups: Vec<String>,
}

/// What the rules would have for one user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct TriedUser {
    /// The `userName`.
    pub user_name: String,
    /// Accounts: target and username.
    pub accounts: Vec<(String, String)>,
    /// Memberships: target and group.
    pub groups: Vec<(String, String)>,
    /// Why there is nothing, in the rules' words.
    pub refused: Option<String>,
}
