//! API tokens: for programs, and for the command line from elsewhere.

use rusqlite::{OptionalExtension, Row, params};

use super::Role;
use crate::apps::TokenHash;
use crate::connection::Store;
use crate::error::{Result, StoreError};
use crate::fold;

/// Tokens at most: a list that somebody still looks over.
const MOST: i64 = 1_000;

/// A token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Its name.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// The only app that it may be used for; none: all of them.
    pub app: Option<i64>,
    /// Since when.
    pub created_ms: i64,
    /// Until when.
    pub expires_ms: i64,
}

/// A token that is to be made.
#[derive(Debug, Clone)]
pub struct NewToken {
    /// SHA-256 of its secret.
    pub hash: TokenHash,
    /// The rest.
    pub token: Token,
}

impl Store {
    /// Keeps a new token.
    ///
    /// # Errors
    /// [`StoreError::Taken`], and [`StoreError::Step`] where there are too many.
    pub async fn create_admin_token(&self, wanted: NewToken) -> Result<()> {
        self.write(move |db| {
            let token = wanted.token;
            // Ended ones are in nobody's way.
            db.execute(
                "DELETE FROM admin_token WHERE expires_ms <= ?1",
                [token.created_ms],
            )?;
            let there: i64 = db.query_row("SELECT count(*) FROM admin_token", [], |row| row.get(0))?;
            if there >= MOST {
                return Err(StoreError::Step(format!(
                    "there are {MOST} tokens: remove some first"
                )));
            }
            let inserted = db.execute(
                "INSERT INTO admin_token (hash, name, name_key, role, app, created_ms, expires_ms)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![
                    wanted.hash,
                    token.name,
                    fold(&token.name),
                    token.role,
                    token.app,
                    token.created_ms,
                    token.expires_ms
                ],
            );
            match inserted {
                Err(error) if StoreError::is_unique_violation(&error) => Err(StoreError::Taken {
                    attribute: "name".into(),
                    value: token.name,
                }),
                Err(error) => Err(error.into()),
                Ok(_) => Ok(()),
            }
        })
        .await
    }

    /// A token that has not ended.
    ///
    /// # Errors
    /// A database error.
    pub fn admin_token(&self, hash: &TokenHash, now_ms: i64) -> Result<Option<Token>> {
        self.read(|db| {
            let mut statement =
                db.prepare_cached(&format!("{SELECT} WHERE hash = ?1 AND expires_ms > ?2"))?;
            Ok(statement.query_row(params![hash, now_ms], token).optional()?)
        })
    }

    /// Every token, by name; ended ones too, until the next is made.
    ///
    /// # Errors
    /// A database error.
    pub fn admin_tokens(&self) -> Result<Vec<Token>> {
        self.read(|db| {
            let mut statement = db.prepare_cached(&format!("{SELECT} ORDER BY name_key"))?;
            let rows = statement.query_map([], token)?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }

    /// Removes a token: it opens nothing from then on.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn remove_admin_token(&self, name: &str) -> Result<()> {
        let key = fold(name);
        self.write(
            move |db| match db.execute("DELETE FROM admin_token WHERE name_key = ?1", [key])? {
                0 => Err(StoreError::NotFound),
                _ => Ok(()),
            },
        )
        .await
    }
}

const SELECT: &str = "SELECT name, role, app, created_ms, expires_ms FROM admin_token";

fn token(row: &Row<'_>) -> rusqlite::Result<Token> {
    Ok(Token {
        name: row.get(0)?,
        role: row.get(1)?,
        app: row.get(2)?,
        created_ms: row.get(3)?,
        expires_ms: row.get(4)?,
    })
}
