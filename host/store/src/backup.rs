//! A copy of the database to keep, and what one must pass before it is used again.
//!
//! A backup is a database by itself, with one table more: `backup`, which says when it was made, and holds
//! something sealed, so that a key can be tried. The key itself is in it only where that was asked for.

use std::path::Path;

use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use crate::connection::{migrate, prepare};
use crate::error::{Result, StoreError};
use crate::seal::Sealer;
use crate::{credentials, targets};

/// Where the sealed words have their place, and the words.
const PROOF: (&str, &[u8]) = ("backup", b"this key opens this backup");

/// What is written beside the data.
#[derive(Clone, Copy)]
pub struct Label<'a> {
    /// Now.
    pub now_ms: i64,
    /// Seals the words by which a key is tried; none where the key is not at hand.
    pub sealer: Option<&'a Sealer>,
    /// The key, where the backup is to hold it.
    pub key: Option<&'a str>,
}

impl std::fmt::Debug for Label<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Label")
            .field("now_ms", &self.now_ms)
            .finish_non_exhaustive()
    }
}

/// A backup that is whole.
pub struct Examined {
    /// When it was made; none for a copy that was made by hand.
    pub made_ms: Option<i64>,
    /// The key, where the backup holds it.
    pub key: Option<String>,
}

impl std::fmt::Debug for Examined {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Examined")
            .field("made_ms", &self.made_ms)
            .finish_non_exhaustive()
    }
}

/// Copies the database as it is at this moment into an empty file. It does not matter who has it open, and
/// writers go on meanwhile: whatever was committed before this begins is in the copy.
///
/// # Errors
/// There is no database, the disk is full, or what was copied is damaged.
pub fn back_up(database: &Path, to: &Path, label: Label<'_>) -> Result<()> {
    let from = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    prepare(&from)?;
    let mut copy = Connection::open_with_flags(to, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    // All pages in one step: readers of a WAL see one moment and hold nobody up.
    match Backup::new(&from, &mut copy)?.step(-1)? {
        StepResult::Done => {}
        _ => return Err(StoreError::Step("the database is locked: try again".into())),
    }
    // A file by itself, without a log beside it.
    copy.pragma_update(None, "journal_mode", "DELETE")?;
    let proof = label
        .sealer
        .map(|sealer| sealer.seal(PROOF.0, PROOF.1))
        .transpose()?;
    copy.execute_batch("CREATE TABLE backup (made_ms INTEGER NOT NULL, proof BLOB, key TEXT) STRICT")?;
    copy.execute(
        "INSERT INTO backup (made_ms, proof, key) VALUES (?1, ?2, ?3)",
        (label.now_ms, proof, label.key),
    )?;
    whole(&copy, "quick_check")?;
    copy.close().map_err(|(_, error)| error)?;
    Ok(())
}

/// Reads a backup without changing it.
///
/// # Errors
/// It is none, was written by a newer program, or is damaged.
pub fn examine(file: &Path) -> Result<Examined> {
    let db = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    prepare(&db)?;
    let apps: i64 = db.query_row(
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('app', 'target', 'audit')",
        [],
        |row| row.get(0),
    )?;
    if apps != 3 {
        return Err(StoreError::Step("that is no database of Tidegate".into()));
    }
    whole(&db, "integrity_check")?;
    let label = match labelled(&db)? {
        true => db
            .query_row("SELECT made_ms, key FROM backup", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?,
        false => None,
    };
    let (made_ms, key) = label.unwrap_or((None, None));
    Ok(Examined { made_ms, key })
}

/// Makes of a copy of a backup a database that a server opens: brings its schema up to date, tries the key
/// on everything that is sealed, and takes the backup's own table away.
///
/// # Errors
/// [`StoreError::Sealed`]: it is another key. Otherwise as [`examine`].
pub fn revive(copy: &Path, sealer: &Sealer) -> Result<()> {
    let db = Connection::open(copy)?;
    prepare(&db)?;
    migrate(&db)?;
    if labelled(&db)? {
        let proof: Option<Vec<u8>> = db
            .query_row("SELECT proof FROM backup", [], |row| row.get(0))
            .optional()?
            .flatten();
        if let Some(proof) = proof
            && sealer.open(PROOF.0, &proof)? != PROOF.1
        {
            return Err(StoreError::Sealed);
        }
        // Not only the row: a key must not stay in a page that is free.
        db.pragma_update(None, "secure_delete", true)?;
        db.execute_batch("DROP TABLE backup")?;
    }
    targets::open_all(&db, sealer)?;
    credentials::open_all(&db, sealer)?;
    db.close().map_err(|(_, error)| error)?;
    Ok(())
}

fn labelled(db: &Connection) -> Result<bool> {
    let found = db
        .prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'backup'")?
        .exists([])?;
    Ok(found)
}

/// SQLite's own look at every page.
fn whole(db: &Connection, check: &str) -> Result<()> {
    let said: String = db.query_row(&format!("PRAGMA {check}(1)"), [], |row| row.get(0))?;
    if said == "ok" {
        return Ok(());
    }
    Err(StoreError::Step(format!("the copy is damaged: {said}")))
}
