//! The durable key-value storage that policies may be granted: `tidegate:host/storage`.

use rusqlite::{OptionalExtension, params};

use crate::connection::Store;
use crate::error::Result;
use crate::users::clamp;

/// Keys, and the cursor of the next page where there is one.
pub type KeyPage = (Vec<String>, Option<String>);

/// Where an entry lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drawer {
    /// The app's row number.
    pub app: i64,
    /// The policy's own name.
    pub policy: String,
    /// The namespace that was granted.
    pub namespace: String,
}

/// What became of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It is stored, with this revision.
    Stored(u64),
    /// The stored revision is another.
    Conflict,
    /// The namespace has as many entries as it may.
    Full,
}

impl Store {
    /// Value and revision of one entry.
    ///
    /// # Errors
    /// A database error.
    pub fn entry(&self, drawer: &Drawer, key: &str) -> Result<Option<(Vec<u8>, u64)>> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT value, revision FROM policy_entry
                 WHERE app = ?1 AND policy = ?2 AND namespace = ?3 AND key = ?4",
            )?;
            let Drawer {
                app,
                policy,
                namespace,
            } = drawer;
            let row = statement
                .query_row(params![app, policy, namespace, key], |r| {
                    Ok((r.get(0)?, r.get::<_, i64>(1)?.unsigned_abs()))
                })
                .optional()?;
            Ok(row)
        })
    }

    /// Writes an entry; with `expect`, only where the stored revision is that (0: absent). A new one
    /// only where there are fewer than `most`.
    ///
    /// # Errors
    /// A database error.
    pub async fn put_entry(
        &self,
        drawer: Drawer,
        key: &str,
        value: Vec<u8>,
        expect: Option<u64>,
        most: u64,
    ) -> Result<Put> {
        let key = key.to_owned();
        self.write(move |db| {
            let Drawer { app, policy, namespace } = drawer;
            let stored: i64 = db
                .prepare_cached(
                    "SELECT revision FROM policy_entry
                     WHERE app = ?1 AND policy = ?2 AND namespace = ?3 AND key = ?4",
                )?
                .query_row(params![app, policy, namespace, key], |row| row.get(0))
                .optional()?
                .unwrap_or(0);
            if expect.is_some_and(|revision| revision != stored.unsigned_abs()) {
                return Ok(Put::Conflict);
            }
            if stored == 0 {
                let mut count = db.prepare_cached(
                    "SELECT count(*) FROM policy_entry WHERE app = ?1 AND policy = ?2 AND namespace = ?3",
                )?;
                let entries: i64 = count.query_row(params![app, policy, namespace], |row| row.get(0))?;
                if entries.unsigned_abs() >= most {
                    return Ok(Put::Full);
                }
            }
            db.prepare_cached(
                "INSERT INTO policy_entry (app, policy, namespace, key, value, revision) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT DO UPDATE SET value = excluded.value, revision = excluded.revision",
            )?
            .execute(params![app, policy, namespace, key, value, stored + 1])?;
            Ok(Put::Stored((stored + 1).unsigned_abs()))
        })
        .await
    }

    /// Removes an entry; absent is fine.
    ///
    /// # Errors
    /// A database error.
    pub async fn delete_entry(&self, drawer: Drawer, key: &str) -> Result<()> {
        let key = key.to_owned();
        self.write(move |db| {
            let Drawer {
                app,
                policy,
                namespace,
            } = drawer;
            db.prepare_cached(
                "DELETE FROM policy_entry WHERE app = ?1 AND policy = ?2 AND namespace = ?3 AND key = ?4",
            )?
            .execute(params![app, policy, namespace, key])?;
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
        drawer: &Drawer,
        prefix: &str,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<KeyPage> {
        let limit = u64::from(limit.clamp(1, 1000));
        let Drawer {
            app,
            policy,
            namespace,
        } = drawer;
        let mut keys: Vec<String> = self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT key FROM policy_entry WHERE app = ?1 AND policy = ?2 AND namespace = ?3
                 AND substr(key, 1, length(?4)) = ?4 AND key > ?5 ORDER BY key LIMIT ?6",
            )?;
            let rows = statement.query_map(
                params![
                    app,
                    policy,
                    namespace,
                    prefix,
                    cursor.unwrap_or(""),
                    clamp(limit + 1)
                ],
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
