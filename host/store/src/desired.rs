//! Desired state: what each target shall look like, row by row.
//!
//! Applying a step changes rows, never a directory. A row whose `rev` is not yet applied
//! is due; the reconciler works on due rows until they are applied ([`crate::work`]).
//! Protected names are refused here, at the one place that every step passes.

mod accounts;
mod groups;
mod members;

use std::cell::RefCell;
use std::collections::HashSet;

use rusqlite::Connection;
use tidegate_directory::plan::Operation;
use tidegate_directory::protected::Protected;

use crate::brake::Harm;
use crate::error::{Result, StoreError};
use crate::resolve;

pub(crate) use accounts::forget_user;
pub(crate) use members::{drop_users, set_aside, wake};

/// For whom and why a step is applied.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    pub(crate) app: i64,
    pub(crate) target: i64,
    pub(crate) target_name: &'a str,
    /// Who claims groups and memberships: a `scim_group.seq`, or 0 for the user itself.
    pub(crate) source: i64,
    /// SCIM id and row of the user that the change is about.
    pub(crate) subject_user: Option<(&'a str, i64)>,
    pub(crate) protected: &'a Protected,
    pub(crate) reason: &'a str,
    pub(crate) request: &'a str,
    pub(crate) policy: Option<&'a str>,
    pub(crate) now_ms: i64,
    /// Filled by what takes something from somebody.
    pub(crate) harm: &'a RefCell<Harm>,
}

/// What one commit has restated, so that claims it did not restate can go.
#[derive(Debug, Default)]
pub(crate) struct Restated {
    pub(crate) groups: HashSet<i64>,
    pub(crate) members: HashSet<(i64, i64)>,
}

/// Steps carry no order; rows need one: a group exists before its members, a
/// membership ends before its group goes.
pub(crate) fn rank(operation: &Operation) -> u8 {
    match operation {
        Operation::EnsureAccount(_) => 0,
        Operation::EnsureGroup(_) => 1,
        Operation::EnsureMembers(_) => 2,
        Operation::EnsureNotMembers(_) => 3,
        Operation::SuspendAccount(_) | Operation::RestoreAccount(_) => 4,
        Operation::RemoveGroup(_) | Operation::ReleaseGroup(_) => 5,
        Operation::RemoveAccount(_) | Operation::ReleaseAccount(_) => 6,
        Operation::Custom(_) => 7,
    }
}

/// Applies one step to the rows of one target.
pub(crate) fn apply(
    db: &Connection,
    context: &Context<'_>,
    operation: &Operation,
    restated: &mut Restated,
) -> Result<()> {
    match operation {
        Operation::EnsureAccount(spec) => {
            let user = resolve::user(db, context, &spec.account)?;
            accounts::ensure(db, context, user, spec)
        }
        Operation::SuspendAccount(suspension) => {
            let user = resolve::user(db, context, &suspension.account)?;
            accounts::suspend(db, context, user, suspension.strip_groups)
        }
        Operation::RestoreAccount(account) => {
            let user = resolve::user(db, context, account)?;
            accounts::restore(db, context, user)
        }
        Operation::RemoveAccount(account) => {
            let user = resolve::user(db, context, account)?;
            accounts::end(db, context, user, "removed")
        }
        Operation::ReleaseAccount(account) => {
            let user = resolve::user(db, context, account)?;
            accounts::end(db, context, user, "released")
        }
        Operation::EnsureGroup(spec) => {
            let group = groups::ensure(db, context, spec)?;
            restated.groups.insert(group);
            Ok(())
        }
        Operation::RemoveGroup(group) => {
            groups::end(db, context, &resolve::groups(db, context, group)?, "removed")
        }
        Operation::ReleaseGroup(group) => {
            groups::end(db, context, &resolve::groups(db, context, group)?, "released")
        }
        Operation::EnsureMembers(membership) => {
            for group in groups::named(db, context, &membership.group)? {
                restated.groups.insert(group);
                for account in &membership.accounts {
                    let user = resolve::user(db, context, account)?;
                    members::claim(db, context, group, user)?;
                    restated.members.insert((group, user));
                }
            }
            Ok(())
        }
        Operation::EnsureNotMembers(membership) => {
            for group in groups::named(db, context, &membership.group)? {
                for account in &membership.accounts {
                    let user = resolve::user(db, context, account)?;
                    members::disclaim(db, context, group, user)?;
                }
            }
            Ok(())
        }
        Operation::Custom(custom) => Err(StoreError::Step(format!(
            "no connector knows the custom operation {:?}",
            custom.kind
        ))),
    }
}

/// Drops what the source claimed before and did not restate now.
pub(crate) fn drop_unstated(db: &Connection, context: &Context<'_>, restated: &Restated) -> Result<()> {
    members::drop_unstated(db, context, &restated.members)?;
    groups::drop_unstated(db, context, &restated.groups)
}
