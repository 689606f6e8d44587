//! What one commit takes from whom.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, params};

use super::{BrakeRule, is_pulled};
use crate::error::Result;

/// Rows that one commit turned against somebody, by target.
#[derive(Debug, Default)]
pub(crate) struct Harm(BTreeMap<i64, Rows>);

#[derive(Debug, Default)]
struct Rows {
    users: BTreeSet<i64>,
    accounts: BTreeSet<i64>,
    groups: BTreeSet<i64>,
    members: BTreeSet<(i64, i64)>,
}

impl Harm {
    /// An account that is shut out or taken away.
    pub(crate) fn account(&mut self, target: i64, user: i64) {
        let rows = self.0.entry(target).or_default();
        rows.users.insert(user);
        rows.accounts.insert(user);
    }

    /// A membership that ends.
    pub(crate) fn member(&mut self, target: i64, group: i64, user: i64) {
        let rows = self.0.entry(target).or_default();
        rows.users.insert(user);
        rows.members.insert((group, user));
    }

    /// A group that is taken away with these in it.
    pub(crate) fn group(&mut self, target: i64, group: i64, members: Vec<i64>) {
        let rows = self.0.entry(target).or_default();
        rows.users.extend(members);
        rows.groups.insert(group);
    }

    /// Counts, and holds what may not go on (yet). A walk's rows wait for its end.
    pub(crate) fn settle(
        &self,
        db: &Connection,
        app: i64,
        rule: &BrakeRule,
        is_walk: bool,
        now_ms: i64,
    ) -> Result<()> {
        if !rule.is_on() {
            return Ok(());
        }
        for (target, rows) in &self.0 {
            for user in &rows.users {
                db.prepare_cached(
                    "INSERT INTO harm (target, user, at_ms) VALUES (?1, ?2, ?3)
                     ON CONFLICT DO UPDATE SET at_ms = excluded.at_ms",
                )?
                .execute(params![target, user, now_ms])?;
            }
            if is_walk || is_pulled(db, app, *target, rule, now_ms)? {
                rows.hold(db, *target)?;
            }
        }
        Ok(())
    }
}

impl Rows {
    fn hold(&self, db: &Connection, target: i64) -> Result<()> {
        for user in &self.accounts {
            db.prepare_cached("UPDATE account SET held = 1 WHERE target = ?1 AND user = ?2")?
                .execute(params![target, user])?;
        }
        for group in &self.groups {
            db.prepare_cached("UPDATE directory_group SET held = 1 WHERE seq = ?1")?
                .execute([group])?;
        }
        for (group, user) in &self.members {
            db.prepare_cached("UPDATE membership SET held = 1 WHERE grp = ?1 AND user = ?2")?
                .execute(params![group, user])?;
        }
        Ok(())
    }
}
