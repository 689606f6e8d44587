//! Clients that obtain access tokens for an app (RFC 6749 section 4.4), and the assertions that
//! they used.

use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::apps::{TokenHash, hash_token, new_token};
use crate::connection::Store;
use crate::error::{Result, StoreError};
use crate::seal::random_hex;

/// A client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Row number.
    pub seq: i64,
    /// `client_id`.
    pub id: String,
    /// The app's row number.
    pub app: i64,
    /// The administrator's name for it.
    pub name: String,
    /// JSON Web Key Set (RFC 7517) of its public keys, where it signs assertions.
    pub keys: Option<String>,
    /// Hashes of its secrets, each with its end.
    pub secrets: Vec<(TokenHash, Option<i64>)>,
}

impl Store {
    /// Makes a client: with its public keys, or with a secret, which is returned and never shown again.
    ///
    /// # Errors
    /// [`StoreError::Taken`] where the app has a client of that name.
    pub async fn create_client(
        &self,
        app: i64,
        name: &str,
        keys: Option<String>,
        now_ms: i64,
    ) -> Result<(Client, Option<String>)> {
        let secret = match keys {
            Some(_) => None,
            None => Some(new_token()?),
        };
        let (hash, id) = (secret.as_deref().map(hash_token), random_hex::<16>()?);
        let name = name.to_owned();
        let client = self
            .write(move |db| {
                let inserted = db.execute(
                    "INSERT INTO oauth_client (id, app, name, keys, created_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
                    params![id, app, name, keys, now_ms],
                );
                match inserted {
                    Err(error) if StoreError::is_unique_violation(&error) => {
                        return Err(StoreError::Taken {
                            attribute: "name".into(),
                            value: name,
                        });
                    }
                    other => other?,
                };
                let seq = db.last_insert_rowid();
                if let Some(hash) = hash {
                    insert_secret(db, seq, &hash, now_ms)?;
                }
                one(db, app, &name)
            })
            .await?;
        Ok((client, secret))
    }

    /// Issues a new secret. Older ones end at `overlap_until_ms`.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn rotate_client_secret(
        &self,
        app: i64,
        name: &str,
        now_ms: i64,
        overlap_until_ms: i64,
    ) -> Result<(Client, String)> {
        let secret = new_token()?;
        let (hash, name) = (hash_token(&secret), name.to_owned());
        let client = self
            .write(move |db| {
                let client = one(db, app, &name)?;
                db.execute(
                    "UPDATE oauth_secret SET expires_ms = min(coalesce(expires_ms, ?2), ?2) WHERE client = ?1",
                    params![client.seq, overlap_until_ms],
                )?;
                insert_secret(db, client.seq, &hash, now_ms)?;
                one(db, app, &name)
            })
            .await?;
        Ok((client, secret))
    }

    /// Removes a client; its access tokens stop working with it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn remove_client(&self, app: i64, name: &str) -> Result<()> {
        let name = name.to_owned();
        self.write(move |db| {
            let seq = one(db, app, &name)?.seq;
            db.execute("DELETE FROM oauth_assertion WHERE client = ?1", [seq])?;
            db.execute("DELETE FROM oauth_client WHERE seq = ?1", [seq])?;
            Ok(())
        })
        .await
    }

    /// Every client of every app, by name.
    ///
    /// # Errors
    /// A database error.
    pub fn clients(&self) -> Result<Vec<Client>> {
        self.read(|db| {
            let mut statement = db.prepare_cached(&format!("{SELECT} ORDER BY name"))?;
            let rows = statement.query_map([], client)?;
            let clients: Vec<Client> = rows.collect::<rusqlite::Result<_>>()?;
            clients
                .into_iter()
                .map(|client| with_secrets(db, client))
                .collect()
        })
    }

    /// Uses an assertion's identifier up, until the assertion expires by itself. False: it was used.
    ///
    /// # Errors
    /// A database error.
    pub async fn use_assertion(
        &self,
        client: i64,
        jti: TokenHash,
        expires_ms: i64,
        now_ms: i64,
    ) -> Result<bool> {
        self.write(move |db| {
            db.prepare_cached("DELETE FROM oauth_assertion WHERE expires_ms < ?1")?
                .execute([now_ms])?;
            let inserted = db
                .prepare_cached(
                    "INSERT OR IGNORE INTO oauth_assertion (client, jti, expires_ms) VALUES (?1, ?2, ?3)",
                )?
                .execute(params![client, jti, expires_ms])?;
            Ok(inserted > 0)
        })
        .await
    }
}

const SELECT: &str = "SELECT seq, id, app, name, keys FROM oauth_client";

fn client(row: &Row<'_>) -> rusqlite::Result<Client> {
    Ok(Client {
        seq: row.get(0)?,
        id: row.get(1)?,
        app: row.get(2)?,
        name: row.get(3)?,
        keys: row.get(4)?,
        secrets: Vec::new(),
    })
}

fn one(db: &Connection, app: i64, name: &str) -> Result<Client> {
    let mut statement = db.prepare_cached(&format!("{SELECT} WHERE app = ?1 AND name = ?2"))?;
    let found = statement.query_row(params![app, name], client).optional()?;
    with_secrets(db, found.ok_or(StoreError::NotFound)?)
}

fn with_secrets(db: &Connection, client: Client) -> Result<Client> {
    let mut statement = db.prepare_cached("SELECT hash, expires_ms FROM oauth_secret WHERE client = ?1")?;
    let rows = statement.query_map([client.seq], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(Client {
        secrets: rows.collect::<rusqlite::Result<_>>()?,
        ..client
    })
}

fn insert_secret(db: &Connection, client: i64, hash: &TokenHash, now_ms: i64) -> Result<()> {
    db.execute(
        "INSERT INTO oauth_secret (hash, client, created_ms) VALUES (?1, ?2, ?3)",
        params![hash, client, now_ms],
    )?;
    Ok(())
}
