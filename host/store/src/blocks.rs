//! The n-th resource of an app: counts of blocks of row numbers lead near it.

use rusqlite::{Connection, params};
use tidegate_scim::ResourceKind;

use crate::error::Result;
use crate::find::kind_number;

/// Row numbers in one block: the triggers of the schema divide by it.
const BLOCK: i64 = 1024;

/// The row number from which a page at `offset` is read, and how many are still to be passed over.
/// None: there are fewer.
pub(crate) fn seek(db: &Connection, app: i64, kind: ResourceKind, offset: u64) -> Result<Option<(i64, u64)>> {
    let mut statement =
        db.prepare_cached("SELECT block, count FROM scim_block WHERE app = ?1 AND kind = ?2 ORDER BY block")?;
    let mut rows = statement.query(params![app, kind_number(kind)])?;
    let mut left = offset;
    while let Some(row) = rows.next()? {
        let (block, count): (i64, i64) = (row.get(0)?, row.get(1)?);
        let count = count.unsigned_abs();
        if left < count {
            return Ok(Some((block * BLOCK, left)));
        }
        left -= count;
    }
    Ok(None)
}
