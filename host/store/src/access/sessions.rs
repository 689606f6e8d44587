//! Sessions: an administrator's browser that signed in.

use rusqlite::{OptionalExtension, params};

use super::Role;
use crate::apps::TokenHash;
use crate::connection::Store;
use crate::error::Result;

/// Sessions that one administrator may have at once; the oldest ends where another begins.
const MOST: i64 = 20;

/// A session, with whom it belongs to as of now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The administrator's name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// When it was last seen, to the minute.
    pub seen_ms: i64,
    /// When it ends at the latest.
    pub expires_ms: i64,
}

impl Store {
    /// Begins a session, and ends the one that the browser had before.
    ///
    /// # Errors
    /// A database error.
    pub async fn begin_session(
        &self,
        administrator: i64,
        hash: TokenHash,
        before: Option<TokenHash>,
        now_ms: i64,
        expires_ms: i64,
    ) -> Result<()> {
        self.write(move |db| {
            db.execute("DELETE FROM admin_session WHERE expires_ms <= ?1", [now_ms])?;
            if let Some(before) = before {
                db.execute("DELETE FROM admin_session WHERE hash = ?1", [before])?;
            }
            db.execute(
                "INSERT INTO admin_session (hash, administrator, created_ms, seen_ms, expires_ms)
                 VALUES (?1, ?2, ?3, ?3, ?4)",
                params![hash, administrator, now_ms, expires_ms],
            )?;
            db.execute(
                "DELETE FROM admin_session WHERE administrator = ?1 AND hash NOT IN
                     (SELECT hash FROM admin_session WHERE administrator = ?1 ORDER BY created_ms DESC LIMIT ?2)",
                params![administrator, MOST],
            )?;
            Ok(())
        })
        .await
    }

    /// A session that has not ended, of an administrator who may sign in.
    ///
    /// # Errors
    /// A database error.
    pub fn session(&self, hash: &TokenHash, now_ms: i64, idle_ms: i64) -> Result<Option<Session>> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT name, role, seen_ms, expires_ms FROM admin_session
                 JOIN administrator ON administrator.seq = admin_session.administrator
                 WHERE hash = ?1 AND expires_ms > ?2 AND seen_ms > ?2 - ?3 AND disabled = 0",
            )?;
            let found = statement.query_row(params![hash, now_ms, idle_ms], |row| {
                Ok(Session {
                    name: row.get(0)?,
                    role: row.get(1)?,
                    seen_ms: row.get(2)?,
                    expires_ms: row.get(3)?,
                })
            });
            Ok(found.optional()?)
        })
    }

    /// Notes that a session is in use.
    ///
    /// # Errors
    /// A database error.
    pub async fn touch_session(&self, hash: TokenHash, now_ms: i64) -> Result<()> {
        self.write(move |db| {
            db.prepare_cached("UPDATE admin_session SET seen_ms = max(seen_ms, ?2) WHERE hash = ?1")?
                .execute(params![hash, now_ms])?;
            Ok(())
        })
        .await
    }

    /// Ends a session.
    ///
    /// # Errors
    /// A database error.
    pub async fn end_session(&self, hash: TokenHash) -> Result<()> {
        self.write(move |db| {
            db.execute("DELETE FROM admin_session WHERE hash = ?1", [hash])?;
            Ok(())
        })
        .await
    }
}
