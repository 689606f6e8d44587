//! SCIM users: reads, and the row changes that [`crate::commit`] makes.

use rusqlite::{Connection, OptionalExtension, Row, params};
use tidegate_scim::user::{UserKeys, keys};
use tidegate_scim::{Document, ResourceKind};

use crate::blocks;
use crate::connection::Store;
use crate::error::{Result, StoreError};
use crate::{fold, unique};

/// A stored user.
#[derive(Debug, Clone, PartialEq)]
pub struct UserRow {
    /// Row number; never reused.
    pub seq: i64,
    /// SCIM id.
    pub id: String,
    /// Attributes, in canonical form.
    pub doc: Document,
    /// Creation time, milliseconds.
    pub created_ms: i64,
    /// Last change, milliseconds.
    pub modified_ms: i64,
    /// Grows with every change.
    pub version: i64,
}

/// A SCIM group that a user is in, for the read-only `groups` attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupOfUser {
    /// Row number.
    pub seq: i64,
    /// SCIM id.
    pub id: String,
    /// `displayName` as it was sent.
    pub display: String,
}

const SELECT: &str = "SELECT seq, id, doc, created_ms, modified_ms, version FROM scim_user";

impl Store {
    /// One user by SCIM id.
    ///
    /// # Errors
    /// A database error.
    pub fn user(&self, app: i64, id: &str) -> Result<Option<UserRow>> {
        self.read(|db| by_id(db, app, id))
    }

    /// One user by row number.
    ///
    /// # Errors
    /// A database error.
    pub fn user_by_seq(&self, seq: i64) -> Result<Option<UserRow>> {
        self.read(|db| one(db, "seq = ?1", params![seq]))
    }

    /// The users of these row numbers, in their order; those that are gone are left out.
    ///
    /// # Errors
    /// A database error.
    pub fn users_by_seq(&self, seqs: &[i64]) -> Result<Vec<UserRow>> {
        self.read(|db| {
            let mut rows = Vec::with_capacity(seqs.len());
            for seq in seqs {
                rows.extend(one(db, "seq = ?1", params![seq])?);
            }
            Ok(rows)
        })
    }

    /// A page in creation order: `offset` users are passed over.
    ///
    /// # Errors
    /// A database error.
    pub fn users_page(&self, app: i64, offset: u64, limit: u64) -> Result<Vec<UserRow>> {
        self.read(|db| {
            let Some((from, skip)) = blocks::seek(db, app, ResourceKind::User, offset)? else {
                return Ok(Vec::new());
            };
            many(
                db,
                "app = ?1 AND seq >= ?2 ORDER BY seq LIMIT ?3 OFFSET ?4",
                params![app, from, clamp(limit), clamp(skip)],
            )
        })
    }

    /// The next users after `after` in creation order, for walks over all.
    ///
    /// # Errors
    /// A database error.
    pub fn users_after(&self, app: i64, after: i64, limit: u64) -> Result<Vec<UserRow>> {
        self.read(|db| {
            many(
                db,
                "app = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
                params![app, after, clamp(limit)],
            )
        })
    }

    /// Groups of a user, by name.
    ///
    /// # Errors
    /// A database error.
    pub fn groups_of_user(&self, user: i64) -> Result<Vec<GroupOfUser>> {
        self.read(|db| groups_of(db, user))
    }
}

pub(crate) fn groups_of(db: &Connection, user: i64) -> Result<Vec<GroupOfUser>> {
    let mut statement = db.prepare_cached(
        "SELECT g.seq, g.id, json_extract(g.doc, '$.displayName') FROM scim_member m
         JOIN scim_group g ON g.seq = m.grp WHERE m.user = ?1 ORDER BY g.display_name",
    )?;
    let rows = statement.query_map([user], |row| {
        Ok(GroupOfUser {
            seq: row.get(0)?,
            id: row.get(1)?,
            display: row.get(2)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(crate) fn clamp(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn by_id(db: &Connection, app: i64, id: &str) -> Result<Option<UserRow>> {
    one(db, "app = ?1 AND id = ?2", params![app, id])
}

fn one(db: &Connection, condition: &str, args: &[&dyn rusqlite::ToSql]) -> Result<Option<UserRow>> {
    let mut statement = db.prepare_cached(&format!("{SELECT} WHERE {condition}"))?;
    statement
        .query_row(args, row)
        .optional()?
        .map(TryInto::try_into)
        .transpose()
}

fn many(db: &Connection, condition: &str, args: &[&dyn rusqlite::ToSql]) -> Result<Vec<UserRow>> {
    let mut statement = db.prepare_cached(&format!("{SELECT} WHERE {condition}"))?;
    let rows = statement.query_map(args, row)?;
    rows.map(|row| row?.try_into()).collect()
}

struct Raw(i64, String, String, i64, i64, i64);

fn row(row: &Row<'_>) -> rusqlite::Result<Raw> {
    Ok(Raw(
        row.get(0)?,
        row.get(1)?,
        row.get(2)?,
        row.get(3)?,
        row.get(4)?,
        row.get(5)?,
    ))
}

impl TryFrom<Raw> for UserRow {
    type Error = StoreError;

    fn try_from(Raw(seq, id, doc, created_ms, modified_ms, version): Raw) -> Result<Self> {
        Ok(Self {
            seq,
            id,
            doc: serde_json::from_str(&doc)?,
            created_ms,
            modified_ms,
            version,
        })
    }
}

pub(crate) fn insert(db: &Connection, app: i64, id: &str, doc: &Document, now_ms: i64) -> Result<i64> {
    let keys = keys(doc);
    let mut statement = db.prepare_cached(
        "INSERT INTO scim_user (app, id, user_name, external_id, display_name, active, doc, created_ms, modified_ms, version)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8, 1)",
    )?;
    statement
        .execute(params![
            app,
            id,
            fold(&keys.user_name),
            keys.external_id,
            keys.display_name.as_deref().map(fold),
            keys.active,
            serde_json::to_string(doc)?,
            now_ms,
        ])
        .map_err(|error| taken(error, &keys))?;
    let seq = db.last_insert_rowid();
    insert_emails(db, app, seq, &keys)?;
    db.prepare_cached("UPDATE app SET users = users + 1 WHERE seq = ?1")?
        .execute([app])?;
    Ok(seq)
}

pub(crate) fn update(
    db: &Connection,
    app: i64,
    seq: i64,
    version: i64,
    doc: &Document,
    now_ms: i64,
) -> Result<()> {
    let keys = keys(doc);
    let mut statement = db.prepare_cached(
        "UPDATE scim_user SET user_name = ?3, external_id = ?4, display_name = ?5, active = ?6, doc = ?7,
         modified_ms = ?8, version = version + 1 WHERE seq = ?1 AND version = ?2",
    )?;
    let changed = statement
        .execute(params![
            seq,
            version,
            fold(&keys.user_name),
            keys.external_id,
            keys.display_name.as_deref().map(fold),
            keys.active,
            serde_json::to_string(doc)?,
            now_ms,
        ])
        .map_err(|error| taken(error, &keys))?;
    if changed == 0 {
        return Err(StoreError::Stale);
    }
    db.prepare_cached("DELETE FROM scim_email WHERE user = ?1")?
        .execute([seq])?;
    insert_emails(db, app, seq, &keys)
}

pub(crate) fn delete(db: &Connection, app: i64, seq: i64) -> Result<()> {
    db.prepare_cached(
        "UPDATE scim_group SET members = members - 1
         WHERE seq IN (SELECT grp FROM scim_member WHERE user = ?1)",
    )?
    .execute([seq])?;
    if db
        .prepare_cached("DELETE FROM scim_user WHERE seq = ?1")?
        .execute([seq])?
        == 0
    {
        return Err(StoreError::Stale);
    }
    unique::forget(db, ResourceKind::User, seq)?;
    db.prepare_cached("UPDATE app SET users = users - 1 WHERE seq = ?1")?
        .execute([app])?;
    Ok(())
}

fn insert_emails(db: &Connection, app: i64, seq: i64, keys: &UserKeys) -> Result<()> {
    let mut statement =
        db.prepare_cached("INSERT OR IGNORE INTO scim_email (app, email, user) VALUES (?1, ?2, ?3)")?;
    for email in &keys.emails {
        statement.execute(params![app, fold(email), seq])?;
    }
    Ok(())
}

fn taken(error: rusqlite::Error, keys: &UserKeys) -> StoreError {
    if StoreError::is_unique_violation(&error) {
        StoreError::Taken {
            attribute: "userName".into(),
            value: keys.user_name.clone(),
        }
    } else {
        error.into()
    }
}
