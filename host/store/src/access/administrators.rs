//! Administrators, and the link that makes the first.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::Role;
use crate::apps::TokenHash;
use crate::connection::Store;
use crate::error::{Result, StoreError};
use crate::fold;

/// Somebody who may sign in.
#[derive(Clone, PartialEq, Eq)]
pub struct Administrator {
    /// Row number.
    pub seq: i64,
    /// The name, unique without regard to case.
    pub name: String,
    /// argon2id in PHC form; none: they sign in elsewhere.
    pub password: Option<String>,
    /// Who says who they are, where they sign in elsewhere.
    pub issuer: Option<String>,
    /// What they may do.
    pub role: Role,
    /// Whether they may sign in no longer.
    pub disabled: bool,
    /// Since when.
    pub created_ms: i64,
}

impl std::fmt::Debug for Administrator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Administrator")
            .field("name", &self.name)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// What is to be changed of an administrator; what is left out stays.
#[derive(Clone, Default)]
pub struct SetAdministrator {
    /// Another hash of a password. Everywhere else they are signed out.
    pub password: Option<String>,
    /// Another role.
    pub role: Option<Role>,
    /// Whether they may sign in no longer.
    pub disabled: Option<bool>,
}

impl Store {
    /// Keeps the set-up link's hash, instead of the one before. False: there is an administrator, and no link is kept.
    ///
    /// # Errors
    /// A database error.
    pub async fn put_setup(&self, hash: TokenHash, expires_ms: i64) -> Result<bool> {
        self.write(move |db| {
            if count(db)? > 0 {
                return Ok(false);
            }
            db.execute(
                "INSERT INTO admin_setup (one, hash, expires_ms) VALUES (1, ?1, ?2)
                 ON CONFLICT DO UPDATE SET hash = excluded.hash, expires_ms = excluded.expires_ms",
                params![hash, expires_ms],
            )?;
            Ok(true)
        })
        .await
    }

    /// Whether a set-up link works.
    ///
    /// # Errors
    /// A database error.
    pub fn setup_works(&self, hash: &TokenHash, now_ms: i64) -> Result<bool> {
        self.read(|db| setup_works(db, hash, now_ms))
    }

    /// Makes the first administrator and uses the link up.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]: the link does not work, or no longer.
    pub async fn set_up(
        &self,
        hash: TokenHash,
        name: &str,
        password: String,
        now_ms: i64,
    ) -> Result<Administrator> {
        let name = name.to_owned();
        self.write(move |db| {
            if !setup_works(db, &hash, now_ms)? {
                return Err(StoreError::NotFound);
            }
            db.execute("DELETE FROM admin_setup", [])?;
            insert(db, &name, &password, Role::Administrator, now_ms)
        })
        .await
    }

    /// Makes an administrator.
    ///
    /// # Errors
    /// [`StoreError::Taken`].
    pub async fn create_administrator(
        &self,
        name: &str,
        password: String,
        role: Role,
        now_ms: i64,
    ) -> Result<Administrator> {
        let name = name.to_owned();
        self.write(move |db| insert(db, &name, &password, role, now_ms))
            .await
    }

    /// Changes an administrator. Of one who signs in elsewhere only whether they may.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], and [`StoreError::Step`] where nobody would be left who may do everything, or where
    /// something is not decided here.
    pub async fn set_administrator(&self, name: &str, wanted: SetAdministrator) -> Result<Administrator> {
        let name = name.to_owned();
        self.write(move |db| {
            let known = one(db, &name)?.ok_or(StoreError::NotFound)?;
            if known.issuer.is_some() && (wanted.password.is_some() || wanted.role.is_some()) {
                return Err(StoreError::Step(
                    "they sign in by OpenID Connect: they have no password here, and their role follows their groups \
                     there at each sign-in"
                        .into(),
                ));
            }
            db.execute(
                "UPDATE administrator SET password = coalesce(?2, password), role = coalesce(?3, role),
                     disabled = coalesce(?4, disabled) WHERE seq = ?1",
                params![known.seq, wanted.password, wanted.role, wanted.disabled],
            )?;
            if wanted.password.is_some() || wanted.disabled == Some(true) {
                db.execute("DELETE FROM admin_session WHERE administrator = ?1", [known.seq])?;
            }
            if known.password.is_some() {
                somebody_is_left(db)?;
            }
            one(db, &name)?.ok_or(StoreError::NotFound)
        })
        .await
    }

    /// Removes an administrator, and signs them out.
    ///
    /// # Errors
    /// As above.
    pub async fn remove_administrator(&self, name: &str) -> Result<()> {
        let name = name.to_owned();
        self.write(move |db| {
            let known = one(db, &name)?.ok_or(StoreError::NotFound)?;
            db.execute("DELETE FROM administrator WHERE seq = ?1", [known.seq])?;
            // One who signs in elsewhere leaves nobody out.
            known.password.map_or(Ok(()), |_| somebody_is_left(db))
        })
        .await
    }

    /// Every administrator, by name.
    ///
    /// # Errors
    /// A database error.
    pub fn administrators(&self) -> Result<Vec<Administrator>> {
        self.read(|db| {
            let mut statement = db.prepare_cached(&format!("{SELECT} ORDER BY name_key"))?;
            let rows = statement.query_map([], administrator)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// The administrator of that name, in whatever case.
    ///
    /// # Errors
    /// A database error.
    pub fn administrator(&self, name: &str) -> Result<Option<Administrator>> {
        self.read(|db| one(db, name))
    }
}

pub(super) const SELECT: &str =
    "SELECT seq, name, nullif(password, ''), role, disabled, created_ms, issuer FROM administrator";

pub(super) fn administrator(row: &Row<'_>) -> rusqlite::Result<Administrator> {
    Ok(Administrator {
        seq: row.get(0)?,
        name: row.get(1)?,
        password: row.get(2)?,
        role: row.get(3)?,
        disabled: row.get(4)?,
        created_ms: row.get(5)?,
        issuer: row.get(6)?,
    })
}

fn one(db: &Connection, name: &str) -> Result<Option<Administrator>> {
    let mut statement = db.prepare_cached(&format!("{SELECT} WHERE name_key = ?1"))?;
    Ok(statement.query_row([fold(name)], administrator).optional()?)
}

/// Those with a password: whoever signs in elsewhere does not use the set-up link up.
fn count(db: &Connection) -> Result<i64> {
    let count = "SELECT count(*) FROM administrator WHERE password != ''";
    Ok(db.query_row(count, [], |row| row.get(0))?)
}

fn setup_works(db: &Connection, hash: &TokenHash, now_ms: i64) -> Result<bool> {
    let mut statement =
        db.prepare_cached("SELECT count(*) FROM admin_setup WHERE hash = ?1 AND expires_ms > ?2")?;
    let known: i64 = statement.query_row(params![hash, now_ms], |row| row.get(0))?;
    Ok(known == 1 && count(db)? == 0)
}

/// The transaction ends here where it would lock everybody out.
fn somebody_is_left(db: &Connection) -> Result<()> {
    let left: i64 = db.query_row(
        "SELECT count(*) FROM administrator WHERE role = ?1 AND disabled = 0 AND password != ''",
        [Role::Administrator],
        |row| row.get(0),
    )?;
    if left == 0 {
        return Err(StoreError::Step(
            "this is the last one with a password who may do everything: make another administrator first"
                .into(),
        ));
    }
    Ok(())
}

fn insert(db: &Connection, name: &str, password: &str, role: Role, now_ms: i64) -> Result<Administrator> {
    let inserted = db.execute(
        "INSERT INTO administrator (name, name_key, password, role, created_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![name, fold(name), password, role, now_ms],
    );
    match inserted {
        Err(error) if StoreError::is_unique_violation(&error) => Err(StoreError::Taken {
            attribute: "name".into(),
            value: name.to_owned(),
        }),
        Err(error) => Err(error.into()),
        // No link makes a second one, whoever made the first.
        Ok(_) => {
            db.execute("DELETE FROM admin_setup", [])?;
            one(db, name)?.ok_or(StoreError::NotFound)
        }
    }
}
