//! Groups that differ.

use rusqlite::Connection;

use super::Difference;
use crate::error::Result;

const CHANGED: &str = "
    SELECT a.name, a.state, b.state FROM main.directory_group a LEFT JOIN before.directory_group b ON b.seq = a.seq
    WHERE a.target = ?1 AND a.state IS NOT b.state ORDER BY a.seq";

pub(super) fn compare(db: &Connection, target: i64, difference: &mut Difference) -> Result<()> {
    let mut statement = db.prepare(CHANGED)?;
    let mut rows = statement.query([target])?;
    while let Some(row) = rows.next()? {
        let (name, after): (String, String) = (row.get(0)?, row.get(1)?);
        let before: Option<String> = row.get(2)?;
        let was_wanted = before.as_deref() == Some("present");
        let groups = &mut difference.groups;
        let (counter, change) = match after.as_str() {
            "present" => (&mut groups.created, "group created"),
            "removed" if was_wanted => (&mut groups.removed, "group removed"),
            _ if was_wanted => (&mut groups.released, "group released"),
            _ => continue,
        };
        *counter += 1;
        difference.example(change, || name);
    }
    Ok(())
}
