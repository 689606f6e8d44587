//! SCIM groups and their members.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, Row, params};
use tidegate_scim::group::keys;
use tidegate_scim::view::MemberView;
use tidegate_scim::{Document, ResourceKind};

use crate::blocks;
use crate::connection::Store;
use crate::error::{Result, StoreError};
use crate::users::clamp;
use crate::{fold, unique};

/// A stored group, without its members.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupRow {
    /// Row number; never reused.
    pub seq: i64,
    /// SCIM id.
    pub id: String,
    /// Attributes, in canonical form.
    pub doc: Document,
    /// Number of members.
    pub members: i64,
    /// Creation time, milliseconds.
    pub created_ms: i64,
    /// Last change, milliseconds.
    pub modified_ms: i64,
    /// Grows with every change of the group or its members.
    pub version: i64,
}

/// A user as a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberRow {
    /// The user's row number.
    pub seq: i64,
    /// What rules see of it.
    pub view: MemberView,
}

const SELECT: &str = "SELECT seq, id, doc, members, created_ms, modified_ms, version FROM scim_group";
const MEMBER: &str = "SELECT u.seq, u.id, json_extract(u.doc, '$.userName'), u.active FROM scim_user u";

impl Store {
    /// One group by SCIM id.
    ///
    /// # Errors
    /// A database error.
    pub fn group(&self, app: i64, id: &str) -> Result<Option<GroupRow>> {
        self.read(|db| one(db, "app = ?1 AND id = ?2", params![app, id]))
    }

    /// One group by row number.
    ///
    /// # Errors
    /// A database error.
    pub fn group_by_seq(&self, seq: i64) -> Result<Option<GroupRow>> {
        self.read(|db| one(db, "seq = ?1", params![seq]))
    }

    /// The groups of these row numbers, in their order; those that are gone are left out.
    ///
    /// # Errors
    /// A database error.
    pub fn groups_by_seq(&self, seqs: &[i64]) -> Result<Vec<GroupRow>> {
        self.read(|db| {
            let mut rows = Vec::with_capacity(seqs.len());
            for seq in seqs {
                rows.extend(one(db, "seq = ?1", params![seq])?);
            }
            Ok(rows)
        })
    }

    /// A page in creation order: `offset` groups are passed over.
    ///
    /// # Errors
    /// A database error.
    pub fn groups_page(&self, app: i64, offset: u64, limit: u64) -> Result<Vec<GroupRow>> {
        self.read(|db| {
            let Some((from, skip)) = blocks::seek(db, app, ResourceKind::Group, offset)? else {
                return Ok(Vec::new());
            };
            many(
                db,
                "app = ?1 AND seq >= ?2 ORDER BY seq LIMIT ?3 OFFSET ?4",
                params![app, from, clamp(limit), clamp(skip)],
            )
        })
    }

    /// The next groups after `after` in creation order.
    ///
    /// # Errors
    /// A database error.
    pub fn groups_after(&self, app: i64, after: i64, limit: u64) -> Result<Vec<GroupRow>> {
        self.read(|db| {
            many(
                db,
                "app = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
                params![app, after, clamp(limit)],
            )
        })
    }

    /// Members of a group after `after` (a user's row number), in creation order.
    ///
    /// # Errors
    /// A database error.
    pub fn members(&self, group: i64, after: i64, limit: u64) -> Result<Vec<MemberRow>> {
        self.read(|db| {
            let mut statement = db.prepare_cached(&format!(
                "{MEMBER} JOIN scim_member m ON m.user = u.seq
                 WHERE m.grp = ?1 AND m.user > ?2 ORDER BY m.user LIMIT ?3"
            ))?;
            let rows = statement.query_map(params![group, after, clamp(limit)], member)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Whether a user is in a group, by its SCIM id.
    ///
    /// # Errors
    /// A database error.
    pub fn is_member(&self, group: i64, user_id: &str) -> Result<bool> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM scim_group g JOIN scim_user u ON u.app = g.app AND u.id = ?2
                 JOIN scim_member m ON m.grp = g.seq AND m.user = u.seq WHERE g.seq = ?1)",
            )?;
            Ok(statement.query_row(params![group, user_id], |row| row.get(0))?)
        })
    }

    /// The users of these SCIM ids, each with whether it is in the group. Unknown ids are absent.
    ///
    /// # Errors
    /// A database error.
    pub fn members_by_id(
        &self,
        app: i64,
        group: i64,
        ids: &[&str],
    ) -> Result<HashMap<String, (MemberRow, bool)>> {
        self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT u.seq, u.id, json_extract(u.doc, '$.userName'), u.active,
                        EXISTS (SELECT 1 FROM scim_member m WHERE m.grp = ?3 AND m.user = u.seq)
                 FROM scim_user u WHERE u.app = ?1 AND u.id = ?2",
            )?;
            let mut found = HashMap::with_capacity(ids.len());
            for id in ids {
                let hit = statement
                    .query_row(params![app, id, group], |row| {
                        Ok((member(row)?, row.get::<_, bool>(4)?))
                    })
                    .optional()?;
                if let Some(hit) = hit {
                    found.insert((*id).to_owned(), hit);
                }
            }
            Ok(found)
        })
    }
}

fn member(row: &Row<'_>) -> rusqlite::Result<MemberRow> {
    let view = MemberView {
        id: row.get(1)?,
        user_name: row.get(2)?,
        active: row.get(3)?,
    };
    Ok(MemberRow {
        seq: row.get(0)?,
        view,
    })
}

fn one(db: &Connection, condition: &str, args: &[&dyn rusqlite::ToSql]) -> Result<Option<GroupRow>> {
    let mut statement = db.prepare_cached(&format!("{SELECT} WHERE {condition}"))?;
    statement
        .query_row(args, row)
        .optional()?
        .map(TryInto::try_into)
        .transpose()
}

fn many(db: &Connection, condition: &str, args: &[&dyn rusqlite::ToSql]) -> Result<Vec<GroupRow>> {
    let mut statement = db.prepare_cached(&format!("{SELECT} WHERE {condition}"))?;
    let rows = statement.query_map(args, row)?;
    rows.map(|row| row?.try_into()).collect()
}

struct Raw {
    group: GroupRow,
    doc: String,
}

fn row(row: &Row<'_>) -> rusqlite::Result<Raw> {
    let group = GroupRow {
        seq: row.get(0)?,
        id: row.get(1)?,
        doc: Document::new(),
        members: row.get(3)?,
        created_ms: row.get(4)?,
        modified_ms: row.get(5)?,
        version: row.get(6)?,
    };
    Ok(Raw {
        group,
        doc: row.get(2)?,
    })
}

impl TryFrom<Raw> for GroupRow {
    type Error = StoreError;

    fn try_from(Raw { group, doc }: Raw) -> Result<Self> {
        Ok(Self {
            doc: serde_json::from_str(&doc)?,
            ..group
        })
    }
}

pub(crate) fn insert(db: &Connection, app: i64, id: &str, doc: &Document, now_ms: i64) -> Result<i64> {
    let keys = keys(doc);
    let mut statement = db.prepare_cached(
        "INSERT INTO scim_group (app, id, display_name, external_id, doc, created_ms, modified_ms, version)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, 1)",
    )?;
    statement
        .execute(params![
            app,
            id,
            fold(&keys.display_name),
            keys.external_id,
            serde_json::to_string(doc)?,
            now_ms
        ])
        .map_err(|error| taken(error, &keys.display_name))?;
    let seq = db.last_insert_rowid();
    db.prepare_cached("UPDATE app SET groups = groups + 1 WHERE seq = ?1")?
        .execute([app])?;
    Ok(seq)
}

pub(crate) fn update(db: &Connection, seq: i64, version: i64, doc: &Document, now_ms: i64) -> Result<()> {
    let keys = keys(doc);
    let mut statement = db.prepare_cached(
        "UPDATE scim_group SET display_name = ?3, external_id = ?4, doc = ?5, modified_ms = ?6,
         version = version + 1 WHERE seq = ?1 AND version = ?2",
    )?;
    let changed = statement
        .execute(params![
            seq,
            version,
            fold(&keys.display_name),
            keys.external_id,
            serde_json::to_string(doc)?,
            now_ms
        ])
        .map_err(|error| taken(error, &keys.display_name))?;
    if changed == 0 {
        Err(StoreError::Stale)
    } else {
        Ok(())
    }
}

pub(crate) fn delete(db: &Connection, app: i64, seq: i64) -> Result<()> {
    if db
        .prepare_cached("DELETE FROM scim_group WHERE seq = ?1")?
        .execute([seq])?
        == 0
    {
        return Err(StoreError::Stale);
    }
    unique::forget(db, ResourceKind::Group, seq)?;
    db.prepare_cached("UPDATE app SET groups = groups - 1 WHERE seq = ?1")?
        .execute([app])?;
    Ok(())
}

/// Adds and removes members. Users deleted in the meantime are passed over: the delete
/// won the race, and a membership of nobody means nothing.
pub(crate) fn change_members(db: &Connection, seq: i64, added: &[i64], removed: &[i64]) -> Result<()> {
    let mut insert = db.prepare_cached(
        "INSERT OR IGNORE INTO scim_member (grp, user) SELECT ?1, seq FROM scim_user WHERE seq = ?2",
    )?;
    let mut delete = db.prepare_cached("DELETE FROM scim_member WHERE grp = ?1 AND user = ?2")?;
    let mut difference = 0_i64;
    for user in removed {
        difference -= i64::from(delete.execute(params![seq, user])? > 0);
    }
    for user in added {
        difference += i64::from(insert.execute(params![seq, user])? > 0);
    }
    db.prepare_cached("UPDATE scim_group SET members = members + ?2 WHERE seq = ?1")?
        .execute(params![seq, difference])?;
    Ok(())
}

fn taken(error: rusqlite::Error, name: &str) -> StoreError {
    if StoreError::is_unique_violation(&error) {
        StoreError::Taken {
            attribute: "displayName".into(),
            value: name.to_owned(),
        }
    } else {
        error.into()
    }
}
