//! The reconciler's side of desired state: what is due, and what became of it.

mod outcome;

use rusqlite::{Connection, OptionalExtension, Row, params};
use tidegate_directory::connector::AccountLink;
use tidegate_directory::plan::{AccountSpec, OnMissing};

use crate::connection::Store;
use crate::error::Result;
use crate::users::clamp;

pub use outcome::{Outcome, Verdict};

/// Which row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Key {
    /// A user's account.
    Account(i64),
    /// A directory group.
    Group(i64),
    /// A group and a user.
    Member(i64, i64),
}

/// Another user's row that is linked to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// It changes still: it may let go of the account's name.
    OnTheWay,
    /// It is as wanted, or parked.
    Settled,
}

/// The state wanted of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountState {
    /// There; whether it is usable is left as it is.
    Ensured,
    /// There and usable.
    Active,
    /// There and not usable.
    Suspended,
    /// Not there.
    Removed,
    /// There or not, and nothing tells any longer whose it was.
    Anonymised,
}

/// One due row.
#[derive(Debug, Clone, PartialEq)]
pub struct Work {
    /// Which row.
    pub key: Key,
    /// What was wanted when it was read; an outcome counts for this rev only.
    pub rev: i64,
    /// Tries so far.
    pub attempts: u32,
    /// What to bring about.
    pub task: Task,
}

/// What to bring about.
#[derive(Debug, Clone, PartialEq)]
pub enum Task {
    /// An account.
    Account {
        /// Attributes.
        spec: AccountSpec,
        /// State.
        state: AccountState,
        /// What is known of the account there.
        link: Option<AccountLink>,
    },
    /// A group that shall be there.
    EnsureGroup {
        /// Its name.
        name: String,
        /// Where it is missing.
        on_missing: OnMissing,
    },
    /// A group that shall be gone.
    RemoveGroup {
        /// Its name.
        name: String,
    },
    /// A membership.
    Member {
        /// Name of the group.
        group: String,
        /// The account.
        link: AccountLink,
        /// In it, or not.
        wanted: bool,
    },
}

impl Store {
    /// Rows due in a target, accounts and groups before memberships, oldest first.
    ///
    /// # Errors
    /// A database error.
    pub fn due(&self, target: i64, now_ms: i64, limit: u64) -> Result<Vec<Work>> {
        self.read(|db| {
            let mut work = accounts(db, target, now_ms, limit)?;
            work.extend(groups(db, target, now_ms, limit)?);
            let room = limit.saturating_sub(work.len() as u64);
            if room > 0 {
                work.extend(members(db, target, now_ms, room)?);
            }
            Ok(work)
        })
    }

    /// Whether another user's row of the target is linked to this account.
    ///
    /// # Errors
    /// A database error.
    pub fn owner_elsewhere(&self, target: i64, remote_id: &str, user: i64) -> Result<Option<Owner>> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT due_ms IS NOT NULL FROM account
                 WHERE target = ?1 AND json_extract(link, '$.remote-id') = ?2 AND user <> ?3 AND state <> 'released'
                 ORDER BY 1 DESC LIMIT 1",
            )?;
            let due = statement.query_row(params![target, remote_id, user], |row| row.get(0)).optional()?;
            Ok(due.map(|due: bool| if due { Owner::OnTheWay } else { Owner::Settled }))
        })
    }

    /// When the next row of a target falls due, after now. Rows that are due already are
    /// being worked on, or wait for one that is.
    ///
    /// # Errors
    /// A database error.
    pub fn next_due(&self, target: i64, now_ms: i64) -> Result<Option<i64>> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT min(due) FROM (
                    SELECT min(due_ms) AS due FROM account WHERE target = ?1 AND held = 0 AND due_ms > ?2
                    UNION ALL SELECT min(due_ms) FROM directory_group WHERE target = ?1 AND held = 0 AND due_ms > ?2
                    UNION ALL SELECT min(due_ms) FROM membership WHERE target = ?1 AND held = 0 AND due_ms > ?2)",
            )?;
            Ok(statement
                .query_row(params![target, now_ms], |row| row.get(0))
                .optional()?
                .flatten())
        })
    }

    /// Makes every row with an error due now, parked or waiting for its next try: an
    /// administrator mended the cause.
    ///
    /// # Errors
    /// A database error.
    pub async fn retry_failed(&self, target: i64, now_ms: i64) -> Result<u64> {
        self.write(move |db| {
            let mut count = 0;
            for table in ["account", "directory_group", "membership"] {
                count += db.execute(
                    &format!(
                        "UPDATE {table} SET parked = 0, due_ms = ?2, attempts = 0
                         WHERE target = ?1 AND (parked = 1 OR (error IS NOT NULL AND due_ms IS NOT NULL))"
                    ),
                    params![target, now_ms],
                )?;
            }
            Ok(count as u64)
        })
        .await
    }
}

impl Store {
    /// Makes rows due whose last try found the product silent: it answers again.
    ///
    /// # Errors
    /// A database error.
    pub async fn retry_unavailable(&self, target: i64, now_ms: i64) -> Result<()> {
        self.write(move |db| {
            for table in ["account", "directory_group", "membership"] {
                db.execute(
                    &format!(
                        "UPDATE {table} SET due_ms = ?2
                         WHERE target = ?1 AND due_ms > ?2 AND error_kind = 'unavailable'"
                    ),
                    params![target, now_ms],
                )?;
            }
            Ok(())
        })
        .await
    }
}

fn accounts(db: &Connection, target: i64, now_ms: i64, limit: u64) -> Result<Vec<Work>> {
    let mut statement = db.prepare_cached(
        "SELECT user, rev, attempts, spec, CASE WHEN anonymise = 1 THEN 'anonymised' ELSE state END, link FROM account
         WHERE target = ?1 AND held = 0 AND due_ms <= ?2 ORDER BY due_ms LIMIT ?3",
    )?;
    let rows = statement.query_map(params![target, now_ms, clamp(limit)], |row| {
        Ok((
            row.get(0)?,
            row.get(1)?,
            row.get(2)?,
            text(row, 3)?,
            text(row, 4)?,
            row.get::<_, Option<String>>(5)?,
        ))
    })?;
    rows.map(|row| {
        let (user, rev, attempts, spec, state, link) = row?;
        let task = Task::Account {
            spec: serde_json::from_str(&spec)?,
            state: match state.as_str() {
                "ensured" => AccountState::Ensured,
                "active" => AccountState::Active,
                "suspended" => AccountState::Suspended,
                "anonymised" => AccountState::Anonymised,
                _ => AccountState::Removed,
            },
            link: link.map(|link| serde_json::from_str(&link)).transpose()?,
        };
        Ok(Work {
            key: Key::Account(user),
            rev,
            attempts,
            task,
        })
    })
    .collect()
}

fn groups(db: &Connection, target: i64, now_ms: i64, limit: u64) -> Result<Vec<Work>> {
    let mut statement = db.prepare_cached(
        "SELECT seq, rev, attempts, name, state, on_missing FROM directory_group
         WHERE target = ?1 AND held = 0 AND due_ms <= ?2 ORDER BY due_ms LIMIT ?3",
    )?;
    let rows = statement.query_map(params![target, now_ms, clamp(limit)], |row| {
        Ok((
            row.get(0)?,
            row.get(1)?,
            row.get(2)?,
            text(row, 3)?,
            text(row, 4)?,
            text(row, 5)?,
        ))
    })?;
    rows.map(|row| {
        let (seq, rev, attempts, name, state, on_missing) = row?;
        let task = if state == "present" {
            Task::EnsureGroup {
                name,
                on_missing: serde_json::from_str(&on_missing)?,
            }
        } else {
            Task::RemoveGroup { name }
        };
        Ok(Work {
            key: Key::Group(seq),
            rev,
            attempts,
            task,
        })
    })
    .collect()
}

fn members(db: &Connection, target: i64, now_ms: i64, limit: u64) -> Result<Vec<Work>> {
    let mut statement = db.prepare_cached(
        "SELECT m.grp, m.user, m.rev, m.attempts, g.name, a.link, m.wanted FROM membership m
         JOIN directory_group g ON g.seq = m.grp JOIN account a ON a.target = m.target AND a.user = m.user
         WHERE m.target = ?1 AND m.held = 0 AND m.due_ms <= ?2 AND a.link IS NOT NULL
           AND (m.wanted = 0 OR json_extract(a.link, '$.remembered') IS NULL)
         ORDER BY m.due_ms LIMIT ?3",
    )?;
    let rows = statement.query_map(params![target, now_ms, clamp(limit)], |row| {
        let key = Key::Member(row.get(0)?, row.get(1)?);
        Ok((
            key,
            row.get(2)?,
            row.get(3)?,
            text(row, 4)?,
            text(row, 5)?,
            row.get(6)?,
        ))
    })?;
    rows.map(|row| {
        let (key, rev, attempts, group, link, wanted) = row?;
        let task = Task::Member {
            group,
            link: serde_json::from_str(&link)?,
            wanted,
        };
        Ok(Work {
            key,
            rev,
            attempts,
            task,
        })
    })
    .collect()
}

fn text(row: &Row<'_>, column: usize) -> rusqlite::Result<String> {
    row.get(column)
}
