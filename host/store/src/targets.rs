//! Targets: configuration in the clear, credentials and the client certificate sealed.

use rusqlite::{Connection, Row, params};
use tidegate_directory::target::{Secrets, TargetConfig};

use crate::audit::{self, AuditLine};
use crate::connection::Store;
use crate::error::Result;
use crate::seal::Sealer;

/// A stored target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetRow {
    /// Row number.
    pub seq: i64,
    /// The app it belongs to.
    pub app: i64,
    /// What the connector is built from, credentials opened.
    pub config: TargetConfig,
    /// Why no call is made until an administrator acts.
    pub stopped: Option<String>,
}

impl Store {
    /// Forgets a target and everything that was wanted there, in the same transaction as the audit line.
    ///
    /// # Errors
    /// A database error.
    pub async fn remove_target(&self, target: i64, line: AuditLine) -> Result<()> {
        self.write(move |db| {
            db.execute("DELETE FROM membership WHERE target = ?1", [target])?;
            db.execute("DELETE FROM target WHERE seq = ?1", [target])?;
            audit::append(db, &line)
        })
        .await
    }

    /// Adds a target, or replaces the configuration of the one of that name.
    ///
    /// # Errors
    /// A database error.
    pub async fn put_target(&self, app: i64, config: &TargetConfig, now_ms: i64) -> Result<i64> {
        let name = config.name.clone();
        let (open, secrets) = config.split()?;
        let sealed = self
            .sealer
            .seal(&context(app, &name), &serde_json::to_vec(&secrets)?)?;
        let open = serde_json::to_string(&open)?;
        self.write(move |db| {
            db.execute(
                "INSERT INTO target (app, name, config, sealed, created_ms) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (app, name) DO UPDATE SET config = excluded.config, sealed = excluded.sealed, stopped = NULL",
                params![app, name, open, sealed, now_ms],
            )?;
            Ok(db.query_row("SELECT seq FROM target WHERE app = ?1 AND name = ?2", params![app, name], |r| r.get(0))?)
        })
        .await
    }

    /// Every target of every app.
    ///
    /// # Errors
    /// A secret that this key does not open, or a database error.
    pub fn targets(&self) -> Result<Vec<TargetRow>> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT seq, app, name, config, sealed, stopped FROM target ORDER BY app, seq",
            )?;
            let rows = statement.query_map([], raw)?;
            rows.map(|row| self.open_target(row?)).collect()
        })
    }

    /// Stops a target with a reason, or lets it go on.
    ///
    /// # Errors
    /// A database error.
    pub async fn stop_target(&self, target: i64, reason: Option<&str>) -> Result<()> {
        let reason = reason.map(str::to_owned);
        self.write(move |db| {
            db.execute(
                "UPDATE target SET stopped = ?2 WHERE seq = ?1",
                params![target, reason],
            )?;
            Ok(())
        })
        .await
    }

    fn open_target(&self, raw: Raw) -> Result<TargetRow> {
        let secret = self.sealer.open(&context(raw.app, &raw.name), &raw.sealed)?;
        let secrets: Secrets = serde_json::from_slice(&secret)?;
        Ok(TargetRow {
            seq: raw.seq,
            app: raw.app,
            config: TargetConfig::join(serde_json::from_str(&raw.config)?, secrets)?,
            stopped: raw.stopped,
        })
    }
}

/// Tries a key on all of them.
pub(crate) fn open_all(db: &Connection, sealer: &Sealer) -> Result<()> {
    let mut statement = db.prepare("SELECT seq, app, name, config, sealed, stopped FROM target")?;
    for row in statement.query_map([], raw)? {
        let row = row?;
        sealer.open(&context(row.app, &row.name), &row.sealed)?;
    }
    Ok(())
}

fn context(app: i64, name: &str) -> String {
    format!("target:{app}:{}", crate::fold(name))
}

struct Raw {
    seq: i64,
    app: i64,
    name: String,
    config: String,
    sealed: Vec<u8>,
    stopped: Option<String>,
}

fn raw(row: &Row<'_>) -> rusqlite::Result<Raw> {
    Ok(Raw {
        seq: row.get(0)?,
        app: row.get(1)?,
        name: row.get(2)?,
        config: row.get(3)?,
        sealed: row.get(4)?,
        stopped: row.get(5)?,
    })
}
