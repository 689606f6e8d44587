//! What a preview tells.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tidegate_store::difference::Difference;

/// How far a preview has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Progress {
    /// Resources decided.
    pub done: u64,
    /// Resources of the app.
    pub of: u64,
}

/// What a version would change, everywhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Preview {
    /// SHA-256 of everything else but the time: what an activation states.
    pub digest: String,
    /// When the data was as it was looked at, milliseconds since the epoch.
    pub at_ms: i64,
    /// The app.
    pub app: String,
    /// The version that was tried.
    pub version: Candidate,
    /// Number of the version in force, which made what is compared with.
    pub base: Option<i64>,
    /// Users decided about.
    pub users: u64,
    /// Groups decided about.
    pub groups: u64,
    /// Target by target.
    pub targets: Vec<TargetPreview>,
    /// Resources about which the version does not decide, or whose decision does not fit. They
    /// would stay as they are.
    pub refused: Vec<Refused>,
}

/// The version that was tried.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Candidate {
    /// Counts from 1 within the app.
    pub number: i64,
    /// The policy's own name.
    pub name: String,
    /// The policy's own version.
    pub release: String,
    /// SHA-256 of the component.
    pub component: String,
    /// SHA-256 of its settings and grants.
    pub configuration: String,
}

/// What would change in one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct TargetPreview {
    /// Its name.
    pub target: String,
    /// The changes.
    #[serde(flatten)]
    pub changes: Difference,
}

/// Decisions of one kind that would not take effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Refused {
    /// `conflict`, `rejection`, `put off` or `failure`.
    pub kind: String,
    /// How many.
    pub count: u64,
    /// Some of them, with the words.
    pub examples: Vec<String>,
}

impl Preview {
    /// Works the digest out.
    pub(super) fn sealed(mut self) -> Result<Self, serde_json::Error> {
        self.digest = String::new();
        let timeless = Self {
            at_ms: 0,
            ..self.clone()
        };
        let hash = Sha256::digest(serde_json::to_vec(&timeless)?);
        self.digest = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(self)
    }

    /// Whether anything would change, or be refused.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.refused.is_empty() && self.targets.iter().all(|target| target.changes.is_empty())
    }
}
