//! Desired directory groups, and who asked for them.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, params};
use tidegate_directory::plan::{GroupRef, GroupSpec, OnMissing};

use super::{Context, members};
use crate::error::{Result, StoreError};
use crate::{fold, resolve};

/// The group shall exist, and this source asks for it.
pub(super) fn ensure(db: &Connection, context: &Context<'_>, spec: &GroupSpec) -> Result<i64> {
    if context.protected.group(&spec.name) {
        return Err(protected(&spec.name));
    }
    let on_missing = serde_json::to_string(&spec.on_missing)?;
    let known: Option<(i64, String, String, bool)> = db
        .prepare_cached(
            "SELECT seq, state, on_missing, parked FROM directory_group WHERE target = ?1 AND name_key = ?2",
        )?
        .query_row(params![context.target, fold(&spec.name)], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
        })
        .optional()?;
    let group = match known {
        Some((seq, state, before, parked)) => {
            if state != "present" || before != on_missing || parked {
                want(db, context, seq, "present", &on_missing)?;
            }
            seq
        }
        None => insert(db, context, &spec.name, &on_missing)?,
    };
    db.prepare_cached("INSERT OR IGNORE INTO group_claim (grp, source) VALUES (?1, ?2)")?
        .execute(params![group, context.source])?;
    Ok(group)
}

/// The groups a membership step means. A name nobody ensured is looked for in the
/// directory and never created.
pub(super) fn named(db: &Connection, context: &Context<'_>, group: &GroupRef) -> Result<Vec<i64>> {
    if let GroupRef::Name(name) = group {
        if context.protected.group(name) {
            return Err(protected(name));
        }
        if resolve::groups(db, context, group)?.is_empty() {
            let spec = GroupSpec {
                group: group.clone(),
                name: name.clone(),
                description: None,
                on_missing: OnMissing::Skip,
            };
            return Ok(vec![ensure(db, context, &spec)?]);
        }
    }
    resolve::groups(db, context, group)
}

/// This source no longer asks for the groups. One that nobody asks for is removed or released.
pub(super) fn end(db: &Connection, context: &Context<'_>, groups: &[i64], state: &str) -> Result<()> {
    for group in groups {
        let name: String = db
            .prepare_cached("SELECT name FROM directory_group WHERE seq = ?1")?
            .query_row([group], |row| row.get(0))?;
        if context.protected.group(&name) {
            return Err(protected(&name));
        }
        db.prepare_cached("DELETE FROM group_claim WHERE grp = ?1 AND source = ?2")?
            .execute(params![group, context.source])?;
        let claimed: bool = db
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM group_claim WHERE grp = ?1)")?
            .query_row([group], |row| row.get(0))?;
        if claimed {
            members::drop_source(db, context, *group)?;
            continue;
        }
        db.prepare_cached("DELETE FROM member_claim WHERE grp = ?1")?
            .execute([group])?;
        if state == "removed" {
            let members = members::applied(db, *group)?;
            if !members.is_empty() {
                context.harm.borrow_mut().group(context.target, *group, members);
            }
            db.prepare_cached("DELETE FROM membership WHERE grp = ?1")?
                .execute([group])?;
            want(db, context, *group, "removed", "\"skip\"")?;
        } else {
            // Members that were told to go still go; the others stay in a group that is no longer ours.
            db.prepare_cached("DELETE FROM membership WHERE grp = ?1 AND wanted = 1")?
                .execute([group])?;
            db.prepare_cached(
                "UPDATE directory_group SET held = 0, state = 'released', rev = rev + 1, applied_rev = rev + 1, due_ms = NULL,
                    changed_ms = ?2, reason = ?3, request = ?4, policy = ?5 WHERE seq = ?1",
            )?
            .execute(params![group, context.now_ms, context.reason, context.request, context.policy])?;
        }
    }
    Ok(())
}

/// Claims of this source on groups that its last plan did not name.
pub(super) fn drop_unstated(db: &Connection, context: &Context<'_>, stated: &HashSet<i64>) -> Result<()> {
    // The user's own claims on groups are shared by all users (source 0) and stay.
    if context.source == 0 {
        return Ok(());
    }
    let claimed: Vec<i64> = {
        let mut statement = db.prepare_cached(
            "SELECT c.grp FROM group_claim c JOIN directory_group g ON g.seq = c.grp
             WHERE c.source = ?1 AND g.target = ?2",
        )?;
        let rows = statement.query_map(params![context.source, context.target], |row| row.get(0))?;
        rows.collect::<rusqlite::Result<_>>()?
    };
    let gone: Vec<i64> = claimed
        .into_iter()
        .filter(|group| !stated.contains(group))
        .collect();
    end(db, context, &gone, "released")
}

fn want(db: &Connection, context: &Context<'_>, group: i64, state: &str, on_missing: &str) -> Result<()> {
    db.prepare_cached(
        "UPDATE directory_group SET held = 0, state = ?2, on_missing = ?3, rev = rev + 1, due_ms = ?4, attempts = 0,
            error_kind = NULL, error = NULL, parked = 0, changed_ms = ?4, reason = ?5, request = ?6, policy = ?7
         WHERE seq = ?1",
    )?
    .execute(params![group, state, on_missing, context.now_ms, context.reason, context.request, context.policy])?;
    Ok(())
}

fn insert(db: &Connection, context: &Context<'_>, name: &str, on_missing: &str) -> Result<i64> {
    db.prepare_cached(
        "INSERT INTO directory_group (target, name, name_key, on_missing, state, rev, due_ms, reason, request, policy,
            changed_ms)
         VALUES (?1, ?2, ?3, ?4, 'present', 1, ?5, ?6, ?7, ?8, ?5)",
    )?
    .execute(params![
        context.target, name, fold(name), on_missing, context.now_ms, context.reason, context.request, context.policy
    ])?;
    Ok(db.last_insert_rowid())
}

fn protected(name: &str) -> StoreError {
    StoreError::Protected {
        kind: "group",
        name: name.to_owned(),
    }
}
