//! Accounts and groups that no policy may touch.
//!
//! The list is the host's: it is checked on every planned step and every direct
//! action, after the policy has spoken, and nothing a policy returns can lift it.

use serde::{Deserialize, Serialize};

/// Names compared without case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Protected {
    /// Usernames.
    #[serde(default)]
    pub accounts: Vec<String>,
    /// Group names.
    #[serde(default = "default_groups")]
    pub groups: Vec<String>,
}

/// The groups that carry administration in the products as they are shipped: a SCIM
/// push into one of them would make administrators of whoever Okta names.
fn default_groups() -> Vec<String> {
    [
        "jira-administrators",
        "jira-system-administrators",
        "confluence-administrators",
        "bitbucket-administrators",
        "stash-administrators",
        "system-administrators",
        "site-admins",
        "org-admins",
        "crowd-administrators",
    ]
    .map(str::to_owned)
    .to_vec()
}

impl Default for Protected {
    fn default() -> Self {
        Self {
            accounts: Vec::new(),
            groups: default_groups(),
        }
    }
}

impl Protected {
    /// Whether the username is on the list.
    #[must_use]
    pub fn account(&self, username: &str) -> bool {
        contains(&self.accounts, username)
    }

    /// Whether the group is on the list.
    #[must_use]
    pub fn group(&self, name: &str) -> bool {
        contains(&self.groups, name)
    }
}

fn contains(list: &[String], name: &str) -> bool {
    let name = name.trim().to_lowercase();
    list.iter().any(|entry| entry.trim().to_lowercase() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_match_without_case_and_surrounding_space() {
        let list = Protected {
            accounts: vec!["Admin".into()],
            groups: vec!["jira-administrators".into()],
        };
        assert!(list.account(" admin "));
        assert!(list.group("JIRA-Administrators"));
        assert!(!list.group("jira-users"));
    }
}
