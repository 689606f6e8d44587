//! What a version may do, beyond deciding. Deny by default: an empty list grants nothing.
//!
//! Two levels: what a component imports is checked when it is staged; what it does with
//! an import is checked at every call, here. Planned steps and direct actions pass the same check.

mod http;
mod operations;

use serde::{Deserialize, Serialize};
use tidegate_directory::plan::Operation;

pub use http::HttpGrant;
pub use operations::{OperationGrant, OperationGrants};

use crate::limits::Limits;

/// An operator's grants to one version of one app's policy.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct Grants {
    /// Namespaces of durable storage.
    pub storage: StorageGrant,
    /// Outgoing HTTP.
    pub http: HttpGrant,
    /// Reading accounts and groups of the app's targets.
    pub lookup: bool,
    /// Operations that a plan may hold.
    pub plan: PlanGrant,
    /// Operations that may be carried out at once, outside the queue.
    pub actions: OperationGrants,
    /// What one decision may use.
    pub limits: Limits,
}

/// Storage that a policy may use. What it stores is its own: other policies of the app do not see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct StorageGrant {
    /// Namespaces.
    pub namespaces: Vec<String>,
    /// Bytes of one value.
    pub max_value_bytes: usize,
    /// Entries in one namespace.
    pub max_entries: u64,
}

impl Default for StorageGrant {
    fn default() -> Self {
        Self {
            namespaces: Vec::new(),
            max_value_bytes: 64 << 10,
            max_entries: 100_000,
        }
    }
}

/// Operations that a plan may hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlanGrant(pub OperationGrants);

impl Default for PlanGrant {
    /// Everything of the closed vocabulary, on every target. `custom` must be granted in as many words.
    fn default() -> Self {
        Self(OperationGrants(
            operations::VOCABULARY.map(OperationGrant::everywhere).to_vec(),
        ))
    }
}

impl Grants {
    /// Whether a plan may hold this operation on this target.
    #[must_use]
    pub fn permits_step(&self, operation: &Operation, target: &str) -> bool {
        self.plan.0.permit(operation, target)
    }

    /// Whether this operation may be carried out at once on this target.
    #[must_use]
    pub fn permits_action(&self, operation: &Operation, target: &str) -> bool {
        self.actions.permit(operation, target)
    }

    /// Whether the namespace is granted.
    #[must_use]
    pub fn permits_namespace(&self, namespace: &str) -> bool {
        self.storage.namespaces.iter().any(|granted| granted == namespace)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_directory::egress::Origin;
    use tidegate_directory::plan::{AccountRef, CustomOperation};

    #[test]
    fn nothing_is_granted_but_the_closed_vocabulary() {
        let grants = Grants::default();
        let restore = Operation::RestoreAccount(AccountRef::ScimId("1".into()));
        assert!(grants.permits_step(&restore, "jira"));
        assert!(!grants.permits_action(&restore, "jira"));
        let custom = CustomOperation {
            key: "k".into(),
            kind: "x".into(),
            arguments: "{}".into(),
        };
        assert!(!grants.permits_step(&Operation::Custom(custom), "jira"));
        assert!(!grants.permits_namespace("n"));
        let origin = Origin::of("https://hr.example.com").unwrap();
        assert!(!grants.http.permits("GET", &origin));
    }

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        let text = r#"{
            "http": {"origins": ["https://hr.example.com"], "credentials": ["hr"], "networks": ["10.1.0.0/16"]},
            "storage": {"namespaces": ["names"]},
            "plan": ["ensure-account", {"operation": "ensure-members", "targets": ["jira"]}],
            "actions": [{"operation": "ensure-group", "targets": ["Jira"]}],
            "limits": {"memory-bytes": 1000000}
        }"#;
        let grants: Grants = serde_json::from_str(text).unwrap();
        let written = serde_json::to_string(&grants).unwrap();
        assert_eq!(serde_json::from_str::<Grants>(&written).unwrap(), grants);
        for wrong in [
            r#"{"htpp": {}}"#,
            r#"{"http": {"origins": ["hr.example.com"]}}"#,
            r#"{"http": {"networks": ["10.1"]}}"#,
            r#"{"plan": ["ensure-accounts"]}"#,
            r#"{"actions": [{"operation": "ensure-group", "target": "jira"}]}"#,
        ] {
            assert!(serde_json::from_str::<Grants>(wrong).is_err(), "{wrong}");
        }
    }
}
