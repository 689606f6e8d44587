//! Walks that decide anew for every user and group of an app, and survive a restart.

use rusqlite::{OptionalExtension, params};

use crate::brake::{self, BrakeRule};
use crate::connection::Store;
use crate::error::Result;

/// How far a walk has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restatement {
    /// The app's row number.
    pub app: i64,
    /// The last user that is done.
    pub users_after: i64,
    /// The last group that is done.
    pub groups_after: i64,
    /// Which walk: one that began anew meanwhile is not this one.
    pub generation: i64,
    /// Why.
    pub reason: String,
}

impl Store {
    /// Begins a walk; one that is under way begins anew.
    ///
    /// # Errors
    /// A database error.
    pub async fn begin_restatement(&self, app: i64, reason: &str, now_ms: i64) -> Result<()> {
        let reason = reason.to_owned();
        self.write(move |db| {
            db.execute(
                "INSERT INTO restatement (app, users_after, groups_after, generation, reason, started_ms)
                 VALUES (?1, 0, 0, 1, ?2, ?3)
                 ON CONFLICT (app) DO UPDATE SET users_after = 0, groups_after = 0, generation = generation + 1,
                    reason = ?2, started_ms = ?3",
                params![app, reason, now_ms],
            )?;
            Ok(())
        })
        .await
    }

    /// The walk of an app that is not finished.
    ///
    /// # Errors
    /// A database error.
    pub fn restatement(&self, app: i64) -> Result<Option<Restatement>> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT app, users_after, groups_after, generation, reason FROM restatement WHERE app = ?1",
            )?;
            let row = statement.query_row([app], |row| {
                Ok(Restatement {
                    app: row.get(0)?,
                    users_after: row.get(1)?,
                    groups_after: row.get(2)?,
                    generation: row.get(3)?,
                    reason: row.get(4)?,
                })
            });
            Ok(row.optional()?)
        })
    }

    /// Notes how far a walk has come; nothing where it began anew meanwhile.
    ///
    /// # Errors
    /// A database error.
    pub async fn advance_restatement(&self, at: Restatement) -> Result<()> {
        self.write(move |db| {
            db.prepare_cached("UPDATE restatement SET users_after = ?2, groups_after = ?3 WHERE app = ?1 AND generation = ?4")?
                .execute(params![at.app, at.users_after, at.groups_after, at.generation])?;
            Ok(())
        })
        .await
    }

    /// Ends a walk, unless it began anew meanwhile: what it takes away goes on, or is held by the brake.
    ///
    /// # Errors
    /// A database error.
    pub async fn end_restatement(
        &self,
        app: i64,
        generation: i64,
        rule: BrakeRule,
        now_ms: i64,
    ) -> Result<()> {
        self.write(move |db| {
            let ended = db.execute(
                "DELETE FROM restatement WHERE app = ?1 AND generation = ?2",
                [app, generation],
            )?;
            match ended {
                0 => Ok(()),
                _ => brake::judge_walk(db, app, &rule, now_ms),
            }
        })
        .await
    }
}
