//! Previews as they were shown.

use rusqlite::{OptionalExtension, params};

use crate::connection::Store;
use crate::error::Result;

/// Previews kept per app.
const KEPT: i64 = 50;

/// One preview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewRow {
    /// Of the report: what an activation states.
    pub digest: String,
    /// The app's row number.
    pub app: i64,
    /// Row number of the version that was tried.
    pub version: i64,
    /// Row number of the version that was in force.
    pub base: Option<i64>,
    /// JSON.
    pub report: String,
    /// When, milliseconds since the epoch.
    pub at_ms: i64,
}

impl Store {
    /// Keeps a preview; older ones than the newest fifty of the app are forgotten.
    ///
    /// # Errors
    /// A database error.
    pub async fn add_preview(&self, row: PreviewRow) -> Result<()> {
        self.write(move |db| {
            db.execute(
                "INSERT OR REPLACE INTO preview (digest, app, version, base, report, at_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![row.digest, row.app, row.version, row.base, row.report, row.at_ms],
            )?;
            db.execute(
                "DELETE FROM preview WHERE app = ?1 AND digest NOT IN
                    (SELECT digest FROM preview WHERE app = ?1 ORDER BY at_ms DESC LIMIT ?2)",
                params![row.app, KEPT],
            )?;
            Ok(())
        })
        .await
    }

    /// The preview of an app with this digest.
    ///
    /// # Errors
    /// A database error.
    pub fn preview(&self, app: i64, digest: &str) -> Result<Option<PreviewRow>> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT digest, app, version, base, report, at_ms FROM preview WHERE app = ?1 AND digest = ?2",
            )?;
            let row = statement.query_row(params![app, digest], |row| {
                Ok(PreviewRow {
                    digest: row.get(0)?,
                    app: row.get(1)?,
                    version: row.get(2)?,
                    base: row.get(3)?,
                    report: row.get(4)?,
                    at_ms: row.get(5)?,
                })
            });
            Ok(row.optional()?)
        })
    }

    /// Users and groups of an app that changed since then.
    ///
    /// # Errors
    /// A database error.
    pub async fn changed_since(&self, app: i64, at_ms: i64) -> Result<u64> {
        self.scan(move |db| {
            let count: i64 = db.query_row(
                "SELECT (SELECT count(*) FROM scim_user WHERE app = ?1 AND modified_ms > ?2)
                      + (SELECT count(*) FROM scim_group WHERE app = ?1 AND modified_ms > ?2)",
                params![app, at_ms],
                |row| row.get(0),
            )?;
            Ok(count.unsigned_abs())
        })
        .await
    }
}
