//! Users and groups with how they stand in each target: for lists that people read.

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use tidegate_scim::fold;

use crate::connection::Store;
use crate::error::Result;
use crate::users::clamp;

/// How somebody, or a group, stands in one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Standing {
    /// The target's row number.
    pub target: i64,
    /// The username, or the group's name, there.
    pub name: String,
    /// What is wanted: `active`, `suspended`, `removed`, `released`, `ensured`; of a group `present`, `removed`, `released`.
    pub wanted: String,
    /// Rows that are not as wanted yet.
    pub pending: u64,
    /// Rows that wait for an administrator.
    pub parked: u64,
    /// Rows that wait for the brake.
    pub held: u64,
}

/// A user or a group in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Listed {
    /// SCIM id.
    pub id: String,
    /// `userName`, or `displayName` of a group.
    pub name: String,
    /// `displayName` of a user.
    pub display_name: String,
    /// Whether a user is active; a group always is.
    pub active: bool,
    /// Members of a group.
    pub members: u64,
    /// Target by target.
    pub standings: Vec<Standing>,
    /// Where the next page begins, if this is a page's last.
    pub after: String,
}

impl Store {
    /// Users by `userName`, those that begin with `prefix`, after the one that `after` says.
    ///
    /// # Errors
    /// A database error.
    pub fn listed_users(&self, app: i64, prefix: &str, after: &str, limit: u64) -> Result<Vec<Listed>> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT seq, id, user_name, json_extract(doc, '$.userName'), coalesce(json_extract(doc, '$.displayName'), ''),
                    active, 0
                 FROM scim_user WHERE app = ?1 AND user_name > ?2 AND user_name >= ?3 AND substr(user_name, 1, length(?3)) = ?3
                 ORDER BY user_name LIMIT ?4",
            )?;
            list(db, &mut statement, (app, prefix, after, limit), accounts)
        })
    }

    /// Groups by `displayName`, likewise.
    ///
    /// # Errors
    /// A database error.
    pub fn listed_groups(&self, app: i64, prefix: &str, after: &str, limit: u64) -> Result<Vec<Listed>> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT seq, id, display_name, json_extract(doc, '$.displayName'), '', 1, members
                 FROM scim_group WHERE app = ?1 AND display_name > ?2 AND display_name >= ?3
                    AND substr(display_name, 1, length(?3)) = ?3
                 ORDER BY display_name LIMIT ?4",
            )?;
            list(db, &mut statement, (app, prefix, after, limit), groups)
        })
    }
}

type Page<'a> = (i64, &'a str, &'a str, u64);

fn list(
    db: &Connection,
    statement: &mut rusqlite::CachedStatement<'_>,
    (app, prefix, after, limit): Page<'_>,
    standings: fn(&Connection, i64) -> Result<Vec<Standing>>,
) -> Result<Vec<Listed>> {
    let rows = statement.query_map(params![app, after, fold(prefix), clamp(limit)], |row| {
        let listed = Listed {
            id: row.get(1)?,
            after: row.get(2)?,
            name: row.get(3)?,
            display_name: row.get(4)?,
            active: row.get(5)?,
            members: row.get::<_, i64>(6)?.unsigned_abs(),
            standings: Vec::new(),
        };
        Ok((row.get(0)?, listed))
    })?;
    rows.map(|row| {
        let (seq, listed) = row?;
        Ok(Listed {
            standings: standings(db, seq)?,
            ..listed
        })
    })
    .collect()
}

/// Memberships count with the account.
fn accounts(db: &Connection, user: i64) -> Result<Vec<Standing>> {
    let mut statement = db.prepare_cached(
        "SELECT a.target, coalesce(json_extract(a.link, '$.username'), json_extract(a.spec, '$.username'), ''),
            CASE a.anonymise WHEN 0 THEN a.state ELSE 'anonymised' END,
            (a.parked = 0 AND a.held = 0 AND a.rev <> a.applied_rev)
                + coalesce(sum(m.parked = 0 AND m.held = 0 AND m.applied IS NOT m.wanted), 0),
            a.parked + coalesce(sum(m.parked = 1 AND m.held = 0), 0), a.held + coalesce(sum(m.held), 0)
         FROM account a LEFT JOIN membership m ON m.user = a.user AND m.target = a.target
         WHERE a.user = ?1 GROUP BY a.target ORDER BY a.target",
    )?;
    let rows = statement.query_map([user], standing)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn groups(db: &Connection, group: i64) -> Result<Vec<Standing>> {
    let mut statement = db.prepare_cached(
        "SELECT g.target, g.name, g.state, g.parked = 0 AND g.held = 0 AND g.rev <> g.applied_rev, g.parked, g.held
         FROM group_claim c JOIN directory_group g ON g.seq = c.grp WHERE c.source = ?1 ORDER BY g.target, g.name_key",
    )?;
    let rows = statement.query_map([group], standing)?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn standing(row: &rusqlite::Row<'_>) -> rusqlite::Result<Standing> {
    let count = |column| row.get::<_, i64>(column).map(i64::unsigned_abs);
    Ok(Standing {
        target: row.get(0)?,
        name: row.get(1)?,
        wanted: row.get(2)?,
        pending: count(3)?,
        parked: count(4)?,
        held: count(5)?,
    })
}
