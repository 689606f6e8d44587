//! Steps that read like sentences:
//! `step("Contractors share one group").on("jira-main").members("contractors", [user])`.

use crate::types::{
    AccountRef, AccountSpec, CustomOperation, Group, GroupRef, GroupSpec, Member, Membership, Operation,
    Step, Suspension, User,
};

/// Begins a step. The reason is one line for the audit trail, as an administrator would say it.
#[must_use = "a step is nothing until it names an outcome"]
pub fn step(reason: impl Into<String>) -> StepBuilder {
    StepBuilder {
        target: None,
        reason: reason.into(),
    }
}

/// A step that still lacks its outcome.
#[derive(Debug, Clone)]
pub struct StepBuilder {
    target: Option<String>,
    reason: String,
}

impl StepBuilder {
    /// Only on this target; without it, on every target of the app.
    #[must_use]
    pub fn on(mut self, target: impl Into<String>) -> Self {
        self.target = Some(target.into());
        self
    }

    /// The outcome, whatever it is.
    #[must_use]
    pub fn wants(self, operation: Operation) -> Step {
        Step {
            target: self.target,
            operation,
            reason: self.reason,
        }
    }

    /// The account exists with these attributes.
    #[must_use]
    pub fn ensure_account(self, spec: AccountSpec) -> Step {
        self.wants(Operation::EnsureAccount(spec))
    }

    /// The account cannot be used; its groups stay.
    #[must_use]
    pub fn suspend(self, account: impl Into<AccountRef>) -> Step {
        self.wants(Operation::SuspendAccount(Suspension {
            account: account.into(),
            strip_groups: false,
        }))
    }

    /// The account cannot be used and leaves every group that Tidegate put it in, until it is restored.
    #[must_use]
    pub fn suspend_and_strip(self, account: impl Into<AccountRef>) -> Step {
        self.wants(Operation::SuspendAccount(Suspension {
            account: account.into(),
            strip_groups: true,
        }))
    }

    /// The account can be used again.
    #[must_use]
    pub fn restore(self, account: impl Into<AccountRef>) -> Step {
        self.wants(Operation::RestoreAccount(account.into()))
    }

    /// The account is gone.
    #[must_use]
    pub fn remove_account(self, account: impl Into<AccountRef>) -> Step {
        self.wants(Operation::RemoveAccount(account.into()))
    }

    /// Tidegate no longer manages the account; it stays as it is.
    #[must_use]
    pub fn release_account(self, account: impl Into<AccountRef>) -> Step {
        self.wants(Operation::ReleaseAccount(account.into()))
    }

    /// The group exists.
    #[must_use]
    pub fn ensure_group(self, spec: GroupSpec) -> Step {
        self.wants(Operation::EnsureGroup(spec))
    }

    /// The group is gone.
    #[must_use]
    pub fn remove_group(self, group: impl Into<GroupRef>) -> Step {
        self.wants(Operation::RemoveGroup(group.into()))
    }

    /// Tidegate no longer manages the group; it stays as it is.
    #[must_use]
    pub fn release_group(self, group: impl Into<GroupRef>) -> Step {
        self.wants(Operation::ReleaseGroup(group.into()))
    }

    /// The accounts are members of the group.
    #[must_use]
    pub fn members<A: Into<AccountRef>>(
        self,
        group: impl Into<GroupRef>,
        accounts: impl IntoIterator<Item = A>,
    ) -> Step {
        self.wants(Operation::EnsureMembers(membership(group, accounts)))
    }

    /// The accounts are not members of the group.
    #[must_use]
    pub fn not_members<A: Into<AccountRef>>(
        self,
        group: impl Into<GroupRef>,
        accounts: impl IntoIterator<Item = A>,
    ) -> Step {
        self.wants(Operation::EnsureNotMembers(membership(group, accounts)))
    }

    /// An outcome outside the vocabulary, for connectors that know `kind`. The same `key` is
    /// carried out once; `arguments` is a JSON object.
    #[must_use]
    pub fn custom(
        self,
        key: impl Into<String>,
        kind: impl Into<String>,
        arguments: impl Into<String>,
    ) -> Step {
        self.wants(Operation::Custom(CustomOperation {
            key: key.into(),
            kind: kind.into(),
            arguments: arguments.into(),
        }))
    }
}

fn membership<A: Into<AccountRef>>(
    group: impl Into<GroupRef>,
    accounts: impl IntoIterator<Item = A>,
) -> Membership {
    Membership {
        group: group.into(),
        accounts: accounts.into_iter().map(Into::into).collect(),
    }
}

impl From<&User> for AccountRef {
    fn from(user: &User) -> Self {
        Self::ScimId(user.id.clone())
    }
}

impl From<&Member> for AccountRef {
    fn from(member: &Member) -> Self {
        Self::ScimId(member.id.clone())
    }
}

/// A SCIM group means the directory groups that it asked for.
impl From<&Group> for GroupRef {
    fn from(group: &Group) -> Self {
        Self::ScimId(group.id.clone())
    }
}

/// A bare string is a group's name in the directory.
impl From<&str> for GroupRef {
    fn from(name: &str) -> Self {
        Self::Name(name.to_owned())
    }
}

/// A bare string is a group's name in the directory.
impl From<String> for GroupRef {
    fn from(name: String) -> Self {
        Self::Name(name)
    }
}
