//! Why somebody has access, or not: every row about one user, with where it came from and what became of it.

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use tidegate_scim::fold;

use crate::connection::Store;
use crate::error::Result;

/// One row about a user in one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct WhyRow {
    /// The target's row number.
    pub target: i64,
    /// `account` or `membership`.
    pub object: String,
    /// Username, or group.
    pub name: String,
    /// `active`, `suspended`, `removed`, `anonymised`, `released`, `ensured`; of a membership `in` or `out`.
    pub wanted: String,
    /// What was brought about last: the same words, `absent`, or `unknown`.
    pub applied: String,
    /// Who asks for a membership: names of SCIM groups; an empty name is the user's own plan.
    pub asked_by: Vec<String>,
    /// The rules' own words.
    pub reason: String,
    /// Correlation id of the request that brought it about.
    pub request: String,
    /// Digest of the policy version that decided.
    pub policy: Option<String>,
    /// When it was decided, milliseconds since the epoch.
    pub changed_ms: i64,
    /// When it was brought about; absent: not yet.
    pub applied_ms: Option<i64>,
    /// Why not, in the product's words.
    pub error: Option<String>,
    /// Tries since it was decided.
    pub attempts: u32,
    /// It waits for an administrator.
    pub parked: bool,
    /// It waits for the brake.
    pub held: bool,
}

/// Everything about one user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Why {
    /// The SCIM id; absent: the user is deleted.
    pub id: Option<String>,
    /// Its `userName`; of a deleted one the name of its account.
    pub name: String,
    /// Row by row, accounts before memberships.
    pub rows: Vec<WhyRow>,
}

impl Store {
    /// Whoever an id, a `userName` or the username of an account names, deleted users as long as something is
    /// to be done about them.
    ///
    /// # Errors
    /// A database error.
    pub fn why(&self, app: i64, name: &str) -> Result<Vec<Why>> {
        self.read(|db| {
            let users = named(db, app, name)?.into_iter();
            users
                .map(|(seq, id, name)| {
                    let mut rows = accounts(db, app, seq)?;
                    rows.extend(memberships(db, app, seq)?);
                    Ok(Why { id, name, rows })
                })
                .collect()
        })
    }
}

/// Row number, SCIM id and name of each that is meant.
pub(crate) fn named(db: &Connection, app: i64, name: &str) -> Result<Vec<(i64, Option<String>, String)>> {
    let mut statement = db.prepare_cached(
        "SELECT u.seq, u.id, u.user_name FROM scim_user u WHERE u.app = ?1 AND (u.id = ?2 OR u.user_name = ?3)
         UNION
         SELECT a.user, u.id, coalesce(u.user_name, a.username, json_extract(a.link, '$.username')) FROM account a
            JOIN target t ON t.seq = a.target LEFT JOIN scim_user u ON u.seq = a.user
            WHERE t.app = ?1 AND (a.username = ?3
                OR json_extract(a.link, '$.username') = ?2 COLLATE NOCASE)
         ORDER BY 1 LIMIT 20",
    )?;
    let users = statement.query_map(params![app, name, fold(name)], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get(2)?))
    })?;
    Ok(users.collect::<rusqlite::Result<_>>()?)
}

fn accounts(db: &Connection, app: i64, user: i64) -> Result<Vec<WhyRow>> {
    let mut statement = db.prepare_cached(
        "SELECT a.target, coalesce(json_extract(a.link, '$.username'), json_extract(a.spec, '$.username')),
            CASE a.anonymise WHEN 0 THEN a.state ELSE 'anonymised' END,
            CASE a.present WHEN 1 THEN 'active' WHEN 2 THEN 'suspended'
                ELSE CASE a.anonymise WHEN 2 THEN 'anonymised' ELSE 'absent' END END,
            CASE a.anonymise WHEN 0 THEN a.reason ELSE 'an administrator wants it anonymised' END, a.request,
            CASE a.anonymise WHEN 0 THEN a.policy END, a.changed_ms, a.applied_ms, a.error, a.attempts, a.parked, a.held
         FROM account a JOIN target t ON t.seq = a.target WHERE t.app = ?1 AND a.user = ?2 ORDER BY a.target",
    )?;
    let rows = statement.query_map(params![app, user], |row| {
        Ok(WhyRow {
            object: "account".into(),
            asked_by: Vec::new(),
            ..read(row)?
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn memberships(db: &Connection, app: i64, user: i64) -> Result<Vec<WhyRow>> {
    let mut statement = db.prepare_cached(
        "SELECT m.target, g.name, CASE m.wanted WHEN 1 THEN 'in' ELSE 'out' END,
            CASE WHEN m.applied IS NULL THEN 'unknown' WHEN m.applied = 1 THEN 'in' ELSE 'out' END,
            m.reason, m.request, m.policy, m.changed_ms, m.applied_ms, m.error, m.attempts, m.parked, m.held,
            (SELECT json_group_array(coalesce(json_extract(s.doc, '$.displayName'), '')) FROM member_claim c
                LEFT JOIN scim_group s ON s.seq = c.source WHERE c.grp = m.grp AND c.user = m.user)
         FROM membership m JOIN directory_group g ON g.seq = m.grp JOIN target t ON t.seq = m.target
         WHERE t.app = ?1 AND m.user = ?2 ORDER BY m.target, g.name_key",
    )?;
    let rows = statement.query_map(params![app, user], |row| {
        Ok((read(row)?, row.get::<_, String>(13)?))
    })?;
    rows.map(|row| {
        let (row, claims) = row?;
        Ok(WhyRow {
            object: "membership".into(),
            asked_by: serde_json::from_str(&claims)?,
            ..row
        })
    })
    .collect()
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<WhyRow> {
    Ok(WhyRow {
        target: row.get(0)?,
        object: String::new(),
        name: row.get::<_, Option<String>>(1)?.unwrap_or_default(),
        wanted: row.get(2)?,
        applied: row.get(3)?,
        asked_by: Vec::new(),
        reason: row.get(4)?,
        request: row.get(5)?,
        policy: row.get(6)?,
        changed_ms: row.get(7)?,
        applied_ms: row.get(8)?,
        error: row.get(9)?,
        attempts: row.get(10)?,
        parked: row.get(11)?,
        held: row.get(12)?,
    })
}
