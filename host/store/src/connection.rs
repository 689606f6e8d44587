//! Opening the database: pragmas, migrations, the pool of readers.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior};

use crate::audit::chain;
use crate::error::{Result, StoreError};
use crate::seal::Sealer;
use crate::writer::Writer;

/// Schema steps, in order; `PRAGMA user_version` counts those applied. Never edit a
/// released one: add the next.
const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_start.sql"),
    include_str!("../migrations/0002_scim_endpoint.sql"),
    include_str!("../migrations/0003_policies.sql"),
    include_str!("../migrations/0004_previews.sql"),
    include_str!("../migrations/0005_brake.sql"),
    include_str!("../migrations/0006_questions.sql"),
    include_str!("../migrations/0007_surveys.sql"),
    include_str!("../migrations/0008_signatures.sql"),
    include_str!("../migrations/0009_offered.sql"),
    include_str!("../migrations/0010_access.sql"),
    include_str!("../migrations/0011_audit_chain.sql"),
    include_str!("../migrations/0012_audit_append_only.sql"),
    include_str!("../migrations/0013_heard.sql"),
    include_str!("../migrations/0014_foreign_administrators.sql"),
    include_str!("../migrations/0015_anonymise.sql"),
];

/// The step beside which lines of the audit trail get their hashes: SQLite has no SHA-256.
const AUDIT_CHAIN: &str = include_str!("../migrations/0011_audit_chain.sql");

/// Readers kept open between uses. More may exist for a moment; they are closed after use.
const IDLE_READERS: usize = 8;

/// The store. Cheap to clone; all clones share the writer and the readers.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) writer: Writer,
    readers: Arc<Readers>,
    pub(crate) sealer: Sealer,
}

#[derive(Debug)]
struct Readers {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Store {
    /// Opens or creates the database file and brings its schema up to date.
    ///
    /// # Errors
    /// The file cannot be opened, or was written by a newer version.
    pub fn open(path: &Path, sealer: Sealer) -> Result<Self> {
        // FULL makes a commit wait for the disk.
        Self::open_with(path, sealer, "FULL")
    }

    pub(crate) fn open_with(path: &Path, sealer: Sealer, synchronous: &str) -> Result<Self> {
        let writer = Connection::open(path)?;
        prepare(&writer)?;
        // WAL lets readers go on while the writer commits.
        writer.pragma_update(None, "journal_mode", "WAL")?;
        writer.pragma_update(None, "synchronous", synchronous)?;
        writer.pragma_update(None, "foreign_keys", true)?;
        // 16 MiB of pages: enough for the inner pages of the indexes of 100,000 users.
        writer.pragma_update(None, "cache_size", -16_384)?;
        migrate(&writer)?;
        let writer = Writer::start(writer).map_err(|source| StoreError::File {
            path: path.display().to_string(),
            source,
        })?;
        let readers = Readers {
            path: path.to_owned(),
            idle: Mutex::new(Vec::new()),
        };
        Ok(Self {
            writer,
            readers: Arc::new(readers),
            sealer,
        })
    }

    /// Schema steps that the database has had, and how many this program knows.
    ///
    /// # Errors
    /// A database error.
    pub fn schema_version(&self) -> Result<(i64, i64)> {
        let found = self.read(|db| Ok(db.query_row("PRAGMA user_version", [], |row| row.get(0))?))?;
        Ok((found, i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)))
    }

    /// Seals and opens what leaves the server and must come back unchanged.
    #[must_use]
    pub fn sealer(&self) -> &Sealer {
        &self.sealer
    }

    /// Runs a read on a connection of the pool, on the calling thread. Indexed look-ups
    /// take microseconds; callers move scans to `spawn_blocking`.
    ///
    /// # Errors
    /// Whatever `work` returns.
    pub fn read<T>(&self, work: impl FnOnce(&Connection) -> Result<T>) -> Result<T> {
        let connection = match self.readers.lock().pop() {
            Some(connection) => connection,
            None => self.readers.connect()?,
        };
        let outcome = work(&connection);
        let mut idle = self.readers.lock();
        if idle.len() < IDLE_READERS {
            idle.push(connection);
        }
        outcome
    }

    /// A read that may take long, off the async threads.
    ///
    /// # Errors
    /// Whatever `work` returns.
    pub async fn scan<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let store = self.clone();
        tokio::task::spawn_blocking(move || store.read(work))
            .await
            .map_err(|_| StoreError::Closed)?
    }

    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.writer.write(work).await
    }
}

impl Readers {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn connect(&self) -> Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        prepare(&connection)?;
        connection.pragma_update(None, "cache_size", -4_096)?;
        Ok(connection)
    }
}

pub(crate) fn prepare(connection: &Connection) -> Result<()> {
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    connection.set_prepared_statement_cache_capacity(128);
    // Plans must not depend on what is bound: SQLite would compile each statement anew at every
    // execution, a fifth of the time of a look-up.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

pub(crate) fn migrate(connection: &Connection) -> Result<()> {
    let found: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if found > known {
        return Err(StoreError::TooNew { found, known });
    }
    for (index, step) in (1_i64..).zip(MIGRATIONS).filter(|(index, _)| *index > found) {
        let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
        transaction.execute_batch(step)?;
        if *step == AUDIT_CHAIN {
            chain::begin(&transaction)?;
        }
        transaction.pragma_update(None, "user_version", index)?;
        transaction.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test that finds something else than it looks for ends there"
    )]

    use serde_json::json;

    use super::*;
    use crate::audit::AuditLine;

    /// Steps that were there before lines of the audit trail had hashes.
    const BEFORE: usize = 10;

    #[tokio::test]
    async fn lines_from_before_there_was_a_chain_begin_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("tidegate.db");
        assert_eq!(MIGRATIONS[BEFORE], AUDIT_CHAIN);
        let older = Connection::open(&file).unwrap();
        older.execute_batch(&MIGRATIONS[..BEFORE].concat()).unwrap();
        for count in 1..=10 {
            let line = "INSERT INTO audit (at_ms, request, actor, action, subject, detail)
                        VALUES (1, 'r', 'test', 'do', ?1, '{}')";
            older.execute(line, [count]).unwrap();
        }
        older
            .execute_batch(&format!("PRAGMA user_version = {BEFORE}"))
            .unwrap();
        drop(older);
        let store = Store::open(&file, Sealer::new(&[7; 32])).unwrap();
        let line = AuditLine {
            at_ms: 1,
            app: None,
            request: "r".into(),
            actor: "test".into(),
            action: "do".into(),
            subject: "11".into(),
            detail: json!({}),
        };
        store.audit(line).await.unwrap();
        let verified = store.verify_audit().await.unwrap();
        assert_eq!((verified.lines, verified.broken), (11, None));
    }
}
