//! What is asked and said of policy versions.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tidegate_store::apps::CanaryShare;

use crate::preview::{Preview, Progress};
use crate::shadow::Seen;

/// A version to deploy.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct DeployPolicy {
    /// The component in base64; absent: the standard policy.
    #[serde(default)]
    #[schema(max_length = 100_000_000)]
    pub component: Option<String>,
    /// Number of a version of this app: what is left out here is as it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<i64>,
    /// SHA-256 that the component must have, hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64)]
    pub digest: Option<String>,
    /// A detached minisign signature over the component.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 4_096)]
    pub signature: Option<String>,
    /// Settings; absent: `{}`.
    #[serde(default)]
    pub settings: Option<Value>,
    /// Grants; absent: nothing but deciding.
    #[serde(default)]
    pub grants: Option<Value>,
    /// Take the version that is the same in everything, where there is one.
    #[serde(default)]
    pub reuse: bool,
    /// Activate it at once.
    #[serde(default)]
    pub activate: bool,
    /// Then decide anew for everything that is stored.
    #[serde(default)]
    pub restate: bool,
}

/// What an activation is to do besides.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct ActivatePolicy {
    /// Decide anew for everything that is stored.
    pub restate: bool,
    /// Digest of the preview that was seen: only what it showed goes live, and everything is
    /// decided anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64)]
    pub preview: Option<String>,
}

/// What comes while a preview is made: how far it is, then the preview or what went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PreviewLine {
    /// How far it is.
    Progress(Progress),
    /// What it tells.
    Preview(Box<Preview>),
    /// Why there is none.
    Error(String),
}

/// Which version decides about a share of the resources.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct SetCanary {
    /// The share; absent: none any longer.
    pub share: Option<CanaryShare>,
}

/// How much is asked again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct AskAgain {
    /// So many of the last questions; absent: all that are kept.
    #[schema(maximum = 4294967295_u32)]
    pub last: Option<u32>,
}

/// Which version decides beside the one in force.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct SetShadow {
    /// Its number; absent: none any longer.
    pub number: Option<i64>,
}

/// A version that decides beside the one in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ShadowReport {
    /// Its number.
    pub number: i64,
    /// What was seen since it began.
    #[serde(flatten)]
    pub seen: Seen,
}

/// One policy version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
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
