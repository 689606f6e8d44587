//! Memberships that differ.

use rusqlite::Connection;

use super::{AffectedGroup, Difference, MOST_AFFECTED};
use crate::error::Result;

/// Group, user, and whether the membership comes (1) or goes (0). One whose row is gone goes with its
/// group or account; where those are released it stays as it is.
pub(super) const CHANGED: &str = "
    SELECT g.seq AS grp, g.name AS name, a.user AS user, a.wanted AS wanted
        FROM main.directory_group g JOIN main.membership a ON a.grp = g.seq
        LEFT JOIN before.membership b ON b.grp = a.grp AND b.user = a.user
        WHERE g.target = ?1 AND a.wanted <> coalesce(b.wanted, 0)
    UNION ALL SELECT g.seq, g.name, b.user, 0
        FROM main.directory_group g JOIN before.membership b ON b.grp = g.seq
        LEFT JOIN main.membership a ON a.grp = b.grp AND a.user = b.user
        LEFT JOIN main.account c ON c.target = g.target AND c.user = b.user
        WHERE g.target = ?1 AND b.wanted = 1 AND a.grp IS NULL AND (g.state = 'removed' OR c.state = 'removed')";

pub(super) fn compare(db: &Connection, target: i64, difference: &mut Difference) -> Result<()> {
    let mut statement = db.prepare(&format!(
        "SELECT name, sum(wanted), sum(NOT wanted) FROM ({CHANGED}) GROUP BY grp ORDER BY count(*) DESC, grp"
    ))?;
    let mut rows = statement.query([target])?;
    while let Some(row) = rows.next()? {
        let (added, removed) = (
            row.get::<_, i64>(1)?.unsigned_abs(),
            row.get::<_, i64>(2)?.unsigned_abs(),
        );
        difference.memberships.added += added;
        difference.memberships.removed += removed;
        if difference.most_affected.len() < MOST_AFFECTED {
            difference.most_affected.push(AffectedGroup {
                group: row.get(0)?,
                added,
                removed,
            });
        }
    }
    for (wanted, change) in [(true, "membership added"), (false, "membership removed")] {
        let mut statement = db.prepare(&format!(
            "SELECT c.name, json_extract(a.spec, '$.username') FROM ({CHANGED}) c
             LEFT JOIN main.account a ON a.target = ?1 AND a.user = c.user WHERE c.wanted = ?2 LIMIT ?3"
        ))?;
        let limit = i64::try_from(super::EXAMPLES).unwrap_or(i64::MAX);
        let mut rows = statement.query((target, wanted, limit))?;
        while let Some(row) = rows.next()? {
            let (group, user): (String, Option<String>) = (row.get(0)?, row.get(1)?);
            difference.example(change, || {
                format!("{} in {group}", user.unwrap_or_else(|| "?".into()))
            });
        }
    }
    Ok(())
}
