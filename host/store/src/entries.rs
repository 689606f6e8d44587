//! The durable key-value storage that policies may be granted: `tidegate:host/storage`.

use rusqlite::{OptionalExtension, params};

use crate::connection::Store;
use crate::error::Result;
use crate::users::clamp;

/// Keys, and the cursor of the next page where there is one.
pub type KeyPage = (Vec<String>, Option<String>);

impl Store {
    /// Value and revision of one entry.
    ///
    /// # Errors
    /// A database error.
    pub fn entry(&self, app: i64, namespace: &str, key: &str) -> Result<Option<(Vec<u8>, u64)>> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT value, revision FROM policy_entry WHERE app = ?1 AND namespace = ?2 AND key = ?3",
            )?;
            let row = statement
                .query_row(params![app, namespace, key], |r| {
                    Ok((r.get(0)?, r.get::<_, i64>(1)?.unsigned_abs()))
                })
                .optional()?;
            Ok(row)
        })
    }

    /// Writes an entry; with `expect`, only where the stored revision is that (0: absent).
    /// Returns the new revision, or `None` where it did not match.
    ///
    /// # Errors
    /// A database error.
    pub async fn put_entry(
        &self,
        app: i64,
        namespace: &str,
        key: &str,
        value: Vec<u8>,
        expect: Option<u64>,
    ) -> Result<Option<u64>> {
        let (namespace, key) = (namespace.to_owned(), key.to_owned());
        self.write(move |db| {
            let stored: i64 = db
                .prepare_cached(
                    "SELECT revision FROM policy_entry WHERE app = ?1 AND namespace = ?2 AND key = ?3",
                )?
                .query_row(params![app, namespace, key], |row| row.get(0))
                .optional()?
                .unwrap_or(0);
            if expect.is_some_and(|revision| revision != stored.unsigned_abs()) {
                return Ok(None);
            }
            db.prepare_cached(
                "INSERT INTO policy_entry (app, namespace, key, value, revision) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT DO UPDATE SET value = excluded.value, revision = excluded.revision",
            )?
            .execute(params![app, namespace, key, value, stored + 1])?;
            Ok(Some((stored + 1).unsigned_abs()))
        })
        .await
    }

    /// Removes an entry; absent is fine.
    ///
    /// # Errors
    /// A database error.
    pub async fn delete_entry(&self, app: i64, namespace: &str, key: &str) -> Result<()> {
        let (namespace, key) = (namespace.to_owned(), key.to_owned());
        self.write(move |db| {
            db.prepare_cached("DELETE FROM policy_entry WHERE app = ?1 AND namespace = ?2 AND key = ?3")?
                .execute(params![app, namespace, key])?;
            Ok(())
        })
        .await
    }

    /// Keys that begin with `prefix`, after `cursor`, in order.
    ///
    /// # Errors
    /// A database error.
    pub fn entry_keys(
        &self,
        app: i64,
        namespace: &str,
        prefix: &str,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<KeyPage> {
        let limit = u64::from(limit.clamp(1, 1000));
        let mut keys: Vec<String> = self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT key FROM policy_entry WHERE app = ?1 AND namespace = ?2 AND substr(key, 1, length(?3)) = ?3
                 AND key > ?4 ORDER BY key LIMIT ?5",
            )?;
            let rows = statement.query_map(
                params![app, namespace, prefix, cursor.unwrap_or(""), clamp(limit + 1)],
                |row| row.get(0),
            )?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })?;
        let more = keys.len() as u64 > limit;
        keys.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        let next = if more { keys.last().cloned() } else { None };
        Ok((keys, next))
    }
}
