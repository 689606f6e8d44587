//! What a version may do, beyond deciding. Deny by default: an empty list grants nothing.
//!
//! Two levels: what a component imports is checked when it is staged; what it does with
//! an import is checked at every call, here.

use serde::{Deserialize, Serialize};
use tidegate_directory::plan::Operation;

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
    /// What one decision may use.
    pub limits: Limits,
}

/// Storage that a policy may use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct StorageGrant {
    /// Namespaces.
    pub namespaces: Vec<String>,
    /// Bytes of one value.
    pub max_value_bytes: usize,
}

impl Default for StorageGrant {
    fn default() -> Self {
        Self {
            namespaces: Vec::new(),
            max_value_bytes: 64 << 10,
        }
    }
}

/// HTTP that a policy may send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct HttpGrant {
    /// Origins, such as `https://hr.example.com`.
    pub origins: Vec<String>,
    /// Methods.
    pub methods: Vec<String>,
    /// Bytes of a body, either way.
    pub max_body_bytes: usize,
}

impl Default for HttpGrant {
    fn default() -> Self {
        Self {
            origins: Vec::new(),
            methods: vec!["GET".into()],
            max_body_bytes: 256 << 10,
        }
    }
}

/// Operations that a plan may hold, by their WIT names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlanGrant(pub Vec<String>);

impl Default for PlanGrant {
    /// Everything of the closed vocabulary. `custom` must be granted in as many words.
    fn default() -> Self {
        let kinds = [
            "ensure-account",
            "suspend-account",
            "restore-account",
            "remove-account",
            "release-account",
            "ensure-group",
            "remove-group",
            "release-group",
            "ensure-members",
            "ensure-not-members",
        ];
        Self(kinds.map(str::to_owned).to_vec())
    }
}

impl Grants {
    /// Whether a plan may hold this operation.
    #[must_use]
    pub fn permits(&self, operation: &Operation) -> bool {
        self.plan.0.iter().any(|kind| kind == operation.kind())
    }

    /// Whether the namespace is granted.
    #[must_use]
    pub fn permits_namespace(&self, namespace: &str) -> bool {
        self.storage.namespaces.iter().any(|granted| granted == namespace)
    }

    /// Whether the method and origin are granted. The origin is compared as a whole:
    /// scheme, host and port.
    #[must_use]
    pub fn permits_http(&self, method: &str, origin: &str) -> bool {
        self.http
            .methods
            .iter()
            .any(|granted| granted.eq_ignore_ascii_case(method))
            && self
                .http
                .origins
                .iter()
                .any(|granted| granted.trim_end_matches('/').eq_ignore_ascii_case(origin))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tidegate_directory::plan::{AccountRef, CustomOperation};

    #[test]
    fn nothing_is_granted_but_the_closed_vocabulary() {
        let grants = Grants::default();
        assert!(grants.permits(&Operation::RestoreAccount(AccountRef::ScimId("1".into()))));
        let custom = CustomOperation {
            key: "k".into(),
            kind: "x".into(),
            arguments: "{}".into(),
        };
        assert!(!grants.permits(&Operation::Custom(custom)));
        assert!(!grants.permits_namespace("n"));
        assert!(!grants.permits_http("GET", "https://hr.example.com"));
    }

    #[test]
    fn origins_match_whole() {
        let mut grants = Grants::default();
        grants.http.origins = vec!["https://hr.example.com/".into()];
        assert!(grants.permits_http("get", "https://HR.example.com"));
        assert!(!grants.permits_http("GET", "https://hr.example.com.evil.org"));
        assert!(!grants.permits_http("GET", "http://hr.example.com"));
        assert!(!grants.permits_http("POST", "https://hr.example.com"));
    }
}
