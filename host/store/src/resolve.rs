//! From a policy's references to rows.

use rusqlite::{Connection, OptionalExtension, params};
use tidegate_directory::plan::{AccountRef, GroupRef};

use crate::desired::Context;
use crate::error::{Result, StoreError};
use crate::fold;

/// The user that an account reference means in this target.
pub(crate) fn user(db: &Connection, context: &Context<'_>, account: &AccountRef) -> Result<i64> {
    match account {
        // The subject first: on delete its row is gone by the time the steps are applied.
        AccountRef::ScimId(id) if context.subject_user.is_some_and(|(known, _)| known == id) => {
            Ok(context.subject_user.map_or(0, |(_, seq)| seq))
        }
        AccountRef::ScimId(id) => db
            .prepare_cached("SELECT seq FROM scim_user WHERE app = ?1 AND id = ?2")?
            .query_row(params![context.app, id], |row| row.get(0))
            .optional()?
            .ok_or_else(|| {
                StoreError::Step(format!("the plan names SCIM user {id:?}, which does not exist"))
            }),
        AccountRef::Username(name) => db
            .prepare_cached("SELECT user FROM account WHERE target = ?1 AND username = ?2")?
            .query_row(params![context.target, fold(name)], |row| row.get(0))
            .optional()?
            .ok_or_else(|| unmanaged(context, "username", name)),
        AccountRef::Email(email) => db
            .prepare_cached(
                "SELECT a.user FROM scim_email e JOIN account a ON a.user = e.user AND a.target = ?1
                 WHERE e.app = ?2 AND e.email = ?3 LIMIT 1",
            )?
            .query_row(params![context.target, context.app, fold(email)], |row| {
                row.get(0)
            })
            .optional()?
            .ok_or_else(|| unmanaged(context, "e-mail", email)),
    }
}

/// The directory groups that a group reference means: one for a name, and for a SCIM
/// group all that it asked for.
pub(crate) fn groups(db: &Connection, context: &Context<'_>, group: &GroupRef) -> Result<Vec<i64>> {
    match group {
        GroupRef::Name(name) => {
            let mut statement =
                db.prepare_cached("SELECT seq FROM directory_group WHERE target = ?1 AND name_key = ?2")?;
            Ok(statement
                .query_row(params![context.target, fold(name)], |row| row.get(0))
                .optional()?
                .into_iter()
                .collect())
        }
        GroupRef::ScimId(_) => {
            let mut statement = db.prepare_cached(
                "SELECT c.grp FROM group_claim c JOIN directory_group g ON g.seq = c.grp
                 WHERE c.source = ?2 AND g.target = ?1",
            )?;
            let rows = statement.query_map(params![context.target, context.source], |row| row.get(0))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        }
    }
}

fn unmanaged(context: &Context<'_>, what: &str, value: &str) -> StoreError {
    StoreError::Step(format!(
        "the plan names the account with {what} {value:?}, which Tidegate does not manage in target {:?}",
        context.target_name
    ))
}
