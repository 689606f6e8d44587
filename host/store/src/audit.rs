//! The audit trail: who did what to whom, by which request. It is append-only, and each line vouches for those before
//! it ([`chain`]).

pub mod chain;
pub mod search;

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::connection::Store;
use crate::error::Result;
use crate::users::clamp;

/// One line of the trail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct AuditLine {
    /// When, milliseconds since the epoch.
    pub at_ms: i64,
    /// The app's row number, where the line belongs to one.
    pub app: Option<i64>,
    /// Correlation id of the request.
    pub request: String,
    /// `scim`, `oauth`, `policy`, `reconciler`, `host`; who administers: `administrator:NAME` and `token:NAME` over the
    /// network, `socket` on the server's own machine, `command` where no server runs.
    pub actor: String,
    /// What was done, for example `user.create`.
    pub action: String,
    /// To whom: an id or a name.
    pub subject: String,
    /// More, as JSON. Never a secret.
    pub detail: Value,
}

/// A line with its place in the chain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ChainedLine {
    /// Its number.
    pub seq: i64,
    /// What it says.
    #[serde(flatten)]
    pub line: AuditLine,
    /// SHA-256 of the hash before it and of the line, hexadecimal.
    pub hash: String,
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
            let mut statement =
                db.prepare_cached(&format!("{} ORDER BY seq DESC LIMIT ?1", chain::SELECT))?;
            let rows = statement.query_map([clamp(limit)], chain::Stored::read)?;
            rows.map(|row| Ok(row?.shown()?.line)).collect()
        })
    }

    /// Lines of a time and later, after a number, oldest first.
    ///
    /// # Errors
    /// A database error.
    pub async fn audit_page(&self, since_ms: i64, after: i64, limit: u64) -> Result<Vec<ChainedLine>> {
        self.scan(move |db| {
            let mut statement = db.prepare_cached(&format!(
                "{} WHERE seq > ?1 AND at_ms >= ?2 ORDER BY seq LIMIT ?3",
                chain::SELECT
            ))?;
            let rows = statement.query_map(params![after, since_ms, clamp(limit)], chain::Stored::read)?;
            rows.map(|row| row?.shown()).collect()
        })
        .await
    }
}

pub(crate) fn append(db: &Connection, line: &AuditLine) -> Result<()> {
    // The last hash is read in the transaction that this line is part of: one thread writes.
    let (last, before) = chain::end(db)?;
    let (seq, detail) = (last + 1, serde_json::to_string(&line.detail)?);
    let hash = chain::hash(&before, seq, line, &detail)?;
    db.prepare_cached(
        "INSERT INTO audit (seq, at_ms, app, request, actor, action, subject, detail, hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        seq,
        line.at_ms,
        line.app,
        line.request,
        line.actor,
        line.action,
        line.subject,
        detail,
        hash
    ])?;
    Ok(())
}
