//! What lists of people, failures and activity say.

use serde::{Deserialize, Serialize};
use tidegate_store::audit::ChainedLine;
use tidegate_store::people::{Listed, Standing};
use tidegate_store::status::Failure;

/// How somebody stands in one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PersonState {
    /// The target's name.
    pub target: String,
    /// The username, or the group's name, there.
    pub name: String,
    /// What is wanted: `active`, `suspended`, `removed`, `released`, `ensured`; of a group `present`, `removed`, `released`.
    pub wanted: String,
    /// Rows that are not as wanted yet.
    pub pending: u64,
    /// Rows that wait for an administrator.
    pub parked: u64,
    /// Rows that wait for the brake.
    pub held: u64,
}

/// A user or a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Person {
    /// SCIM id.
    pub id: String,
    /// `userName`, or `displayName` of a group.
    pub name: String,
    /// `displayName` of a user.
    pub display_name: String,
    /// Whether a user is active.
    pub active: bool,
    /// Members of a group.
    pub members: u64,
    /// Target by target.
    pub targets: Vec<PersonState>,
}

impl Person {
    pub(crate) fn of(listed: Listed, name: impl Fn(i64) -> String) -> Self {
        let state = |standing: Standing| PersonState {
            target: name(standing.target),
            name: standing.name,
            wanted: standing.wanted,
            pending: standing.pending,
            parked: standing.parked,
            held: standing.held,
        };
        Self {
            id: listed.id,
            name: listed.name,
            display_name: listed.display_name,
            active: listed.active,
            members: listed.members,
            targets: listed.standings.into_iter().map(state).collect(),
        }
    }
}

/// A page of users or groups.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct PeoplePage {
    /// By name.
    pub people: Vec<Person>,
    /// What `after` has to be for the next page; absent: this is the last.
    pub next: Option<String>,
}

/// A row that did not succeed yet, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct FailuresOf {
    /// The target's name.
    pub target: String,
    /// The row.
    #[serde(flatten)]
    pub failure: Failure,
}

/// What did not succeed yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct FailurePage {
    /// Target by target, those that wait for an administrator first.
    pub failures: Vec<FailuresOf>,
    /// Whether there are more than are shown.
    pub more: bool,
}

/// A line of the audit trail with the app's name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct SeenLine {
    /// The app's name.
    pub app_name: Option<String>,
    /// The line.
    #[serde(flatten)]
    pub line: ChainedLine,
}

/// Lines of the audit trail, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct SeenPage {
    /// The lines.
    pub lines: Vec<SeenLine>,
    /// What `before` has to be to look further back; absent: everything was looked at.
    pub before: Option<i64>,
}

/// Whose account is to lose its name for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Anonymise {
    /// A SCIM id, a `userName`, or the username of the account.
    #[schema(min_length = 1, max_length = 512)]
    pub user: String,
    /// The username of the account, as the answer without it says. Absent: nothing is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 512)]
    pub confirm: Option<String>,
    /// The wish is taken back, as long as it is not carried out; it goes before `confirm`.
    #[serde(default)]
    pub withdraw: bool,
}

/// The account that is meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Anonymised {
    /// The user's SCIM id; absent: the user is deleted.
    pub id: Option<String>,
    /// The account's username.
    pub username: String,
    /// What becomes of it.
    pub becomes: String,
    /// Whether it is begun.
    pub begun: bool,
}
