//! Operations by name and target.

use serde::{Deserialize, Serialize};
use tidegate_directory::plan::Operation;

/// The closed vocabulary of the contract, by WIT names.
pub(super) const VOCABULARY: [&str; 10] = [
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

/// The open end of it.
const CUSTOM: &str = "custom";

/// One operation, everywhere or on some targets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct OperationGrant {
    operation: String,
    targets: Option<Vec<String>>,
}

/// As an administrator writes it: a name, or a name with targets.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields)]
enum Written {
    Everywhere(String),
    Some { operation: String, targets: Vec<String> },
}

impl OperationGrant {
    /// On every target.
    #[must_use]
    pub fn everywhere(operation: &str) -> Self {
        Self {
            operation: operation.to_owned(),
            targets: None,
        }
    }

    fn permits(&self, operation: &Operation, target: &str) -> bool {
        let named = |targets: &Vec<String>| targets.iter().any(|name| name.eq_ignore_ascii_case(target));
        self.operation == operation.kind() && self.targets.as_ref().is_none_or(named)
    }
}

impl TryFrom<Written> for OperationGrant {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        let (operation, targets) = match written {
            Written::Everywhere(operation) => (operation, None),
            Written::Some { operation, targets } => (operation, Some(targets)),
        };
        if !(VOCABULARY.contains(&operation.as_str()) || operation == CUSTOM) {
            return Err(format!(
                "there is no operation {operation:?}; there are: {}, {CUSTOM}",
                VOCABULARY.join(", ")
            ));
        }
        Ok(Self { operation, targets })
    }
}

impl From<OperationGrant> for Written {
    fn from(grant: OperationGrant) -> Self {
        let OperationGrant { operation, targets } = grant;
        match targets {
            None => Self::Everywhere(operation),
            Some(targets) => Self::Some { operation, targets },
        }
    }
}

/// Operations that are granted; none by default.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OperationGrants(pub Vec<OperationGrant>);

impl OperationGrants {
    /// Whether an operation on a target is among them.
    #[must_use]
    pub fn permit(&self, operation: &Operation, target: &str) -> bool {
        self.0.iter().any(|grant| grant.permits(operation, target))
    }
}
