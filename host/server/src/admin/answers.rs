//! What the administrators' API takes and gives.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tidegate_directory::connector::TargetInfo;
use tidegate_store::status::{Failure, TargetStatus};

/// A name for a new app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CreateApp {
    /// The name.
    pub name: String,
}

/// How long older tokens go on working.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RotateToken {
    /// Seconds.
    pub overlap_seconds: u32,
}

/// One app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct AppSummary {
    /// Name.
    pub name: String,
    /// "SCIM connector base URL" in Okta.
    pub base_url: String,
    /// SCIM users.
    pub users: u64,
    /// SCIM groups.
    pub groups: u64,
    /// Names of its targets.
    pub targets: Vec<String>,
    /// The policy version in force.
    pub policy: Option<String>,
}

/// What a test of a target is to do besides.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct TestTarget {
    /// Try again at once what failed, also what was refused for good: its cause is mended.
    pub retry_failed: bool,
}

/// What a test of a target found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct TargetTested {
    /// Version and abilities.
    pub info: TargetInfo,
    /// What an administrator should know.
    pub warnings: Vec<String>,
    /// Rows that are tried again.
    pub retried: u64,
}

/// A version to deploy.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DeployPolicy {
    /// The component in base64; absent: the standard policy.
    #[serde(default)]
    pub component: Option<String>,
    /// Settings; absent: `{}`.
    #[serde(default)]
    pub settings: Option<Value>,
    /// Grants; absent: nothing but deciding.
    #[serde(default)]
    pub grants: Option<Value>,
    /// Activate it at once.
    #[serde(default)]
    pub activate: bool,
    /// Then decide anew for everything that is stored.
    #[serde(default)]
    pub restate: bool,
}

/// What an activation is to do besides.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct ActivatePolicy {
    /// Decide anew for everything that is stored.
    pub restate: bool,
}

/// One policy version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct PolicyVersion {
    /// Counts from 1 within the app.
    pub number: i64,
    /// The policy's own name.
    pub name: String,
    /// The policy's own version.
    pub version: String,
    /// Where it is in its life.
    pub state: String,
    /// SHA-256 of the component.
    pub digest: String,
    /// Why it failed, or why it is not snapshotted.
    pub note: String,
}

/// How everything stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Status {
    /// App by app.
    pub apps: Vec<AppStatus>,
}

/// How one app stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct AppStatus {
    /// The app.
    #[serde(flatten)]
    pub app: AppSummary,
    /// A walk over everything is under way.
    pub restating: bool,
    /// Target by target.
    pub targets_status: Vec<TargetLine>,
}

/// How one target stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct TargetLine {
    /// Name.
    pub name: String,
    /// Product.
    pub product: String,
    /// Why no call is made until an administrator acts.
    pub stopped: Option<String>,
    /// Counts.
    pub rows: TargetStatus,
    /// Rows that did not succeed yet, parked ones first; at most 20.
    pub failures: Vec<Failure>,
}
