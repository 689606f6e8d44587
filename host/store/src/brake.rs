//! The brake: what would take access from too many at once waits for an administrator.
//!
//! Invariants: a row that takes something away is marked `held` in the transaction that makes it, so
//! no reconciler sees it before it is counted; a walk's rows are held until the walk has ended and all
//! of them are counted; what gives access, or restores it, is never held.

mod harm;

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tidegate_scim::ResourceKind;

use crate::audit::{self, AuditLine};
use crate::connection::Store;
use crate::error::Result;
use crate::find::kind_number;
use crate::users::clamp;

pub(crate) use harm::Harm;

/// How many users of a target may lose something within a while: be suspended or removed, or leave a
/// group. One user counts once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct BrakeRule {
    /// The while.
    pub window_minutes: u32,
    /// Of a hundred users of the app. None: no such limit.
    pub percent: Option<u8>,
    /// So many may always, whatever the percentage: a small app has its leavers too.
    pub at_least: u32,
    /// So many at most, whatever the percentage. None: no such limit.
    pub users: Option<u32>,
}

impl Default for BrakeRule {
    fn default() -> Self {
        Self {
            window_minutes: 60,
            percent: Some(10),
            at_least: 25,
            users: None,
        }
    }
}

impl BrakeRule {
    /// No brake.
    pub const OFF: Self = Self {
        window_minutes: 60,
        percent: None,
        at_least: 0,
        users: None,
    };

    /// Whether anything can be held.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.percent.is_some() || self.users.is_some()
    }

    /// How many may lose something, of so many users.
    #[must_use]
    pub fn allowed(&self, users: u64) -> u64 {
        let share = self.percent.map(|percent| {
            let share = users.saturating_mul(u64::from(percent)) / 100;
            share.max(u64::from(self.at_least))
        });
        let most = self.users.map(u64::from);
        share.into_iter().chain(most).min().unwrap_or(u64::MAX)
    }

    fn since(&self, now_ms: i64) -> i64 {
        now_ms.saturating_sub(i64::from(self.window_minutes) * 60_000)
    }
}

/// A brake that was pulled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Pulled {
    /// When, milliseconds since the epoch.
    pub since_ms: i64,
    /// Users who had lost something by then, or were about to.
    pub users: u64,
    /// Users who may.
    pub allowed: u64,
}

impl Store {
    /// The brake of a target, where it is pulled.
    ///
    /// # Errors
    /// A database error.
    pub fn brake(&self, target: i64) -> Result<Option<Pulled>> {
        self.read(|db| pulled(db, target))
    }

    /// An administrator agrees: what is held goes on, and the count begins anew. Returns how many rows
    /// were held.
    ///
    /// # Errors
    /// A database error.
    pub async fn release_brake(&self, target: i64, line: AuditLine) -> Result<u64> {
        self.write(move |db| {
            db.execute("DELETE FROM brake WHERE target = ?1", [target])?;
            db.execute("DELETE FROM harm WHERE target = ?1", [target])?;
            let held = let_go(db, target)?;
            audit::append(db, &line)?;
            Ok(held)
        })
        .await
    }
}

fn pulled(db: &Connection, target: i64) -> Result<Option<Pulled>> {
    let mut statement = db.prepare_cached("SELECT since_ms, users, allowed FROM brake WHERE target = ?1")?;
    let row = statement.query_row([target], |row| {
        Ok(Pulled {
            since_ms: row.get(0)?,
            users: row.get::<_, i64>(1)?.unsigned_abs(),
            allowed: row.get::<_, i64>(2)?.unsigned_abs(),
        })
    });
    Ok(row.optional()?)
}

/// A walk has ended: what it takes away goes on, unless it is too much.
pub(crate) fn judge_walk(db: &Connection, app: i64, rule: &BrakeRule, now_ms: i64) -> Result<()> {
    let targets: Vec<i64> = {
        let mut statement = db.prepare_cached("SELECT seq FROM target WHERE app = ?1")?;
        let rows = statement.query_map([app], |row| row.get(0))?;
        rows.collect::<rusqlite::Result<_>>()?
    };
    for target in targets {
        if !is_pulled(db, app, target, rule, now_ms)? {
            let_go(db, target)?;
        }
    }
    Ok(())
}

/// Users that are looked after: those that were only offered to an import have nothing to lose, and must not make
/// room for others' losses.
fn managed_users(db: &Connection, app: i64) -> Result<u64> {
    let count: i64 = db
        .prepare_cached(
            "SELECT users - (SELECT count(*) FROM offered o JOIN scim_user u ON u.seq = o.resource
                WHERE o.kind = ?2 AND u.app = ?1) FROM app WHERE seq = ?1",
        )?
        .query_row(params![app, kind_number(ResourceKind::User)], |row| row.get(0))?;
    Ok(u64::try_from(count).unwrap_or(0))
}

impl Store {
    /// Users of an app that are looked after: all but those that were only offered.
    ///
    /// # Errors
    /// A database error.
    pub fn managed_users(&self, app: i64) -> Result<u64> {
        self.read(|db| managed_users(db, app))
    }
}

/// Whether the brake is pulled; pulls it where too many lost something by now.
fn is_pulled(db: &Connection, app: i64, target: i64, rule: &BrakeRule, now_ms: i64) -> Result<bool> {
    if pulled(db, target)?.is_some() {
        return Ok(true);
    }
    let users: i64 = db
        .prepare_cached("SELECT count(*) FROM harm WHERE target = ?1 AND at_ms > ?2")?
        .query_row(params![target, rule.since(now_ms)], |row| row.get(0))?;
    if users.unsigned_abs() <= rule.allowed(0) {
        return Ok(false);
    }
    let allowed = rule.allowed(managed_users(db, app)?);
    if users.unsigned_abs() <= allowed {
        return Ok(false);
    }
    db.prepare_cached("INSERT INTO brake (target, since_ms, users, allowed) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![target, now_ms, users, clamp(allowed)])?;
    let name: String = db.query_row("SELECT name FROM target WHERE seq = ?1", [target], |row| {
        row.get(0)
    })?;
    tracing::error!(
        target_name = name,
        users,
        allowed,
        "ALARM: too many users lose access: what takes more away waits for an administrator"
    );
    let line = AuditLine {
        at_ms: now_ms,
        app: Some(app),
        request: String::new(),
        actor: "host".into(),
        action: "brake.pull".into(),
        subject: name,
        detail: json!({"users": users, "allowed": allowed}),
    };
    audit::append(db, &line)?;
    Ok(true)
}

fn let_go(db: &Connection, target: i64) -> Result<u64> {
    let mut rows = 0;
    for table in ["account", "directory_group", "membership"] {
        let sql = format!("UPDATE {table} SET held = 0 WHERE target = ?1 AND held = 1");
        rows += db.prepare_cached(&sql)?.execute([target])?;
    }
    Ok(rows as u64)
}

#[cfg(test)]
mod tests {
    use super::BrakeRule;

    #[test]
    fn a_share_of_many_and_always_a_few() {
        let rule = BrakeRule::default();
        assert_eq!(
            (rule.allowed(0), rule.allowed(100), rule.allowed(10_000)),
            (25, 25, 1_000)
        );
        let bounded = BrakeRule {
            users: Some(500),
            ..rule
        };
        assert_eq!((bounded.allowed(100), bounded.allowed(10_000)), (25, 500));
        let none = BrakeRule {
            users: Some(0),
            percent: None,
            ..rule
        };
        assert_eq!(none.allowed(10_000), 0);
        assert_eq!(BrakeRule::OFF.allowed(10_000), u64::MAX);
    }
}
