//! How everything stands: status, why, readings, and what is logged.

use serde::{Deserialize, Serialize};
use tidegate_store::brake::Pulled;
use tidegate_store::status::{Failure, TargetStatus};
use tidegate_store::survey::FoundSoFar;
use tidegate_store::why::WhyRow;

use super::AppSummary;
use crate::survey::Report;

/// Other levels of the log, for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct ChangeLevels {
    /// Such as `info,tidegate=debug`; none: as configured again.
    #[schema(max_length = 2_000)]
    pub levels: Option<String>,
    /// Seconds until they are as configured again.
    #[schema(maximum = 86_400)]
    pub seconds: u64,
}

/// What is logged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct LevelsNow {
    /// Now.
    pub levels: String,
    /// Otherwise.
    pub configured: String,
    /// Until when it is not as configured, in milliseconds since 1970.
    pub until_ms: Option<i64>,
}

/// What comes while a target is read: how far it is, then the report or what went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SurveyLine {
    /// How much was found by now.
    Progress(FoundSoFar),
    /// What it tells.
    Report(Box<Report>),
    /// Why there is none.
    Error(String),
}

/// One row about a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct WhyLine {
    /// The target's name.
    pub target: String,
    /// The policy version that decided, as people name it; absent: it is no longer kept.
    pub decided_by: Option<String>,
    /// The row.
    pub row: WhyRow,
}

/// Everything about one user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct WhyUser {
    /// The SCIM id; absent: the user is deleted.
    pub id: Option<String>,
    /// `userName`.
    pub name: String,
    /// Row by row.
    pub rows: Vec<WhyLine>,
}

/// How everything stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Status {
    /// App by app.
    pub apps: Vec<AppStatus>,
}

/// How one app stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct TargetLine {
    /// Name.
    pub name: String,
    /// Product.
    pub product: String,
    /// Why no call is made until an administrator acts.
    pub stopped: Option<String>,
    /// Why the product is left alone for a while, and until when (milliseconds since 1970).
    pub resting: Option<(String, i64)>,
    /// Too many would lose access: what takes more away waits until it is released.
    pub brake: Option<Pulled>,
    /// Counts.
    pub rows: TargetStatus,
    /// Rows that did not succeed yet, parked ones first; at most 20.
    pub failures: Vec<Failure>,
}
