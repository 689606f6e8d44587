//! Reading what a target holds: how far it came, and what was found.
//!
//! Invariants: a page and the place of the next one are stored together, so that a crash reads a page twice and
//! none never; what the last reading did not find again is forgotten when the list it stood in has been read to
//! its end, never before.

mod discovered;
mod drift;
mod mend;
mod pages;
mod rule;

use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use crate::connection::Store;
use crate::error::{Result, StoreError};

pub use discovered::{Discovered, Discovery, GroupFound, Link, SharedGroup, Unlinked};
pub use drift::{Drift, Finding};
pub use mend::{Mended, Stray};
pub use rule::{DriftRule, MendRule};

/// What is read next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Accounts.
    Accounts,
    /// Groups.
    Groups,
    /// Members of one group after the other.
    Members,
    /// Nothing: it was read to the end.
    Done,
}

/// One reading of a target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Survey {
    /// Grows with each reading.
    pub generation: i64,
    /// Members of every group are read, not only of those that are managed.
    pub whole: bool,
    /// What is read next.
    pub phase: Phase,
    /// The page that is read next; absent: the first.
    pub cursor: Option<String>,
    /// The group whose members are read next, folded.
    pub group: Option<String>,
    /// When it began, milliseconds since the epoch.
    pub started_ms: i64,
    /// When it ended; absent: not yet.
    pub ended_ms: Option<i64>,
}

/// How much was found so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct FoundSoFar {
    /// Accounts.
    pub accounts: u64,
    /// Groups.
    pub groups: u64,
    /// Groups whose members were read.
    pub groups_read: u64,
    /// Memberships.
    pub memberships: u64,
}

impl Store {
    /// The reading of a target, the last one or one under way.
    ///
    /// # Errors
    /// A database error.
    pub fn survey(&self, target: i64) -> Result<Option<Survey>> {
        self.read(|db| get(db, target))
    }

    /// Begins a reading, or goes on with one that did not end, if it reads as much.
    ///
    /// # Errors
    /// A database error.
    pub async fn begin_survey(&self, target: i64, whole: bool, now_ms: i64) -> Result<Survey> {
        self.write(move |db| {
            let last = get(db, target)?;
            if let Some(last) = &last
                && last.phase != Phase::Done
                && last.whole == whole
            {
                return Ok(last.clone());
            }
            let survey = Survey {
                generation: last.map_or(1, |last| last.generation + 1),
                whole,
                phase: Phase::Accounts,
                cursor: None,
                group: None,
                started_ms: now_ms,
                ended_ms: None,
            };
            put(db, target, &survey)?;
            Ok(survey)
        })
        .await
    }

    /// How much a reading has found by now.
    ///
    /// # Errors
    /// A database error.
    pub fn found_so_far(&self, target: i64, survey: &Survey) -> Result<FoundSoFar> {
        self.read(|db| {
            let count = |table: &str| -> Result<u64> {
                let sql = format!("SELECT count(*) FROM {table} WHERE target = ?1 AND generation = ?2");
                let count: i64 = db
                    .prepare_cached(&sql)?
                    .query_row(params![target, survey.generation], |row| row.get(0))?;
                Ok(count.unsigned_abs())
            };
            let read: i64 = db
                .prepare_cached(
                    "SELECT count(*) FROM found_group WHERE target = ?1 AND generation = ?2
                        AND (?3 OR name_key < ?4)",
                )?
                .query_row(
                    params![
                        target,
                        survey.generation,
                        survey.phase == Phase::Done,
                        survey.group
                    ],
                    |row| row.get(0),
                )?;
            Ok(FoundSoFar {
                accounts: count("found_account")?,
                groups: count("found_group")?,
                groups_read: read.unsigned_abs(),
                memberships: count("found_member")?,
            })
        })
    }
}

fn get(db: &Connection, target: i64) -> Result<Option<Survey>> {
    let mut statement = db.prepare_cached(
        "SELECT generation, whole, phase, cursor, grp, started_ms, ended_ms FROM survey WHERE target = ?1",
    )?;
    let row = statement.query_row([target], |row| {
        Ok((
            row.get::<_, String>(2)?,
            Survey {
                generation: row.get(0)?,
                whole: row.get(1)?,
                phase: Phase::Done,
                cursor: row.get(3)?,
                group: row.get(4)?,
                started_ms: row.get(5)?,
                ended_ms: row.get(6)?,
            },
        ))
    });
    let Some((phase, survey)) = row.optional()? else {
        return Ok(None);
    };
    let phase = match phase.as_str() {
        "accounts" => Phase::Accounts,
        "groups" => Phase::Groups,
        "members" => Phase::Members,
        "done" => Phase::Done,
        other => return Err(StoreError::Step(format!("{other:?} is no phase of a reading"))),
    };
    Ok(Some(Survey { phase, ..survey }))
}

fn put(db: &Connection, target: i64, survey: &Survey) -> Result<()> {
    let phase = match survey.phase {
        Phase::Accounts => "accounts",
        Phase::Groups => "groups",
        Phase::Members => "members",
        Phase::Done => "done",
    };
    db.prepare_cached(
        "INSERT OR REPLACE INTO survey (target, generation, whole, phase, cursor, grp, started_ms, ended_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        target,
        survey.generation,
        survey.whole,
        phase,
        survey.cursor,
        survey.group,
        survey.started_ms,
        survey.ended_ms
    ])?;
    Ok(())
}
