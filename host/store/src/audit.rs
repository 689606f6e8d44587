//! The audit trail: who did what to whom, by which request.

use rusqlite::{Connection, params};
use serde::Serialize;
use serde_json::Value;

use crate::connection::Store;
use crate::error::Result;
use crate::users::clamp;

/// One line of the trail.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct AuditLine {
    /// When, milliseconds since the epoch.
    pub at_ms: i64,
    /// The app's row number, where the line belongs to one.
    pub app: Option<i64>,
    /// Correlation id of the request.
    pub request: String,
    /// `scim`, `cli`, `reconciler` or `host`.
    pub actor: String,
    /// What was done, for example `user.create`.
    pub action: String,
    /// To whom: an id or a name.
    pub subject: String,
    /// More, as JSON. Never a secret.
    pub detail: Value,
}

impl Store {
    /// Adds a line on its own (changes bring their line in their own transaction).
    ///
    /// # Errors
    /// A database error.
    pub async fn audit(&self, line: AuditLine) -> Result<()> {
        self.write(move |db| append(db, &line)).await
    }

    /// The newest lines, newest first.
    ///
    /// # Errors
    /// A database error.
    pub fn audit_tail(&self, limit: u64) -> Result<Vec<AuditLine>> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT at_ms, app, request, actor, action, subject, detail FROM audit ORDER BY seq DESC LIMIT ?1",
            )?;
            let rows = statement.query_map([clamp(limit)], |row| {
                let line = AuditLine {
                    at_ms: row.get(0)?,
                    app: row.get(1)?,
                    request: row.get(2)?,
                    actor: row.get(3)?,
                    action: row.get(4)?,
                    subject: row.get(5)?,
                    detail: Value::Null,
                };
                Ok((line, row.get::<_, String>(6)?))
            })?;
            rows.map(|row| {
                let (line, detail) = row?;
                Ok(AuditLine { detail: serde_json::from_str(&detail)?, ..line })
            })
            .collect()
        })
    }
}

pub(crate) fn append(db: &Connection, line: &AuditLine) -> Result<()> {
    db.prepare_cached(
        "INSERT INTO audit (at_ms, app, request, actor, action, subject, detail) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        line.at_ms,
        line.app,
        line.request,
        line.actor,
        line.action,
        line.subject,
        serde_json::to_string(&line.detail)?
    ])?;
    Ok(())
}
