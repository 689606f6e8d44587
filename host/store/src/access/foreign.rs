//! Administrators who sign in elsewhere: by OpenID Connect, say.

use rusqlite::{Connection, OptionalExtension, params};

use super::Role;
use super::administrators::{Administrator, SELECT, administrator};
use crate::connection::Store;
use crate::error::{Result, StoreError};
use crate::fold;

/// Who somebody is in the words of whom they signed in at, and what they may do here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreign {
    /// Who says so.
    pub issuer: String,
    /// Who they are there: the same for ever, and nobody else's.
    pub subject: String,
    /// What they are called as of now.
    pub name: String,
    /// What they may do as of now.
    pub role: Role,
}

/// Somebody who signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// Who it is.
    pub administrator: Administrator,
    /// Whether they were not known before.
    pub is_new: bool,
}

impl Store {
    /// Notes who signed in elsewhere, with the role that they have from now on. Somebody who is disabled stays so, and as
    /// they were: the caller looks, and lets them in no further. The role holds for their other sessions too.
    ///
    /// # Errors
    /// [`StoreError::Taken`]: they are new, and somebody else has their name.
    pub async fn sign_in_foreign(&self, came: Foreign, now_ms: i64) -> Result<SignedIn> {
        self.write(move |db| {
            let Some(known) = one(db, &came)? else {
                insert(db, &came, now_ms)?;
                let administrator = one(db, &came)?.ok_or(StoreError::NotFound)?;
                return Ok(SignedIn {
                    administrator,
                    is_new: true,
                });
            };
            if !known.disabled {
                db.execute(
                    "UPDATE administrator SET role = ?2 WHERE seq = ?1",
                    params![known.seq, came.role],
                )?;
                // A new name that somebody else has is not taken: they keep the one before.
                db.execute(
                    "UPDATE administrator SET name = ?2, name_key = ?3 WHERE seq = ?1 AND NOT EXISTS
                         (SELECT 1 FROM administrator WHERE name_key = ?3 AND seq != ?1)",
                    params![known.seq, came.name, fold(&came.name)],
                )?;
            }
            let administrator = one(db, &came)?.ok_or(StoreError::NotFound)?;
            Ok(SignedIn {
                administrator,
                is_new: false,
            })
        })
        .await
    }

    /// Signs somebody out everywhere who may do nothing here any longer.
    ///
    /// # Errors
    /// A database error.
    pub async fn sign_out_foreign(&self, issuer: &str, subject: &str) -> Result<()> {
        let (issuer, subject) = (issuer.to_owned(), subject.to_owned());
        self.write(move |db| {
            db.execute(
                "DELETE FROM admin_session WHERE administrator IN
                     (SELECT seq FROM administrator WHERE issuer = ?1 AND subject = ?2)",
                [issuer, subject],
            )?;
            Ok(())
        })
        .await
    }
}

fn one(db: &Connection, came: &Foreign) -> Result<Option<Administrator>> {
    let mut statement = db.prepare_cached(&format!("{SELECT} WHERE issuer = ?1 AND subject = ?2"))?;
    let found = statement.query_row([&came.issuer, &came.subject], administrator);
    Ok(found.optional()?)
}

fn insert(db: &Connection, came: &Foreign, now_ms: i64) -> Result<()> {
    let inserted = db.execute(
        "INSERT INTO administrator (name, name_key, password, role, created_ms, issuer, subject)
         VALUES (?1, ?2, '', ?3, ?4, ?5, ?6)",
        params![
            came.name,
            fold(&came.name),
            came.role,
            now_ms,
            came.issuer,
            came.subject
        ],
    );
    match inserted {
        Err(error) if StoreError::is_unique_violation(&error) => Err(StoreError::Taken {
            attribute: "name".into(),
            value: came.name.clone(),
        }),
        Err(error) => Err(error.into()),
        Ok(_) => Ok(()),
    }
}
