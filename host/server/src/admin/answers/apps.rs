//! What is said of apps and their brake.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};
use tidegate_directory::protected::Protected;
use tidegate_store::apps::{CanaryShare, Heard, Provider};
use tidegate_store::brake::BrakeRule;
use tidegate_store::survey::{DriftRule, MendRule};

use super::Label;

/// A name for a new app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CreateApp {
    /// The name.
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
    /// Who provisions; absent: Okta.
    #[serde(default)]
    pub provider: Provider,
}

/// What is to be changed of an app; what is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct SetApp {
    /// Who provisions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<Provider>,
    /// Whether the token may come as the password of basic authentication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basic_authentication: Option<bool>,
    /// Requests that are served in a second; 0: no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 4294967295_u32)]
    pub requests_per_second: Option<u32>,
    /// Changes that may wait for the targets before writes are put off; 0: no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 4294967295_u32)]
    pub most_pending: Option<u32>,
    /// Whether a version is activated only with the digest of a preview.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_preview: Option<bool>,
    /// Usernames that no rule may touch, instead of those before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Label>>, max_items = 10_000)]
    pub protected_accounts: Option<Vec<String>>,
    /// Groups that no rule may touch, instead of those before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Label>>, max_items = 10_000)]
    pub protected_groups: Option<Vec<String>>,
    /// Minutes between readings of the targets; 0: only when somebody asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 4294967295_u32)]
    pub drift_every_minutes: Option<u32>,
    /// What is mended after such a reading.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drift_mend: Option<MendRule>,
    /// Whether unmanaged members of managed groups are taken out then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remove_unmanaged: Option<bool>,
    /// Whether the identity provider's import sees what readings discover, beside what is managed. Switched off,
    /// what was offered and never written is taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offer_discovered: Option<bool>,
    /// Questions kept for a replay; 0: none, and those that are kept are forgotten.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 4294967295_u32)]
    pub questions_kept: Option<u32>,
    /// What may be taken from how many; what is left out stays.
    #[serde(skip_serializing_if = "SetBrake::is_empty")]
    pub brake: SetBrake,
}

/// What is to be changed of an app's brake; what is left out stays.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct SetBrake {
    /// Of a hundred users of the app; 0: no such limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 255)]
    pub percent: Option<u8>,
    /// So many may always, whatever the percentage.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 4294967295_u32)]
    pub at_least: Option<u32>,
    /// So many at most; 0: no such limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 4294967295_u32)]
    pub users: Option<u32>,
    /// The while in which they are counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(maximum = 4294967295_u32)]
    pub window_minutes: Option<u32>,
}

impl SetBrake {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Which brakes are released: what they hold goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct ReleaseBrake {
    /// The target; absent: all of the app's.
    #[schema(max_length = 64)]
    pub target: Option<String>,
}

/// A brake that was released.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Released {
    /// The target.
    pub target: String,
    /// Rows that go on.
    pub rows: u64,
}

/// How long older tokens go on working.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct RotateToken {
    /// Seconds.
    #[schema(maximum = 4294967295_u32)]
    pub overlap_seconds: u32,
}

/// One app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct AppSummary {
    /// Name.
    pub name: String,
    /// Who provisions.
    pub provider: Provider,
    /// "SCIM connector base URL" in Okta.
    pub base_url: String,
    /// SCIM users.
    pub users: u64,
    /// SCIM groups.
    pub groups: u64,
    /// Names of its targets.
    pub targets: Vec<String>,
    /// Whether the token may come as the password of basic authentication.
    pub basic_authentication: bool,
    /// Requests that are served in a second; none: no limit.
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 4294967295_u32)]
    pub requests_per_second: Option<NonZeroU32>,
    /// Changes that may wait for the targets before writes are put off; none: no limit.
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 4294967295_u32)]
    pub most_pending: Option<NonZeroU32>,
    /// Whether a version is activated only with the digest of a preview.
    pub require_preview: bool,
    /// Names that no rule may touch.
    pub protected: Protected,
    /// When targets are read, and what is done about what is found.
    pub drift: DriftRule,
    /// Questions kept for a replay.
    pub questions_kept: u32,
    /// How many may lose access before what takes more away is held.
    pub brake: BrakeRule,
    /// A version that decides about a share of the resources.
    pub canary: Option<CanaryShare>,
    /// The policy version in force.
    pub policy: Option<String>,
    /// Its number.
    pub policy_number: Option<i64>,
    /// When its identity provider last came with the app's credential; absent: never.
    pub heard: Option<Heard>,
}
