//! What policies were asked lately. These are personal data: they are few, and they end.

use rusqlite::params;

use crate::connection::Store;
use crate::error::Result;

/// Milliseconds after which a question is forgotten: a week.
const KEPT_MS: i64 = 7 * 24 * 3_600 * 1_000;

/// One question as it was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// When, milliseconds since the epoch.
    pub at_ms: i64,
    /// JSON.
    pub request: String,
}

impl Store {
    /// Keeps questions of an app in the order they came; all but the newest `most`, and those older than a
    /// week, are forgotten.
    ///
    /// # Errors
    /// A database error.
    pub async fn keep_questions(
        &self,
        app: i64,
        questions: Vec<Question>,
        most: u32,
        now_ms: i64,
    ) -> Result<()> {
        self.write(move |db| {
            let mut add =
                db.prepare_cached("INSERT INTO question (app, at_ms, request) VALUES (?1, ?2, ?3)")?;
            for question in &questions {
                add.execute(params![app, question.at_ms, question.request])?;
            }
            db.prepare_cached("DELETE FROM question WHERE app = ?1 AND at_ms < ?2")?
                .execute(params![app, now_ms - KEPT_MS])?;
            db.prepare_cached(
                "DELETE FROM question WHERE app = ?1 AND seq <=
                    (SELECT seq FROM question WHERE app = ?1 ORDER BY seq DESC LIMIT 1 OFFSET ?2)",
            )?
            .execute(params![app, most])?;
            Ok(())
        })
        .await
    }

    /// The last questions of an app, oldest first.
    ///
    /// # Errors
    /// A database error.
    pub async fn last_questions(&self, app: i64, most: u32, now_ms: i64) -> Result<Vec<Question>> {
        self.scan(move |db| {
            let mut statement = db.prepare_cached(
                "SELECT at_ms, request FROM question WHERE app = ?1 AND at_ms >= ?2 ORDER BY seq DESC LIMIT ?3",
            )?;
            let rows = statement.query_map(params![app, now_ms - KEPT_MS, most], |row| {
                Ok(Question {
                    at_ms: row.get(0)?,
                    request: row.get(1)?,
                })
            })?;
            let mut questions = rows.collect::<rusqlite::Result<Vec<_>>>()?;
            questions.reverse();
            Ok(questions)
        })
        .await
    }
}
