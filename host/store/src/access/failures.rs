//! Attempts to sign in that failed: who fails often waits, twice as long each time.

use rusqlite::{Connection, OptionalExtension, params};

use crate::apps::TokenHash;
use crate::connection::Store;
use crate::error::Result;

/// A wait is never longer: whoever owns the name must get in again today.
const LONGEST_MS: i64 = 15 * 60 * 1_000;
/// After this without an attempt it is forgotten.
const FORGET_MS: i64 = 24 * 60 * 60 * 1_000;
/// Names and addresses that are remembered; the oldest go. Somebody who makes up names fills no disk.
const MOST: i64 = 10_000;

/// What failures are counted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailureKey {
    /// SHA-256 of a name or of an address, with its kind before it.
    pub hash: TokenHash,
    /// So many fail before the first wait.
    pub free: u32,
}

/// Whether something may be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempt {
    /// It may; it counts as failed until it is [forgiven](Store::forgive).
    Allowed,
    /// Not for so many milliseconds.
    Wait(i64),
}

impl Store {
    /// Counts an attempt as failed before it is tried: many at once are counted too.
    ///
    /// # Errors
    /// A database error.
    pub async fn attempt(&self, keys: Vec<FailureKey>, now_ms: i64) -> Result<Attempt> {
        self.write(move |db| {
            db.execute(
                "DELETE FROM login_failure WHERE last_ms < ?1",
                [now_ms - FORGET_MS],
            )?;
            let mut wait = 0;
            for key in &keys {
                wait = wait.max(known(db, &key.hash)?.map_or(0, |(_, until)| until - now_ms));
            }
            if wait > 0 {
                return Ok(Attempt::Wait(wait));
            }
            for key in &keys {
                fail(db, key, now_ms)?;
            }
            db.execute(
                "DELETE FROM login_failure WHERE key IN (SELECT key FROM login_failure ORDER BY last_ms DESC
                     LIMIT -1 OFFSET ?1)",
                [MOST],
            )?;
            Ok(Attempt::Allowed)
        })
        .await
    }

    /// The attempt succeeded: nothing is held against the name, and one less against the address, where others may
    /// be guessing meanwhile.
    ///
    /// # Errors
    /// A database error.
    pub async fn forgive(&self, name: FailureKey, address: FailureKey) -> Result<()> {
        self.write(move |db| {
            db.execute("DELETE FROM login_failure WHERE key = ?1", [name.hash])?;
            db.execute(
                "UPDATE login_failure SET count = count - 1, until_ms = 0 WHERE key = ?1 AND count > 0",
                [address.hash],
            )?;
            Ok(())
        })
        .await
    }
}

fn known(db: &Connection, hash: &TokenHash) -> Result<Option<(u32, i64)>> {
    let mut statement = db.prepare_cached("SELECT count, until_ms FROM login_failure WHERE key = ?1")?;
    let found = statement.query_row([hash], |row| Ok((row.get(0)?, row.get(1)?)));
    Ok(found.optional()?)
}

fn fail(db: &Connection, key: &FailureKey, now_ms: i64) -> Result<()> {
    let count = known(db, &key.hash)?
        .map_or(0, |(count, _)| count)
        .saturating_add(1);
    db.execute(
        "INSERT INTO login_failure (key, count, last_ms, until_ms) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT DO UPDATE SET count = excluded.count, last_ms = excluded.last_ms, until_ms = excluded.until_ms",
        params![key.hash, count, now_ms, now_ms + wait_ms(count, key.free)],
    )?;
    Ok(())
}

/// One second after the free ones, then twice as long each time.
fn wait_ms(count: u32, free: u32) -> i64 {
    match count.checked_sub(free) {
        None | Some(0) => 0,
        Some(over) => (1_000_i64 << (over - 1).min(20)).min(LONGEST_MS),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_quarter_of_an_hour() {
        let waits: Vec<i64> = (4..=8).map(|count| wait_ms(count, 5)).collect();
        assert_eq!(waits, [0, 0, 1_000, 2_000, 4_000]);
        assert_eq!(wait_ms(1_000, 5), LONGEST_MS);
    }
}
