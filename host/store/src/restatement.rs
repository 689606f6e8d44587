//! Walks that decide anew for every user and group of an app, and survive a restart.

use rusqlite::{OptionalExtension, params};

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
                "INSERT OR REPLACE INTO restatement (app, users_after, groups_after, reason, started_ms)
                 VALUES (?1, 0, 0, ?2, ?3)",
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
                "SELECT app, users_after, groups_after, reason FROM restatement WHERE app = ?1",
            )?;
            let row = statement.query_row([app], |row| {
                Ok(Restatement {
                    app: row.get(0)?,
                    users_after: row.get(1)?,
                    groups_after: row.get(2)?,
                    reason: row.get(3)?,
                })
            });
            Ok(row.optional()?)
        })
    }

    /// Notes how far a walk has come.
    ///
    /// # Errors
    /// A database error.
    pub async fn advance_restatement(&self, at: Restatement) -> Result<()> {
        self.write(move |db| {
            db.prepare_cached("UPDATE restatement SET users_after = ?2, groups_after = ?3 WHERE app = ?1")?
                .execute(params![at.app, at.users_after, at.groups_after])?;
            Ok(())
        })
        .await
    }

    /// Ends a walk.
    ///
    /// # Errors
    /// A database error.
    pub async fn end_restatement(&self, app: i64) -> Result<()> {
        self.write(move |db| {
            db.execute("DELETE FROM restatement WHERE app = ?1", [app])?;
            Ok(())
        })
        .await
    }
}
