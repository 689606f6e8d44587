//! One version of one app's policy: immutable, ready to decide.

use std::sync::Arc;

use crate::bindings::PolicyPre;
use crate::engine::Runtime;
use crate::grants::Grants;

/// What a component says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// Name.
    pub name: String,
    /// Semantic version.
    pub version: String,
    /// One line.
    pub summary: String,
    /// JSON Schema of the settings.
    pub settings_schema: String,
}

/// Code, settings and grants as one unit.
pub struct Version {
    pub(crate) runtime: Runtime,
    pub(crate) pre: PolicyPre,
    /// Settings to configure each fresh instance with; absent where the component's
    /// memory is a snapshot taken after `configure`.
    pub(crate) configure_each: Option<String>,
    pub(crate) digest: Arc<str>,
    pub(crate) grants: Arc<Grants>,
    pub(crate) policy: Arc<str>,
    pub(crate) description: Description,
    pub(crate) note: String,
    pub(crate) imports: Arc<[String]>,
}

impl std::fmt::Debug for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Version")
            .field("digest", &self.digest)
            .field("name", &self.description.name)
            .finish_non_exhaustive()
    }
}

impl Version {
    /// SHA-256 over the component's and the settings' digests, hexadecimal.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// What the component says of itself.
    #[must_use]
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// Whether a decision starts from a snapshot taken after `configure`.
    #[must_use]
    pub fn snapshotted(&self) -> bool {
        self.configure_each.is_none()
    }

    /// Why it could not be snapshotted; empty where it is.
    #[must_use]
    pub fn note(&self) -> &str {
        &self.note
    }

    /// The host's interfaces that it imports: some of them need grants.
    #[must_use]
    pub fn imports(&self) -> &[String] {
        &self.imports
    }

    /// What it may do.
    #[must_use]
    pub fn grants(&self) -> &Grants {
        &self.grants
    }
}
