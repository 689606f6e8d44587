//! Desired memberships: wanted while anybody claims them, unless stripped.
//!
//! A row is due only when it can be worked on: adding needs the account active and the
//! group there, removing needs them known. Otherwise it waits without a due time and is
//! woken by the row it waits for ([`wake`]).

use std::collections::HashSet;

use rusqlite::{Connection, params};

use super::Context;
use crate::error::Result;

/// This source wants the membership.
pub(super) fn claim(db: &Connection, context: &Context<'_>, group: i64, user: i64) -> Result<()> {
    db.prepare_cached("INSERT OR IGNORE INTO member_claim (grp, user, source) VALUES (?1, ?2, ?3)")?
        .execute(params![group, user, context.source])?;
    reconsider(db, context, group, user, false)
}

/// This source does not want it (any more).
pub(super) fn disclaim(db: &Connection, context: &Context<'_>, group: i64, user: i64) -> Result<()> {
    db.prepare_cached("DELETE FROM member_claim WHERE grp = ?1 AND user = ?2 AND source = ?3")?
        .execute(params![group, user, context.source])?;
    reconsider(db, context, group, user, true)
}

/// The source's claims on one group end.
pub(super) fn drop_source(db: &Connection, context: &Context<'_>, group: i64) -> Result<()> {
    let users: Vec<i64> = {
        let mut statement =
            db.prepare_cached("SELECT user FROM member_claim WHERE grp = ?1 AND source = ?2")?;
        let rows = statement.query_map(params![group, context.source], |row| row.get(0))?;
        rows.collect::<rusqlite::Result<_>>()?
    };
    users
        .into_iter()
        .try_for_each(|user| disclaim(db, context, group, user))
}

/// The source's claims on these users end in every group of the target, also in groups that
/// the rules in force no longer name.
pub(crate) fn drop_users(db: &Connection, context: &Context<'_>, users: &[i64]) -> Result<()> {
    for user in users {
        let groups: Vec<i64> = {
            let mut statement = db.prepare_cached(
                "SELECT c.grp FROM member_claim c JOIN directory_group g ON g.seq = c.grp
                 WHERE c.source = ?1 AND c.user = ?2 AND g.target = ?3",
            )?;
            let rows =
                statement.query_map(params![context.source, user, context.target], |row| row.get(0))?;
            rows.collect::<rusqlite::Result<_>>()?
        };
        groups
            .into_iter()
            .try_for_each(|group| disclaim(db, context, group, *user))?;
    }
    Ok(())
}

/// Memberships that are still to end pass with the account to who has it now.
pub(super) fn inherit(db: &Connection, context: &Context<'_>, from: i64, heir: i64) -> Result<()> {
    db.prepare_cached(
        "UPDATE OR IGNORE membership SET user = ?3, rev = rev + 1, applied = NULL
         WHERE target = ?1 AND user = ?2 AND wanted = 0",
    )?
    .execute(params![context.target, from, heir])?;
    db.prepare_cached("DELETE FROM membership WHERE target = ?1 AND user = ?2")?
        .execute(params![context.target, from])?;
    reconsider_user(db, context, heir)
}

/// Claims that the source's last plan did not restate.
pub(super) fn drop_unstated(
    db: &Connection,
    context: &Context<'_>,
    stated: &HashSet<(i64, i64)>,
) -> Result<()> {
    let claims: Vec<(i64, i64)> = {
        let (condition, key) = match context.subject_user {
            Some((_, user)) => ("c.user = ?1 AND c.source = 0", user),
            None => ("c.source = ?1", context.source),
        };
        let mut statement = db.prepare_cached(&format!(
            "SELECT c.grp, c.user FROM member_claim c JOIN directory_group g ON g.seq = c.grp
             WHERE {condition} AND g.target = ?2"
        ))?;
        let rows = statement.query_map(params![key, context.target], |row| Ok((row.get(0)?, row.get(1)?)))?;
        rows.collect::<rusqlite::Result<_>>()?
    };
    claims
        .into_iter()
        .filter(|claim| !stated.contains(claim))
        .try_for_each(|(group, user)| disclaim(db, context, group, user))
}

/// The account's state changed: stripping may have begun or ended.
pub(super) fn reconsider_user(db: &Connection, context: &Context<'_>, user: i64) -> Result<()> {
    let groups: Vec<i64> = {
        // Claims as well: an account that was gone and is wanted again finds its groups again.
        let mut statement = db.prepare_cached(
            "SELECT grp FROM membership WHERE user = ?1 AND target = ?2
             UNION SELECT c.grp FROM member_claim c JOIN directory_group g ON g.seq = c.grp
                WHERE c.user = ?1 AND g.target = ?2",
        )?;
        let rows = statement.query_map(params![user, context.target], |row| row.get(0))?;
        rows.collect::<rusqlite::Result<_>>()?
    };
    groups
        .into_iter()
        .try_for_each(|group| reconsider(db, context, group, user, false))?;
    // Rows that stay wanted may have become unworkable: nobody is added to a group while suspended.
    db.prepare_cached(&format!("{SET_DUE} WHERE target = ?2 AND user = ?3"))?
        .execute(params![context.now_ms, context.target, user])?;
    Ok(())
}

/// The account is gone or not ours: there is nothing left to want.
pub(super) fn forget_in_target(db: &Connection, target: i64, user: i64) -> Result<()> {
    db.prepare_cached(
        "DELETE FROM member_claim WHERE user = ?1 AND source = 0
         AND grp IN (SELECT seq FROM directory_group WHERE target = ?2)",
    )?
    .execute(params![user, target])?;
    db.prepare_cached("DELETE FROM membership WHERE user = ?1 AND target = ?2")?
        .execute(params![user, target])?;
    Ok(())
}

/// The account is nobody's any longer: nothing is done about its memberships, and who is out is forgotten. Those that
/// are wanted come about when there is an account again.
pub(crate) fn set_aside(db: &Connection, target: i64, user: i64) -> Result<()> {
    db.prepare_cached("DELETE FROM membership WHERE user = ?1 AND target = ?2 AND wanted = 0")?
        .execute(params![user, target])?;
    db.prepare_cached(
        "UPDATE membership SET due_ms = NULL, parked = 0, error = NULL, error_kind = NULL WHERE user = ?1 AND target = ?2",
    )?
    .execute(params![user, target])?;
    Ok(())
}

/// Brings one row's `wanted` in line with its claims. `insist`: a row that is not known
/// yet is made even where it is not wanted, since a policy said so in as many words.
fn reconsider(db: &Connection, context: &Context<'_>, group: i64, user: i64, insist: bool) -> Result<()> {
    let wanted: bool = db
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM member_claim WHERE grp = ?1 AND user = ?2)
                AND NOT EXISTS (SELECT 1 FROM account WHERE target = ?3 AND user = ?2
                                AND state = 'suspended' AND strip = 1)",
        )?
        .query_row(params![group, user, context.target], |row| row.get(0))?;
    if wanted || insist {
        db.prepare_cached(
            "INSERT OR IGNORE INTO membership (grp, user, target, wanted, rev, reason, request, changed_ms)
             VALUES (?1, ?2, ?3, NOT ?4, 0, '', '', ?5)",
        )?
        .execute(params![group, user, context.target, wanted, context.now_ms])?;
    }
    let loses = !wanted && is_applied(db, group, user)?;
    let changed = db
        .prepare_cached(
            // A call may be under way, or its answer lost: what is applied is then not known.
            "UPDATE membership SET held = 0, wanted = ?3, rev = rev + 1, attempts = 0, error_kind = NULL, error = NULL,
                applied = CASE WHEN due_ms IS NULL THEN applied END,
                parked = 0, reason = ?4, request = ?5, policy = ?6, changed_ms = ?7
             WHERE grp = ?1 AND user = ?2 AND (wanted <> ?3 OR parked = 1)",
        )?
        .execute(params![
            group,
            user,
            wanted,
            context.reason,
            context.request,
            context.policy,
            context.now_ms
        ])?;
    if changed > 0 {
        if loses {
            context.harm.borrow_mut().member(context.target, group, user);
        }
        db.prepare_cached(&format!("{SET_DUE} WHERE grp = ?2 AND user = ?3"))?
            .execute(params![context.now_ms, group, user])?;
    }
    Ok(())
}

/// Whether the user is in the group, as far as is known.
fn is_applied(db: &Connection, group: i64, user: i64) -> Result<bool> {
    let applied: bool = db
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM membership WHERE grp = ?1 AND user = ?2 AND applied = 1)",
        )?
        .query_row(params![group, user], |row| row.get(0))?;
    Ok(applied)
}

/// Users who are in the group, as far as is known.
pub(super) fn applied(db: &Connection, group: i64) -> Result<Vec<i64>> {
    let mut statement = db.prepare_cached("SELECT user FROM membership WHERE grp = ?1 AND applied = 1")?;
    let rows = statement.query_map([group], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Due now, if it differs from what is applied and can be worked on; else not at all.
/// `?1` is the time.
const SET_DUE: &str = "UPDATE membership SET due_ms = CASE
        WHEN parked = 1 OR applied IS wanted THEN NULL
        WHEN EXISTS (SELECT 1 FROM directory_group g WHERE g.seq = membership.grp AND g.present = 1)
         AND EXISTS (SELECT 1 FROM account a WHERE a.target = membership.target AND a.user = membership.user
                     AND a.present >= 1
                     AND (membership.wanted = 0
                          OR (json_extract(a.link, '$.remembered') IS NULL
                              AND (a.state = 'ensured' OR (a.present = 1 AND a.state = 'active')))))
        THEN ?1 ELSE NULL END";

/// An account (`user`) or a group has become ready: rows that waited for it are due.
/// `reassert` marks what is known of them as unknown first: a product that gave back
/// remembered groups may have given back too much.
pub(crate) fn wake(
    db: &Connection,
    target: i64,
    user: Option<i64>,
    group: Option<i64>,
    reassert: bool,
    now_ms: i64,
) -> Result<()> {
    if let Some(user) = user {
        if reassert {
            db.prepare_cached("UPDATE membership SET applied = NULL WHERE target = ?1 AND user = ?2")?
                .execute(params![target, user])?;
        }
        db.prepare_cached(&format!(
            "{SET_DUE} WHERE target = ?2 AND user = ?3 AND due_ms IS NULL"
        ))?
        .execute(params![now_ms, target, user])?;
    }
    if let Some(group) = group {
        if reassert {
            db.prepare_cached("UPDATE membership SET applied = NULL WHERE grp = ?1")?
                .execute([group])?;
        }
        db.prepare_cached(&format!("{SET_DUE} WHERE grp = ?2 AND due_ms IS NULL"))?
            .execute(params![now_ms, group])?;
    }
    Ok(())
}
