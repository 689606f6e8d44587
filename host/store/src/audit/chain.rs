//! The chain: each line's hash is the SHA-256 of the hash before it and of the line. Who changes a line, or takes one
//! out, would have to change every one after it; where the last hash was noted elsewhere (an export has it), that shows too.

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{AuditLine, ChainedLine};
use crate::connection::Store;
use crate::error::Result;

/// SHA-256.
pub type Hash = [u8; 32];

/// What stands before the first line.
const BEGINNING: Hash = [0; 32];

/// What a walk over the trail found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Verified {
    /// Lines that are as they were written.
    pub lines: u64,
    /// Number of the last of them; 0: there is none.
    pub last: i64,
    /// Its hash, hexadecimal: noted elsewhere, it shows later that nothing before it was changed.
    pub hash: String,
    /// The first line that is not.
    pub broken: Option<Broken>,
}

/// A line that is not as it was written, or is not there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Broken {
    /// Its number.
    pub line: i64,
    /// What is wrong.
    pub why: String,
}

/// A row as it is stored: what is hashed is exactly that.
pub(super) struct Stored {
    pub(super) seq: i64,
    pub(super) line: AuditLine,
    pub(super) detail: String,
    pub(super) hash: Vec<u8>,
}

pub(super) const SELECT: &str =
    "SELECT seq, at_ms, app, request, actor, action, subject, detail, hash FROM audit";

impl Stored {
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            seq: row.get(0)?,
            line: AuditLine {
                at_ms: row.get(1)?,
                app: row.get(2)?,
                request: row.get(3)?,
                actor: row.get(4)?,
                action: row.get(5)?,
                subject: row.get(6)?,
                detail: serde_json::Value::Null,
            },
            detail: row.get(7)?,
            hash: row.get(8)?,
        })
    }

    pub(super) fn shown(self) -> Result<ChainedLine> {
        let detail = serde_json::from_str(&self.detail)?;
        Ok(ChainedLine {
            seq: self.seq,
            line: AuditLine { detail, ..self.line },
            hash: hex(&self.hash),
        })
    }
}

/// The hash of a line. JSON keeps the fields apart: no two lines are written alike.
pub(super) fn hash(before: &Hash, seq: i64, line: &AuditLine, detail: &str) -> Result<Hash> {
    // A tuple is written as a list, without copies: this is on the way of every write.
    let written = serde_json::to_vec(&(
        seq,
        line.at_ms,
        line.app,
        &line.request,
        &line.actor,
        &line.action,
        &line.subject,
        detail,
    ))?;
    Ok(Sha256::new()
        .chain_update(before)
        .chain_update(written)
        .finalize()
        .into())
}

/// Number and hash of the last line. A hash that is none breaks the chain, and `verify` says where.
pub(super) fn end(db: &Connection) -> Result<(i64, Hash)> {
    let last = db
        .prepare_cached("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?)))
        .optional()?;
    Ok(match last {
        None => (0, BEGINNING),
        Some((seq, hash)) => (seq, hash.try_into().unwrap_or(BEGINNING)),
    })
}

/// Fills in the hashes of lines from before there was a chain.
pub(crate) fn begin(db: &Connection) -> Result<()> {
    let mut before = BEGINNING;
    let mut statement = db.prepare(&format!("{SELECT} ORDER BY seq"))?;
    let mut update = db.prepare("UPDATE audit SET hash = ?2 WHERE seq = ?1")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let stored = Stored::read(row)?;
        before = hash(&before, stored.seq, &stored.line, &stored.detail)?;
        update.execute(params![stored.seq, before])?;
    }
    Ok(())
}

impl Store {
    /// Walks the whole trail, up to the first line that is not as it was written.
    ///
    /// # Errors
    /// A database error.
    pub async fn verify_audit(&self) -> Result<Verified> {
        self.scan(verify).await
    }
}

fn verify(db: &Connection) -> Result<Verified> {
    let (mut lines, mut last, mut before, mut broken) = (0, 0, BEGINNING, None);
    let mut statement = db.prepare(&format!("{SELECT} ORDER BY seq"))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let stored = Stored::read(row)?;
        let found = hash(&before, stored.seq, &stored.line, &stored.detail)?;
        if found.as_slice() != stored.hash {
            let why = match missing(db, last, stored.seq)? {
                Some(line) => Broken {
                    line,
                    why: "it was taken out".into(),
                },
                None => Broken {
                    line: stored.seq,
                    why: "it is not as it was written".into(),
                },
            };
            broken = Some(why);
            break;
        }
        (lines, last, before) = (lines + 1, stored.seq, found);
    }
    if broken.is_none() {
        // SQLite remembers the highest number that it gave.
        let given: i64 = db
            .query_row(
                "SELECT seq FROM sqlite_sequence WHERE name = 'audit'",
                [],
                |row| row.get(0),
            )
            .optional()?
            .unwrap_or(0);
        broken = (given > last).then(|| Broken {
            line: last + 1,
            why: "it was taken out, at the end of the trail".into(),
        });
    }
    Ok(Verified {
        lines,
        last,
        hash: hex(&before),
        broken,
    })
}

/// The number that should be there between two that follow each other; of lines from before the chain some may
/// never have been given.
fn missing(db: &Connection, last: i64, next: i64) -> Result<Option<i64>> {
    let first: i64 = db.query_row("SELECT min(seq) FROM audit", [], |row| row.get(0))?;
    Ok((next > last + 1 && next > first).then_some(last + 1))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
