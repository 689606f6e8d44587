//! Desired accounts.

use rusqlite::{Connection, OptionalExtension, params};
use tidegate_directory::plan::AccountSpec;

use super::{Context, members};
use crate::error::{Result, StoreError};
use crate::fold;

/// The account shall exist with these attributes. Restating what is wanted already
/// changes nothing, except that a parked row is tried again.
pub(super) fn ensure(db: &Connection, context: &Context<'_>, user: i64, spec: &AccountSpec) -> Result<()> {
    if context.protected.account(&spec.username) {
        return Err(protected(&spec.username));
    }
    let key = fold(&spec.username);
    let text = serde_json::to_string(spec)?;
    let known: Option<(String, String, bool)> = db
        .prepare_cached("SELECT spec, state, parked FROM account WHERE target = ?1 AND user = ?2")?
        .query_row(params![context.target, user], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    match known {
        Some((before, state, false)) if before == text && is_held(&state) => Ok(()),
        Some((_, state, _)) => {
            adopt(db, context, &key, user)?;
            db.prepare_cached(
                "UPDATE account SET spec = ?3, username = ?4,
                    state = CASE WHEN state IN ('active', 'suspended') THEN state ELSE 'ensured' END,
                    held = CASE WHEN state = 'suspended' THEN held ELSE 0 END,
                    anonymise = CASE WHEN state = 'suspended' THEN anonymise ELSE 0 END,
                    rev = rev + 1, due_ms = ?5, attempts = 0, error_kind = NULL, error = NULL, parked = 0,
                    reason = ?6, request = ?7, policy = ?8, changed_ms = ?5
                 WHERE target = ?1 AND user = ?2",
            )?
            .execute(params![
                context.target,
                user,
                text,
                key,
                context.now_ms,
                context.reason,
                context.request,
                context.policy
            ])
            .map_err(|error| taken(error, context, spec))?;
            settle_anonymised(db, context.target, user)?;
            if is_held(&state) {
                return Ok(());
            }
            // It was removed or let go, and its memberships were forgotten; groups still claim it.
            members::reconsider_user(db, context, user)
        }
        None => {
            let adopted = adopt(db, context, &key, user)?;
            let (link, present) = adopted
                .as_ref()
                .map_or((None, 0), |row| (row.link.clone(), row.present));
            db.prepare_cached(
                "INSERT INTO account (target, user, spec, username, state, link, present, rev, due_ms, reason, request,
                    policy, changed_ms)
                 VALUES (?1, ?2, ?3, ?4, 'ensured', ?9, ?10, 1, ?5, ?6, ?7, ?8, ?5)",
            )?
            .execute(params![
                context.target, user, text, key, context.now_ms, context.reason, context.request, context.policy, link,
                present
            ])
            .map_err(|error| taken(error, context, spec))?;
            match adopted {
                Some(row) => members::inherit(db, context, row.user, user),
                None => Ok(()),
            }
        }
    }
}

/// Whether an account in this state is wanted to be there.
fn is_held(state: &str) -> bool {
    matches!(state, "ensured" | "active" | "suspended")
}

/// The account shall not be usable. Where no account was wanted there is nothing to suspend.
pub(super) fn suspend(db: &Connection, context: &Context<'_>, user: i64, strip: bool) -> Result<()> {
    refuse_protected(db, context, user)?;
    change(
        db,
        context,
        user,
        "suspended",
        strip,
        "(state IN ('ensured', 'active') OR (state = 'suspended' AND strip <> ?4))",
    )
}

/// The account shall be usable again; memberships that were stripped come back.
pub(super) fn restore(db: &Connection, context: &Context<'_>, user: i64) -> Result<()> {
    change(
        db,
        context,
        user,
        "active",
        false,
        "state IN ('ensured', 'suspended')",
    )
}

/// The account shall be gone (`removed`), or is no longer ours (`released`).
pub(super) fn end(db: &Connection, context: &Context<'_>, user: i64, state: &str) -> Result<()> {
    refuse_protected(db, context, user)?;
    change(
        db,
        context,
        user,
        state,
        false,
        "state IN ('ensured', 'active', 'suspended')",
    )?;
    // A released account needs no call; a removed one takes its memberships with it.
    db.prepare_cached(
        "UPDATE account SET username = NULL,
            due_ms = CASE WHEN state = 'released' AND anonymise <> 1 THEN NULL ELSE due_ms END,
            applied_rev = CASE WHEN state = 'released' AND anonymise <> 1 THEN rev ELSE applied_rev END
         WHERE target = ?1 AND user = ?2 AND state = ?3",
    )?
    .execute(params![context.target, user, state])?;
    members::forget_in_target(db, context.target, user)
}

/// The SCIM user is gone. Its rows stay until applied; its claims end. Memberships of a
/// suspended account stay as they are, unless stripping was asked for.
pub(crate) fn forget_user(db: &Connection, user: i64) -> Result<()> {
    db.prepare_cached("UPDATE account SET orphan = 1 WHERE user = ?1")?
        .execute([user])?;
    // What was anonymised has no account that could be remembered for whoever comes back.
    db.prepare_cached("DELETE FROM account WHERE user = ?1 AND anonymise = 2")?
        .execute([user])?;
    db.prepare_cached("DELETE FROM member_claim WHERE user = ?1")?
        .execute([user])?;
    db.prepare_cached("DELETE FROM membership WHERE user = ?1 AND wanted = 1")?
        .execute([user])?;
    Ok(())
}

fn change(
    db: &Connection,
    context: &Context<'_>,
    user: i64,
    state: &str,
    strip: bool,
    when: &str,
) -> Result<()> {
    let present = present(db, context.target, user)?;
    let changed = db
        .prepare_cached(&format!(
            "UPDATE account SET held = 0, state = ?3, strip = ?4,
                anonymise = CASE WHEN ?3 = 'active' THEN 0 ELSE anonymise END,
                rev = rev + 1, due_ms = ?5, attempts = 0, error_kind = NULL, error = NULL, parked = 0, reason = ?6, request = ?7, policy = ?8, changed_ms = ?5
             WHERE target = ?1 AND user = ?2 AND {when}"
        ))?
        .execute(params![
            context.target, user, state, strip, context.now_ms, context.reason, context.request, context.policy
        ])?;
    if changed == 0 {
        return Ok(());
    }
    settle_anonymised(db, context.target, user)?;
    // What is not there, or is shut out already, loses nothing.
    let loses = match state {
        "suspended" => present == 1,
        "removed" => present > 0,
        _ => false,
    };
    if loses {
        context.harm.borrow_mut().account(context.target, user);
    }
    members::reconsider_user(db, context, user)
}

/// What was anonymised is as wanted, whatever the rules say of it, until it is to be used: looked for by its name, it
/// would be somebody else's.
fn settle_anonymised(db: &Connection, target: i64, user: i64) -> Result<()> {
    db.prepare_cached(
        "UPDATE account SET due_ms = NULL, applied_rev = rev WHERE target = ?1 AND user = ?2 AND anonymise = 2",
    )?
    .execute(params![target, user])?;
    Ok(())
}

/// 0: not there; 1: usable; 2: suspended.
fn present(db: &Connection, target: i64, user: i64) -> Result<i64> {
    let present = db
        .prepare_cached("SELECT present FROM account WHERE target = ?1 AND user = ?2")?
        .query_row(params![target, user], |row| row.get(0))
        .optional()?;
    Ok(present.unwrap_or(0))
}

/// What the row of a deleted user leaves behind.
struct Adopted {
    user: i64,
    link: Option<String>,
    present: i64,
}

/// A username held by the row of a deleted user passes to its successor, with the link
/// to the account: the same person came back under a new SCIM id.
fn adopt(db: &Connection, context: &Context<'_>, key: &str, user: i64) -> Result<Option<Adopted>> {
    let heir = db
        .prepare_cached(
            "DELETE FROM account WHERE target = ?1 AND username = ?2 AND orphan = 1 AND user <> ?3
             RETURNING user, link, present",
        )?
        .query_row(params![context.target, key, user], |row| {
            Ok(Adopted {
                user: row.get(0)?,
                link: row.get(1)?,
                present: row.get(2)?,
            })
        })
        .optional()?;
    Ok(heir)
}

fn refuse_protected(db: &Connection, context: &Context<'_>, user: i64) -> Result<()> {
    let username: Option<Option<String>> = db
        .prepare_cached("SELECT username FROM account WHERE target = ?1 AND user = ?2")?
        .query_row(params![context.target, user], |row| row.get(0))
        .optional()?;
    match username.flatten() {
        Some(name) if context.protected.account(&name) => Err(protected(&name)),
        _ => Ok(()),
    }
}

fn protected(username: &str) -> StoreError {
    StoreError::Protected {
        kind: "account",
        name: username.to_owned(),
    }
}

fn taken(error: rusqlite::Error, context: &Context<'_>, spec: &AccountSpec) -> StoreError {
    if StoreError::is_unique_violation(&error) {
        StoreError::UsernameTaken {
            username: spec.username.clone(),
            target: context.target_name.to_owned(),
        }
    } else {
        error.into()
    }
}
