//! Secrets that the host attaches to requests of policies. A policy knows their names only.

use std::fmt;

use rusqlite::{Connection, OptionalExtension, params};

use crate::connection::Store;
use crate::error::{Result, StoreError};
use crate::seal::Sealer;

/// A secret with the origins that it may be sent to.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential {
    /// Its name.
    pub name: String,
    /// Origins, such as `https://hr.example.com`.
    pub origins: Vec<String>,
    /// The header that it is sent in.
    pub header: String,
    /// The header's value.
    pub value: String,
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential")
            .field("name", &self.name)
            .field("origins", &self.origins)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Stores a secret, or puts it in the place of the one of that name.
    ///
    /// # Errors
    /// A database error.
    pub async fn put_credential(&self, app: i64, credential: Credential) -> Result<()> {
        let Credential {
            name,
            origins,
            header,
            value,
        } = credential;
        let sealed = self.sealer.seal(&context(app, &name), value.as_bytes())?;
        let origins = serde_json::to_string(&origins)?;
        self.write(move |db| {
            db.execute(
                "INSERT INTO app_credential (app, name, origins, header, sealed) VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT DO UPDATE SET origins = excluded.origins, header = excluded.header,
                 sealed = excluded.sealed",
                params![app, name, origins, header, sealed],
            )?;
            Ok(())
        })
        .await
    }

    /// One secret, opened.
    ///
    /// # Errors
    /// A database error, or a secret that this key does not open.
    pub fn credential(&self, app: i64, name: &str) -> Result<Option<Credential>> {
        let found = self.read(|db| {
            let mut statement = db.prepare_cached(
                "SELECT origins, header, sealed FROM app_credential WHERE app = ?1 AND name = ?2",
            )?;
            let row = statement.query_row(params![app, name], |row| {
                Ok((row.get::<_, String>(0)?, row.get(1)?, row.get::<_, Vec<u8>>(2)?))
            });
            Ok(row.optional()?)
        })?;
        let Some((origins, header, sealed)) = found else {
            return Ok(None);
        };
        let plain = self.sealer.open(&context(app, name), &sealed)?;
        Ok(Some(Credential {
            name: name.to_owned(),
            origins: serde_json::from_str(&origins)?,
            header,
            value: String::from_utf8(plain).map_err(|_| StoreError::Sealed)?,
        }))
    }

    /// Names and origins of an app's secrets, by name.
    ///
    /// # Errors
    /// A database error.
    pub fn credentials(&self, app: i64) -> Result<Vec<(String, Vec<String>)>> {
        self.read(|db| {
            let mut statement =
                db.prepare_cached("SELECT name, origins FROM app_credential WHERE app = ?1 ORDER BY name")?;
            let rows = statement.query_map([app], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
            rows.map(|row| {
                let (name, origins) = row?;
                Ok((name, serde_json::from_str(&origins)?))
            })
            .collect()
        })
    }

    /// Removes a secret.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn remove_credential(&self, app: i64, name: &str) -> Result<()> {
        let name = name.to_owned();
        self.write(move |db| {
            let removed = db.execute(
                "DELETE FROM app_credential WHERE app = ?1 AND name = ?2",
                params![app, name],
            )?;
            if removed == 0 {
                Err(StoreError::NotFound)
            } else {
                Ok(())
            }
        })
        .await
    }
}

/// Tries a key on all of them.
pub(crate) fn open_all(db: &Connection, sealer: &Sealer) -> Result<()> {
    let mut statement = db.prepare("SELECT app, name, sealed FROM app_credential")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (app, name): (i64, String) = (row.get(0)?, row.get(1)?);
        sealer.open(&context(app, &name), &row.get::<_, Vec<u8>>(2)?)?;
    }
    Ok(())
}

fn context(app: i64, name: &str) -> String {
    format!("credential:{app}:{name}")
}
