//! Users and groups that were discovered in a target and are offered to the identity provider.
//!
//! Invariants: nothing is wanted for one until the identity provider writes it; a user's row of desired state is
//! `released` and linked to the account that was found, so that the first write takes that account and no other.

use rusqlite::{Connection, OptionalExtension, params};
use tidegate_directory::connector::AccountLink;
use tidegate_scim::{Document, ResourceKind};

use crate::audit::{self, AuditLine};
use crate::connection::Store;
use crate::error::{Result, StoreError};
use crate::find::kind_number;
use crate::survey::{Discovery, GroupFound};
use crate::{groups, users};

/// One user to be offered.
#[derive(Debug, Clone, PartialEq)]
pub struct OfferedUser {
    /// A new SCIM id.
    pub id: String,
    /// Attributes.
    pub doc: Document,
    /// The account.
    pub link: AccountLink,
}

/// One group to be offered.
#[derive(Debug, Clone, PartialEq)]
pub struct OfferedGroup {
    /// A new SCIM id.
    pub id: String,
    /// Attributes.
    pub doc: Document,
}

impl Store {
    /// Whether a resource is offered, and was never written by the identity provider.
    ///
    /// # Errors
    /// A database error.
    pub fn is_offered(&self, kind: ResourceKind, seq: i64) -> Result<bool> {
        self.read(|db| {
            let mut statement =
                db.prepare_cached("SELECT 1 FROM offered WHERE kind = ?1 AND resource = ?2")?;
            let row = statement.query_row(params![kind_number(kind), seq], |_| Ok(()));
            Ok(row.optional()?.is_some())
        })
    }

    /// Accounts of a target that are linked to nobody and whose name and address no user has, in the order of their
    /// ids, after one of them.
    ///
    /// # Errors
    /// A database error.
    pub async fn discoveries(
        &self,
        app: i64,
        target: i64,
        after: &str,
        limit: u64,
    ) -> Result<Vec<Discovery>> {
        let after = after.to_owned();
        self.scan(move |db| {
            let mut statement = db.prepare_cached(
                "SELECT f.remote_id, f.username, f.email, f.display_name, f.active FROM found_account f
                 WHERE f.target = ?2 AND f.remote_id > ?3
                   AND NOT EXISTS (SELECT 1 FROM account a WHERE a.target = f.target AND a.link IS NOT NULL
                        AND json_extract(a.link, '$.remote-id') = f.remote_id)
                   AND NOT EXISTS (SELECT 1 FROM scim_user u WHERE u.app = ?1
                        AND u.user_name IN (f.username_key, f.email_key))
                   AND NOT EXISTS (SELECT 1 FROM scim_email e WHERE e.app = ?1 AND e.email = f.email_key)
                 ORDER BY f.remote_id LIMIT ?4",
            )?;
            let rows = statement.query_map(params![app, target, after, users::clamp(limit)], |row| {
                Ok(Discovery {
                    remote_id: row.get(0)?,
                    username: row.get(1)?,
                    email: row.get(2)?,
                    display_name: row.get(3)?,
                    active: row.get(4)?,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// Groups of a target that no group of the app has the name of, and that are not managed.
    ///
    /// # Errors
    /// A database error.
    pub async fn groups_discovered(&self, app: i64, target: i64) -> Result<Vec<GroupFound>> {
        self.scan(move |db| {
            let mut statement = db.prepare_cached(
                "SELECT f.name FROM found_group f WHERE f.target = ?2
                   AND NOT EXISTS (SELECT 1 FROM scim_group s WHERE s.app = ?1 AND s.display_name = f.name_key)
                   AND NOT EXISTS (SELECT 1 FROM directory_group g
                        WHERE g.target = f.target AND g.name_key = f.name_key AND g.state = 'present')
                 ORDER BY f.name_key",
            )?;
            let rows = statement.query_map([app, target], |row| Ok(GroupFound { name: row.get(0)? }))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .await
    }

    /// Offers users of a target. Returns how many; one whose name was taken meanwhile is left out.
    ///
    /// # Errors
    /// A database error.
    pub async fn offer_users(
        &self,
        app: i64,
        target: i64,
        offers: Vec<OfferedUser>,
        line: AuditLine,
    ) -> Result<u64> {
        self.write(move |db| {
            let mut count = 0;
            for offer in &offers {
                let seq = match users::insert(db, app, &offer.id, &offer.doc, line.at_ms) {
                    Ok(seq) => seq,
                    Err(StoreError::Taken { .. }) => continue,
                    Err(error) => return Err(error),
                };
                mark(db, ResourceKind::User, seq)?;
                let spec = serde_json::json!({"username": offer.link.username});
                db.prepare_cached(
                    "INSERT INTO account (target, user, spec, state, link, rev, applied_rev, reason, request, changed_ms)
                     VALUES (?1, ?2, ?3, 'released', ?4, 1, 1, 'was discovered, and is not managed', ?5, ?6)",
                )?
                .execute(params![
                    target,
                    seq,
                    spec.to_string(),
                    serde_json::to_string(&offer.link)?,
                    line.request,
                    line.at_ms
                ])?;
                count += 1;
            }
            note(db, line, count)?;
            Ok(count)
        })
        .await
    }

    /// Offers groups. Returns how many.
    ///
    /// # Errors
    /// A database error.
    pub async fn offer_groups(&self, app: i64, offers: Vec<OfferedGroup>, line: AuditLine) -> Result<u64> {
        self.write(move |db| {
            let mut count = 0;
            for offer in &offers {
                match groups::insert(db, app, &offer.id, &offer.doc, line.at_ms) {
                    Ok(seq) => mark(db, ResourceKind::Group, seq)?,
                    Err(StoreError::Taken { .. }) => continue,
                    Err(error) => return Err(error),
                }
                count += 1;
            }
            note(db, line, count)?;
            Ok(count)
        })
        .await
    }

    /// Takes back what was offered and never written. Returns how many.
    ///
    /// # Errors
    /// A database error.
    pub async fn withdraw_offers(&self, app: i64, line: AuditLine) -> Result<u64> {
        self.write(move |db| {
            let mut count = 0;
            for (kind, table) in [
                (ResourceKind::User, "scim_user"),
                (ResourceKind::Group, "scim_group"),
            ] {
                let seqs: Vec<i64> = {
                    let mut statement = db.prepare_cached(&format!(
                        "SELECT o.resource FROM offered o JOIN {table} r ON r.seq = o.resource
                         WHERE o.kind = ?1 AND r.app = ?2"
                    ))?;
                    let rows = statement.query_map(params![kind_number(kind), app], |row| row.get(0))?;
                    rows.collect::<rusqlite::Result<_>>()?
                };
                for seq in &seqs {
                    match kind {
                        ResourceKind::User => {
                            db.prepare_cached("DELETE FROM account WHERE user = ?1 AND state = 'released'")?
                                .execute([seq])?;
                            users::delete(db, app, *seq)?;
                        }
                        ResourceKind::Group => groups::delete(db, app, *seq)?,
                    }
                    written(db, kind, *seq)?;
                }
                count += seqs.len() as u64;
            }
            note(db, line, count)?;
            Ok(count)
        })
        .await
    }
}

fn mark(db: &Connection, kind: ResourceKind, seq: i64) -> Result<()> {
    db.prepare_cached("INSERT INTO offered (kind, resource) VALUES (?1, ?2)")?
        .execute(params![kind_number(kind), seq])?;
    Ok(())
}

/// The identity provider wrote or deleted it: it is a resource like any other.
pub(crate) fn written(db: &Connection, kind: ResourceKind, seq: i64) -> Result<()> {
    db.prepare_cached("DELETE FROM offered WHERE kind = ?1 AND resource = ?2")?
        .execute(params![kind_number(kind), seq])?;
    Ok(())
}

fn note(db: &Connection, line: AuditLine, count: u64) -> Result<()> {
    if count == 0 {
        return Ok(());
    }
    let detail = serde_json::json!({ "count": count });
    audit::append(db, &AuditLine { detail, ..line })
}
