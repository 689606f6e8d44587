//! Counts and failures for `tidegate status` and the metrics.

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use crate::connection::Store;
use crate::error::Result;
use crate::users::clamp;

/// How the rows of one kind stand in one target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Counts {
    /// As wanted.
    pub applied: u64,
    /// To be brought about, or tried again.
    pub pending: u64,
    /// Waiting for an account or a group that is not there.
    pub waiting: u64,
    /// Waiting for an administrator.
    pub parked: u64,
    /// Would take something away: waiting for the brake to be released, or for a walk to end.
    pub held: u64,
}

/// One target's standing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct TargetStatus {
    /// Accounts.
    pub accounts: Counts,
    /// Groups.
    pub groups: Counts,
    /// Memberships.
    pub memberships: Counts,
}

impl TargetStatus {
    /// Rows not applied yet that will be tried.
    #[must_use]
    pub fn pending(&self) -> u64 {
        self.accounts.pending + self.groups.pending + self.memberships.pending
    }

    /// Rows by state, over accounts, groups and memberships.
    #[must_use]
    pub fn totals(&self) -> [(&'static str, u64); 5] {
        let sum = |of: fn(&Counts) -> u64| of(&self.accounts) + of(&self.groups) + of(&self.memberships);
        [
            ("applied", sum(|counts| counts.applied)),
            ("pending", sum(|counts| counts.pending)),
            ("waiting", sum(|counts| counts.waiting)),
            ("parked", sum(|counts| counts.parked)),
            ("held", sum(|counts| counts.held)),
        ]
    }

    /// Rows that are held.
    #[must_use]
    pub fn held(&self) -> u64 {
        self.accounts.held + self.groups.held + self.memberships.held
    }

    /// Rows that wait for an administrator.
    #[must_use]
    pub fn parked(&self) -> u64 {
        self.accounts.parked + self.groups.parked + self.memberships.parked
    }
}

/// One row that did not succeed yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Failure {
    /// `account`, `group` or `membership`.
    pub object: String,
    /// Username, group name, or both.
    pub name: String,
    /// Short name of the error.
    pub kind: String,
    /// In the product's words.
    pub error: String,
    /// Tries so far.
    pub attempts: u32,
    /// Whether it waits for an administrator.
    pub parked: bool,
}

impl Store {
    /// How a target stands.
    ///
    /// # Errors
    /// A database error.
    pub fn target_status(&self, target: i64) -> Result<TargetStatus> {
        self.read(|db| {
            Ok(TargetStatus {
                accounts: counts(db, "account", "rev <> applied_rev", target)?,
                groups: counts(db, "directory_group", "rev <> applied_rev", target)?,
                memberships: counts(db, "membership", "applied IS NOT wanted", target)?,
            })
        })
    }

    /// Rows of a target that are to be brought about, now or later. Three counts over indexes.
    ///
    /// # Errors
    /// A database error.
    pub fn pending(&self, target: i64) -> Result<u64> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT (SELECT count(*) FROM account WHERE target = ?1 AND held = 0 AND due_ms IS NOT NULL)
                      + (SELECT count(*) FROM directory_group WHERE target = ?1 AND held = 0 AND due_ms IS NOT NULL)
                      + (SELECT count(*) FROM membership WHERE target = ?1 AND held = 0 AND due_ms IS NOT NULL)",
            )?;
            let count: i64 = statement.query_row([target], |row| row.get(0))?;
            Ok(count.unsigned_abs())
        })
    }

    /// Rows of a target with an error, parked ones first.
    ///
    /// # Errors
    /// A database error.
    pub fn failures(&self, target: i64, limit: u64) -> Result<Vec<Failure>> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT 'account', coalesce(username, ''), error_kind, error, attempts, parked FROM account
                    WHERE target = ?1 AND error IS NOT NULL
                 UNION ALL SELECT 'group', name, error_kind, error, attempts, parked FROM directory_group
                    WHERE target = ?1 AND error IS NOT NULL
                 UNION ALL SELECT 'membership', g.name || ' / ' || coalesce(a.username, ''), m.error_kind, m.error,
                    m.attempts, m.parked
                    FROM membership m JOIN directory_group g ON g.seq = m.grp
                    LEFT JOIN account a ON a.target = m.target AND a.user = m.user
                    WHERE m.target = ?1 AND m.error IS NOT NULL
                 ORDER BY 6 DESC, 1, 2 LIMIT ?2",
            )?;
            let rows = statement.query_map(params![target, clamp(limit)], |row| {
                Ok(Failure {
                    object: row.get(0)?,
                    name: row.get(1)?,
                    kind: row.get(2)?,
                    error: row.get(3)?,
                    attempts: row.get(4)?,
                    parked: row.get(5)?,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }
}

fn counts(db: &Connection, table: &str, differs: &str, target: i64) -> Result<Counts> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT coalesce(sum(parked = 0 AND held = 0 AND NOT ({differs})), 0),
                coalesce(sum(parked = 0 AND held = 0 AND ({differs}) AND due_ms IS NOT NULL), 0),
                coalesce(sum(parked = 0 AND held = 0 AND ({differs}) AND due_ms IS NULL), 0),
                coalesce(sum(parked = 1 AND held = 0), 0), coalesce(sum(held), 0)
         FROM {table} WHERE target = ?1"
    ))?;
    let counts = statement.query_row([target], |row| {
        let count = |column| row.get::<_, i64>(column).map(i64::unsigned_abs);
        Ok(Counts {
            applied: count(0)?,
            pending: count(1)?,
            waiting: count(2)?,
            parked: count(3)?,
            held: count(4)?,
        })
    })?;
    Ok(counts)
}
