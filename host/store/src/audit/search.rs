//! The newest lines that somebody asks for.

use rusqlite::params;

use super::{ChainedLine, chain};
use crate::connection::Store;
use crate::error::Result;

/// Lines that one search passes over: what it costs has a bound, and the next search goes on where it ended.
const PASSED: i64 = 50_000;

/// Which lines. What is left out fits all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// The app's row number.
    pub app: Option<i64>,
    /// How the action begins, such as `user.`.
    pub action: String,
    /// How the actor begins, such as `administrator:`.
    pub actor: String,
    /// What the subject, the request's id or the detail contains, without case.
    pub text: String,
}

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Newest first.
    pub lines: Vec<ChainedLine>,
    /// Lines before this number were not looked at; absent: there are none.
    pub before: Option<i64>,
}

impl Store {
    /// The newest lines before a number, so many at most.
    ///
    /// # Errors
    /// A database error.
    pub async fn audit_search(&self, asked: Asked, before: Option<i64>, limit: usize) -> Result<Found> {
        self.scan(move |db| {
            let mut statement = db.prepare_cached(&format!(
                "{} WHERE seq < ?1 AND seq >= ?2 AND (?3 IS NULL OR app = ?3) AND substr(action, 1, length(?4)) = ?4
                    AND substr(actor, 1, length(?5)) = ?5
                    AND (?6 = '' OR instr(lower(subject || ' ' || request || ' ' || detail), ?6) > 0)
                 ORDER BY seq DESC LIMIT ?7",
                chain::SELECT
            ))?;
            let (last, _) = chain::end(db)?;
            let from = before.unwrap_or(i64::MAX).min(last.saturating_add(1));
            let until = from.saturating_sub(PASSED);
            let text = asked.text.to_lowercase();
            let most = i64::try_from(limit).unwrap_or(i64::MAX);
            let rows = statement.query_map(
                params![from, until, asked.app, asked.action, asked.actor, text, most],
                chain::Stored::read,
            )?;
            let lines: Vec<ChainedLine> = rows.map(|row| row?.shown()).collect::<Result<_>>()?;
            let next = match lines.last() {
                Some(line) if lines.len() >= limit => line.seq,
                _ => until,
            };
            Ok(Found {
                lines,
                before: (next > 1).then_some(next),
            })
        })
        .await
    }
}
