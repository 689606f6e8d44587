//! Operations that a policy carries out at once, past the queue.
//!
//! Invariants: protected names are refused here as they are in plans; what desired state manages is
//! changed by plans only, or the reconciler and the policy would undo each other's work.

use serde_json::json;
use tidegate_directory::connector::{Account, AccountLink, AccountWanted, Connector, ConnectorError};
use tidegate_directory::plan::{
    AccountRef, AccountSpec, GroupRef, GroupSpec, Membership, OnExisting, OnMissing, Operation,
};
use tidegate_directory::recognise::recognise;
use tidegate_directory::target::Removal;
use tidegate_runtime::capabilities::Scope;
use tidegate_store::audit::AuditLine;
use tidegate_store::{Store, StoreError};

use crate::apps::{App, Target};
use crate::clock::now_ms;
use crate::protected;

/// One action on its way.
struct Action<'a> {
    store: &'a Store,
    app: &'a App,
    target: &'a Target,
    connector: &'a dyn Connector,
    request: &'a str,
}

/// Brings an outcome about; true: the directory changed by it. Leaves a line in the audit trail
/// before it begins: what a crash interrupts is on record.
pub(super) async fn carry_out(
    store: &Store,
    app: &App,
    target: &Target,
    scope: Scope<'_>,
    operation: &Operation,
) -> Result<bool, ConnectorError> {
    if let Some(reason) = target.stopped() {
        return Err(ConnectorError::Unavailable(format!(
            "the target is stopped: {reason}"
        )));
    }
    let takes_away = matches!(
        operation,
        Operation::SuspendAccount(_)
            | Operation::RemoveAccount(_)
            | Operation::RemoveGroup(_)
            | Operation::EnsureNotMembers(_)
    );
    if takes_away && store.brake(target.seq).map_err(unanswered)?.is_some() {
        return Err(ConnectorError::Unavailable(
            "the target's brake is pulled: nothing takes access away until an administrator releases it"
                .into(),
        ));
    }
    let line = AuditLine {
        at_ms: now_ms(),
        app: Some(app.seq),
        request: scope.request.to_owned(),
        actor: "policy".into(),
        action: "policy.action".into(),
        subject: target.config.name.clone(),
        detail: json!({"operation": operation, "policy": scope.policy}),
    };
    store.audit(line).await.map_err(unanswered)?;
    let connector = target.connector()?.as_ref();
    let action = Action {
        store,
        app,
        target,
        connector,
        request: scope.request,
    };
    match operation {
        Operation::EnsureAccount(spec) => action.ensure_account(spec).await,
        Operation::SuspendAccount(suspension) => action.suspend(&suspension.account).await,
        Operation::RestoreAccount(account) => action.restore(account).await,
        Operation::RemoveAccount(account) => action.remove(account).await,
        Operation::EnsureGroup(spec) => action.ensure_group(spec).await,
        Operation::RemoveGroup(group) => action.remove_group(group).await,
        Operation::EnsureMembers(membership) => action.members(membership, true).await,
        Operation::EnsureNotMembers(membership) => action.members(membership, false).await,
        Operation::ReleaseAccount(_) | Operation::ReleaseGroup(_) => Err(ConnectorError::Unsupported(
            "releasing changes desired state, not the directory: return it in the plan".into(),
        )),
        Operation::Custom(custom) => Err(ConnectorError::Unsupported(format!(
            "no connector knows the custom operation {:?}",
            custom.kind
        ))),
    }
}

impl Action<'_> {
    async fn ensure_account(&self, spec: &AccountSpec) -> Result<bool, ConnectorError> {
        self.spare_account(&spec.username).await?;
        let wanted = AccountWanted {
            username: spec.username.clone(),
            email: spec.email.clone(),
            display_name: spec.display_name.clone(),
            given_name: spec.given_name.clone(),
            family_name: spec.family_name.clone(),
        };
        match recognise(self.connector, spec).await? {
            Some(account) => match spec.on_existing {
                OnExisting::LinkOnly => Ok(false),
                OnExisting::Fail => Err(ConnectorError::Conflict(format!(
                    "the account {:?} is there already",
                    spec.username
                ))),
                OnExisting::Update => {
                    self.spare_account(&account.username).await?;
                    self.unmanaged(&account)?;
                    self.connector
                        .update_account(&link(&account), &account, &wanted)
                        .await?;
                    Ok(true)
                }
            },
            None => match spec.on_missing {
                OnMissing::Skip => Ok(false),
                OnMissing::Fail => Err(no_account(&spec.username)),
                OnMissing::Create => {
                    if self
                        .store
                        .manages_account(self.target.seq, "", &spec.username)
                        .map_err(unanswered)?
                    {
                        return Err(managed(&spec.username));
                    }
                    self.connector.create_account(&wanted).await?;
                    Ok(true)
                }
            },
        }
    }

    async fn suspend(&self, account: &AccountRef) -> Result<bool, ConnectorError> {
        let account = self.existing(account).await?;
        if !account.active {
            return Ok(false);
        }
        let link = link(&account);
        if self.connector.remember_account(&link).await? != link {
            return Err(ConnectorError::Unsupported(
                "this product suspends by taking rights away, which only a plan remembers".into(),
            ));
        }
        self.connector.suspend_account(&link).await?;
        Ok(true)
    }

    async fn restore(&self, account: &AccountRef) -> Result<bool, ConnectorError> {
        let account = self.existing(account).await?;
        if !account.active {
            self.connector.restore_account(&link(&account)).await?;
        }
        Ok(!account.active)
    }

    async fn remove(&self, account: &AccountRef) -> Result<bool, ConnectorError> {
        let account = self.existing(account).await?;
        let link = link(&account);
        match self.target.config.removal {
            Removal::Delete => self.connector.remove_account(&link).await?,
            Removal::Anonymise => self.connector.anonymise_account(&link).await?,
        }
        Ok(true)
    }

    async fn ensure_group(&self, spec: &GroupSpec) -> Result<bool, ConnectorError> {
        self.spare_groups(std::slice::from_ref(&spec.name)).await?;
        if self.connector.group_exists(&spec.name).await? {
            return Ok(false);
        }
        match spec.on_missing {
            OnMissing::Skip => Ok(false),
            OnMissing::Fail => Err(ConnectorError::NotFound(format!(
                "there is no group {:?}",
                spec.name
            ))),
            OnMissing::Create => {
                self.connector.create_group(&spec.name).await?;
                Ok(true)
            }
        }
    }

    async fn remove_group(&self, group: &GroupRef) -> Result<bool, ConnectorError> {
        let mut changed = false;
        for name in self.groups(group).await? {
            if self
                .store
                .manages_group(self.target.seq, &name)
                .map_err(unanswered)?
            {
                return Err(managed(&name));
            }
            changed |= self.connector.group_exists(&name).await?;
            self.connector.remove_group(&name).await?;
        }
        Ok(changed)
    }

    async fn members(&self, membership: &Membership, wanted: bool) -> Result<bool, ConnectorError> {
        let groups = self.groups(&membership.group).await?;
        for account in &membership.accounts {
            let link = self.link(account).await?;
            for group in &groups {
                match wanted {
                    true => self.connector.add_member(group, &link).await?,
                    false => self.connector.remove_member(group, &link).await?,
                }
            }
        }
        Ok(!membership.accounts.is_empty() && !groups.is_empty())
    }

    /// An account that is there, is not protected and that no plan looks after.
    async fn existing(&self, account: &AccountRef) -> Result<Account, ConnectorError> {
        let link = self.link(account).await?;
        let found = self.connector.find_linked(&link).await?;
        let found = found.ok_or_else(|| no_account(&link.username))?;
        self.unmanaged(&found)?;
        Ok(found)
    }

    /// What a reference means in this target.
    async fn link(&self, account: &AccountRef) -> Result<AccountLink, ConnectorError> {
        let (link, name) = match account {
            AccountRef::ScimId(id) => {
                let known = self.store.linked_account(self.app.seq, self.target.seq, id);
                (known.map_err(unanswered)?, id)
            }
            AccountRef::Username(name) => (self.connector.find_account(name).await?.as_ref().map(link), name),
            AccountRef::Email(email) => {
                let found = self.connector.find_account_by_email(email).await?;
                (found.as_ref().map(link), email)
            }
        };
        let link = link.ok_or_else(|| no_account(name))?;
        self.spare_account(&link.username).await?;
        Ok(link)
    }

    async fn groups(&self, group: &GroupRef) -> Result<Vec<String>, ConnectorError> {
        let names = match group {
            GroupRef::Name(name) => vec![name.clone()],
            GroupRef::ScimId(id) => {
                let claimed = self.store.claimed_groups(self.app.seq, self.target.seq, id);
                claimed.map_err(unanswered)?
            }
        };
        self.spare_groups(&names).await?;
        Ok(names)
    }

    fn unmanaged(&self, account: &Account) -> Result<(), ConnectorError> {
        let (target, id) = (self.target.seq, account.remote_id.as_str());
        match self
            .store
            .manages_account(target, id, &account.username)
            .map_err(unanswered)?
        {
            true => Err(managed(&account.username)),
            false => Ok(()),
        }
    }

    async fn spare_account(&self, username: &str) -> Result<(), ConnectorError> {
        match self.app.protected().account(username) {
            true => Err(self.alarm("account", username).await),
            false => Ok(()),
        }
    }

    async fn spare_groups(&self, names: &[String]) -> Result<(), ConnectorError> {
        match names.iter().find(|name| self.app.protected().group(name)) {
            Some(name) => Err(self.alarm("group", name).await),
            None => Ok(()),
        }
    }

    async fn alarm(&self, kind: &'static str, name: &str) -> ConnectorError {
        let line = protected::alarm(self.app, self.request, kind, name);
        match self.store.audit(line).await {
            Ok(()) => ConnectorError::Forbidden(format!("the {kind} {name:?} is protected")),
            Err(error) => unanswered(error),
        }
    }
}

fn link(account: &Account) -> AccountLink {
    AccountLink {
        remote_id: account.remote_id.clone(),
        username: account.username.clone(),
        remembered: None,
    }
}

fn managed(name: &str) -> ConnectorError {
    ConnectorError::Refused(format!("{name:?} is managed: return the operation in the plan"))
}

fn no_account(name: &str) -> ConnectorError {
    ConnectorError::NotFound(format!("there is no account {name:?}"))
}

fn unanswered(error: StoreError) -> ConnectorError {
    tracing::error!(%error, "an action of a policy was not begun");
    ConnectorError::Unavailable("the store did not answer".into())
}
