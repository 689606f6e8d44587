//! Policy components, versions and the pointer to the active one.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::Serialize;

use crate::audit::{self, AuditLine};
use crate::connection::Store;
use crate::error::{Result, StoreError};

/// A version: code, settings and grants as one unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct VersionRow {
    /// Row number.
    pub id: i64,
    /// The app's row number.
    pub app: i64,
    /// Counts from 1 within the app; what an administrator calls it.
    pub number: i64,
    /// SHA-256 of the component, hexadecimal.
    pub digest: String,
    /// JSON.
    pub settings: String,
    /// JSON.
    pub grants: String,
    /// The policy's own name.
    pub name: String,
    /// The policy's own version.
    pub semver: String,
    /// `uploaded`, `verified`, `checked`, `previewed`, `active`, `draining`, `retired` or `failed`.
    pub state: String,
    /// Why it failed, or why it is not snapshotted.
    pub note: String,
    /// When it was uploaded.
    pub created_ms: i64,
    /// When it last became active.
    pub activated_ms: Option<i64>,
}

const SELECT: &str =
    "SELECT id, app, number, digest, settings, grants, name, semver, state, note, created_ms,
    activated_ms FROM policy_version";

impl Store {
    /// Stores a component (once per digest) and a new version of it in state `uploaded`.
    ///
    /// # Errors
    /// A database error.
    pub async fn add_version(
        &self,
        app: i64,
        digest: &str,
        bytes: Vec<u8>,
        settings: &str,
        grants: &str,
        now_ms: i64,
    ) -> Result<VersionRow> {
        let (digest, settings, grants) = (digest.to_owned(), settings.to_owned(), grants.to_owned());
        self.write(move |db| {
            db.execute(
                "INSERT OR IGNORE INTO component (digest, bytes, created_ms) VALUES (?1, ?2, ?3)",
                params![digest, bytes, now_ms],
            )?;
            db.execute(
                "INSERT INTO policy_version (app, number, digest, settings, grants, state, created_ms)
                 VALUES (?1, 1 + (SELECT coalesce(max(number), 0) FROM policy_version WHERE app = ?1), ?2, ?3, ?4, 'uploaded', ?5)",
                params![app, digest, settings, grants, now_ms],
            )?;
            let id = db.last_insert_rowid();
            note_stage(db, id, "policy.upload", now_ms)?;
            get(db, id)
        })
        .await
    }

    /// Moves a version to another state.
    ///
    /// # Errors
    /// A database error.
    pub async fn set_version_state(&self, id: i64, state: &'static str, note: &str) -> Result<()> {
        let note = note.to_owned();
        self.write(move |db| {
            db.execute(
                "UPDATE policy_version SET state = ?2, note = ?3 WHERE id = ?1",
                params![id, state, note],
            )?;
            Ok(())
        })
        .await
    }

    /// Keeps what the component says of itself.
    ///
    /// # Errors
    /// A database error.
    pub async fn describe_version(&self, id: i64, name: &str, semver: &str) -> Result<()> {
        let (name, semver) = (name.to_owned(), semver.to_owned());
        self.write(move |db| {
            db.execute(
                "UPDATE policy_version SET name = ?2, semver = ?3 WHERE id = ?1",
                params![id, name, semver],
            )?;
            Ok(())
        })
        .await
    }

    /// Makes a version the active one, durably. The one before it is left `draining`.
    ///
    /// # Errors
    /// A database error.
    pub async fn activate_version(&self, app: i64, id: i64, now_ms: i64) -> Result<()> {
        self.write(move |db| {
            let before: Option<i64> = db
                .query_row(
                    "UPDATE policy_version SET state = 'draining'
                     WHERE id = (SELECT active_version FROM app WHERE seq = ?1) AND id <> ?2 RETURNING id",
                    params![app, id],
                    |row| row.get(0),
                )
                .optional()?;
            if let Some(before) = before {
                note_stage(db, before, "policy.drain", now_ms)?;
            }
            db.execute(
                "UPDATE app SET active_version = ?2 WHERE seq = ?1",
                params![app, id],
            )?;
            db.execute(
                "UPDATE policy_version SET state = 'active', activated_ms = ?2 WHERE id = ?1",
                params![id, now_ms],
            )?;
            Ok(())
        })
        .await
    }

    /// No request holds the version any more. One that was activated again in the meantime stays active.
    ///
    /// # Errors
    /// A database error.
    pub async fn retire_version(&self, id: i64, now_ms: i64) -> Result<()> {
        self.write(move |db| {
            let retired = db.execute(
                "UPDATE policy_version SET state = 'retired' WHERE id = ?1 AND state = 'draining'",
                [id],
            )?;
            if retired > 0 {
                note_stage(db, id, "policy.retire", now_ms)?;
            }
            Ok(())
        })
        .await
    }

    /// A version that was replaced had failed. One that was activated again in the meantime stays active.
    ///
    /// # Errors
    /// A database error.
    pub async fn fail_replaced(&self, id: i64, note: &str) -> Result<()> {
        let note = note.to_owned();
        self.write(move |db| {
            db.execute(
                "UPDATE policy_version SET state = 'failed', note = ?2
                 WHERE id = ?1 AND state IN ('draining', 'retired')",
                params![id, note],
            )?;
            Ok(())
        })
        .await
    }

    /// Retires what an earlier process left draining: its requests ended with it.
    ///
    /// # Errors
    /// A database error.
    pub async fn retire_left_over(&self, app: i64, now_ms: i64) -> Result<()> {
        self.write(move |db| {
            let retired: Vec<i64> = {
                let mut statement = db.prepare_cached(
                    "UPDATE policy_version SET state = 'retired' WHERE app = ?1 AND state = 'draining' RETURNING id",
                )?;
                let rows = statement.query_map([app], |row| row.get(0))?;
                rows.collect::<rusqlite::Result<_>>()?
            };
            retired
                .into_iter()
                .try_for_each(|id| note_stage(db, id, "policy.retire", now_ms))
        })
        .await
    }

    /// Versions of an app, newest first.
    ///
    /// # Errors
    /// A database error.
    pub fn versions(&self, app: i64) -> Result<Vec<VersionRow>> {
        self.read(|db| {
            let mut statement =
                db.prepare_cached(&format!("{SELECT} WHERE app = ?1 ORDER BY number DESC"))?;
            let rows = statement.query_map([app], row)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// One version.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn version(&self, id: i64) -> Result<VersionRow> {
        self.read(|db| get(db, id))
    }

    /// Keeps the signature that came with a component; one that came earlier stays where none came now.
    ///
    /// # Errors
    /// A database error.
    pub async fn keep_signature(&self, digest: &str, signature: &str) -> Result<()> {
        let (digest, signature) = (digest.to_owned(), signature.to_owned());
        self.write(move |db| {
            db.execute(
                "UPDATE component SET signature = ?2 WHERE digest = ?1",
                params![digest, signature],
            )?;
            Ok(())
        })
        .await
    }

    /// The signature that came with a component.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn signature(&self, digest: &str) -> Result<Option<String>> {
        self.read(|db| {
            let mut statement = db.prepare_cached("SELECT signature FROM component WHERE digest = ?1")?;
            let row = statement.query_row([digest], |row| row.get(0)).optional()?;
            row.ok_or(StoreError::NotFound)
        })
    }

    /// A component's bytes.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn component(&self, digest: &str) -> Result<Vec<u8>> {
        self.blob("SELECT bytes FROM component WHERE digest = ?1", digest)?
            .ok_or(StoreError::NotFound)
    }

    /// A configured component's image, where one was kept.
    ///
    /// # Errors
    /// A database error.
    pub fn snapshot(&self, key: &str) -> Result<Option<Vec<u8>>> {
        self.blob("SELECT bytes FROM snapshot WHERE key = ?1", key)
    }

    /// Keeps an image.
    ///
    /// # Errors
    /// A database error.
    pub async fn put_snapshot(&self, key: &str, bytes: Vec<u8>) -> Result<()> {
        let key = key.to_owned();
        self.write(move |db| {
            db.execute(
                "INSERT OR REPLACE INTO snapshot (key, bytes) VALUES (?1, ?2)",
                params![key, bytes],
            )?;
            Ok(())
        })
        .await
    }

    fn blob(&self, sql: &str, key: &str) -> Result<Option<Vec<u8>>> {
        self.read(|db| {
            Ok(db
                .prepare_cached(sql)?
                .query_row([key], |row| row.get(0))
                .optional()?)
        })
    }
}

fn get(db: &Connection, id: i64) -> Result<VersionRow> {
    let mut statement = db.prepare_cached(&format!("{SELECT} WHERE id = ?1"))?;
    statement
        .query_row([id], row)
        .optional()?
        .ok_or(StoreError::NotFound)
}

fn row(row: &Row<'_>) -> rusqlite::Result<VersionRow> {
    Ok(VersionRow {
        id: row.get(0)?,
        app: row.get(1)?,
        number: row.get(2)?,
        digest: row.get(3)?,
        settings: row.get(4)?,
        grants: row.get(5)?,
        name: row.get(6)?,
        semver: row.get(7)?,
        state: row.get(8)?,
        note: row.get(9)?,
        created_ms: row.get(10)?,
        activated_ms: row.get(11)?,
    })
}

/// A stage in a version's life has its line in the audit trail, in the transaction that brings it about.
fn note_stage(db: &Connection, id: i64, action: &str, now_ms: i64) -> Result<()> {
    let (app, subject, digest): (i64, String, String) = db
        .prepare_cached(
            "SELECT v.app, a.name || ' version ' || v.number, v.digest FROM policy_version v JOIN app a ON a.seq = v.app
             WHERE v.id = ?1",
        )?
        .query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let line = AuditLine {
        at_ms: now_ms,
        app: Some(app),
        request: String::new(),
        actor: "host".into(),
        action: action.into(),
        subject,
        detail: serde_json::json!({ "component": digest }),
    };
    audit::append(db, &line)
}
