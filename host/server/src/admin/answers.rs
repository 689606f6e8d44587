//! What the administrators' API takes and gives.

mod access;
mod described;
mod people;
mod rules;
mod targets;

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tidegate_directory::protected::Protected;
use tidegate_store::apps::{CanaryShare, Heard, Provider};
use tidegate_store::brake::{BrakeRule, Pulled};
use tidegate_store::status::{Failure, TargetStatus};
use tidegate_store::survey::{DriftRule, FoundSoFar, MendRule};
use tidegate_store::why::WhyRow;

pub use access::{
    AdministratorSummary, ChangePassword, CreateAdministrator, CreateToken, MadeToken, PatchAdministrator,
    SessionAnswer, SetUp, SignIn, TokenSummary,
};

pub(crate) use described::{Address, Label};
pub use people::{FailurePage, FailuresOf, PeoplePage, Person, PersonState, SeenLine, SeenPage};
pub use rules::{PolicyDetail, TriedUser, TryPolicy};
pub use targets::{NoSecrets, PutTarget, TargetSummary, TargetTested, TestTarget};

use crate::preview::{Preview, Progress};
use crate::shadow::Seen;
use crate::survey::Report;

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

/// A resource type of SCIM's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum, utoipa::ToSchema)]
pub enum ResourceTypeName {
    /// Users.
    User,
    /// Groups.
    Group,
}

/// An extension to register.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PutSchema {
    /// A SCIM Schema document (RFC 7643 section 7).
    pub schema: Value,
    /// The resource types that it extends.
    #[schema(max_items = 2)]
    pub resource_types: Vec<ResourceTypeName>,
    /// Whether every resource of those types must have it.
    #[serde(default)]
    pub required: bool,
}

/// A registered extension.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct SchemaSummary {
    /// Its URN.
    pub urn: String,
    /// Its name.
    pub name: String,
    /// The resource types that it extends.
    pub resource_types: Vec<ResourceTypeName>,
    /// Whether every resource of those types must have it.
    pub required: bool,
}

/// A new OAuth client.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct CreateClient {
    /// Its name.
    #[schema(min_length = 1, max_length = 64)]
    pub name: String,
    /// JSON Web Key Set of its public keys, where it signs assertions; absent: it gets a secret.
    #[serde(default)]
    pub keys: Option<Value>,
}

/// What the client is to be told. The secret is shown once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct NewClient {
    /// Its name.
    pub name: String,
    /// `client_id`.
    pub client_id: String,
    /// `client_secret`, where it has one.
    pub client_secret: Option<String>,
    /// The issuer; its metadata is at `/.well-known/oauth-authorization-server` before the path.
    pub issuer: String,
    /// Where it obtains access tokens.
    pub token_endpoint: String,
}

impl std::fmt::Debug for NewClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewClient")
            .field("name", &self.name)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

/// An OAuth client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ClientSummary {
    /// Its name.
    pub name: String,
    /// `client_id`.
    pub client_id: String,
    /// Whether it signs assertions instead of having a secret.
    pub signs: bool,
    /// Secrets that work.
    pub secrets: usize,
}

/// A secret that the host attaches to requests of policies.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PutCredential {
    /// The origins that it may be sent to, such as `https://hr.example.com`.
    #[schema(value_type = Vec<Address>, min_items = 1, max_items = 100)]
    pub origins: Vec<String>,
    /// The header that carries it.
    #[schema(min_length = 1, max_length = 128)]
    pub header: String,
    /// What the header says, whole: `Bearer …`. Never shown again.
    #[schema(max_length = 8_192)]
    pub value: String,
}

impl std::fmt::Debug for PutCredential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PutCredential")
            .field("origins", &self.origins)
            .field("header", &self.header)
            .finish_non_exhaustive()
    }
}

/// A credential, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct CredentialSummary {
    /// Its name: what grants and policies call it.
    pub name: String,
    /// The origins that it may be sent to.
    pub origins: Vec<String>,
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
    /// When its identity provider last came with the app's credential; absent: never.
    pub heard: Option<Heard>,
}

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
