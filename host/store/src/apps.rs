//! Apps: one base URL and bearer token each, never mixing.

use std::num::NonZeroU32;

use rusqlite::{Connection, OptionalExtension, Row, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tidegate_directory::protected::Protected;

use crate::brake::BrakeRule;
use crate::connection::Store;
use crate::error::{Result, StoreError};
use crate::seal::random_hex;
use crate::survey::DriftRule;

/// SHA-256 of a bearer token.
pub type TokenHash = [u8; 32];

/// What an administrator set for an app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct AppOptions {
    /// Who provisions. It changes what is explained, not what is taken.
    pub provider: Provider,
    /// Names that no policy may touch.
    pub protected: Protected,
    /// Whether the token may come as the password of basic authentication: for old clients that
    /// know nothing else.
    pub basic_authentication: bool,
    /// Requests that are served in a second, on average; more are answered 429. None: no limit.
    pub requests_per_second: Option<NonZeroU32>,
    /// Changes that may wait for the targets; with more, writes are answered 429. None: no limit.
    pub most_pending: Option<NonZeroU32>,
    /// Whether a version is activated only with the digest of a preview. Going back needs none.
    pub require_preview: bool,
    /// A version that decides about a share of the resources.
    pub canary: Option<CanaryShare>,
    /// How many may lose access before what takes more away waits for an administrator.
    pub brake: BrakeRule,
    /// When targets are read, and what is done about what is found.
    pub drift: DriftRule,
    /// Questions that policies were asked last and that are kept for a replay, a week at most. 0: none.
    pub questions_kept: u32,
}

impl Default for AppOptions {
    fn default() -> Self {
        Self {
            provider: Provider::default(),
            protected: Protected::default(),
            basic_authentication: false,
            requests_per_second: None,
            most_pending: None,
            require_preview: false,
            canary: None,
            brake: BrakeRule::default(),
            drift: DriftRule::default(),
            questions_kept: 500,
        }
    }
}

/// An identity provider.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Provider {
    /// Okta.
    #[default]
    Okta,
    /// Microsoft Entra ID.
    Entra,
    /// Another that speaks SCIM 2.0.
    Other,
}

impl std::str::FromStr for Provider {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        match text {
            "okta" => Ok(Self::Okta),
            "entra" => Ok(Self::Entra),
            "other" => Ok(Self::Other),
            _ => Err("use okta, entra or other".into()),
        }
    }
}

/// A version that decides about a share of an app's resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct CanaryShare {
    /// The version's number.
    pub number: i64,
    /// Of a hundred resources.
    #[schema(maximum = 100)]
    pub percent: u8,
}

/// When an identity provider last came with an app's credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Heard {
    /// Milliseconds since 1970, to the minute or so.
    pub at_ms: i64,
    /// What it calls itself: its `User-Agent`.
    pub client: String,
}

/// An app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct App {
    /// Row number.
    pub seq: i64,
    /// Random part of the base URL.
    pub id: String,
    /// The administrator's name for it.
    pub name: String,
    /// Settings.
    pub options: AppOptions,
    /// The policy version in force.
    pub active_version: Option<i64>,
    /// Number of SCIM users.
    pub users: u64,
    /// Number of SCIM groups.
    pub groups: u64,
    /// Grows with every change of its extensions.
    pub schemas_rev: i64,
    /// When its identity provider was last heard of; absent: never.
    pub heard: Option<Heard>,
}

/// Hash of a bearer token, as stored.
#[must_use]
pub fn hash_token(token: &str) -> TokenHash {
    Sha256::digest(token.as_bytes()).into()
}

/// A new secret: 256 random bits, so that a plain hash protects it.
pub(crate) fn new_token() -> Result<String> {
    Ok(format!("tg_{}", random_hex::<32>()?))
}

impl Store {
    /// Creates an app. Returns it with its bearer token, which is not stored and never shown again.
    ///
    /// # Errors
    /// [`StoreError::Taken`] where the name is in use.
    pub async fn create_app(&self, name: &str, options: &AppOptions, now_ms: i64) -> Result<(App, String)> {
        let token = new_token()?;
        let hash = hash_token(&token);
        let id = random_hex::<8>()?;
        let (name, options) = (name.to_owned(), serde_json::to_string(options)?);
        let app = self
            .write(move |db| {
                let inserted = db.execute(
                    "INSERT INTO app (id, name, options, created_ms) VALUES (?1, ?2, ?3, ?4)",
                    params![id, name, options, now_ms],
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
                insert_token(db, seq, &hash, now_ms)?;
                get(db, seq)
            })
            .await?;
        Ok((app, token))
    }

    /// Issues a new token. Older ones end at `overlap_until_ms`, so that Okta can be changed over.
    ///
    /// # Errors
    /// A database error.
    pub async fn rotate_token(&self, app: i64, now_ms: i64, overlap_until_ms: i64) -> Result<String> {
        let token = new_token()?;
        let hash = hash_token(&token);
        self.write(move |db| {
            db.execute(
                "UPDATE app_token SET expires_ms = min(coalesce(expires_ms, ?2), ?2) WHERE app = ?1",
                params![app, overlap_until_ms],
            )?;
            insert_token(db, app, &hash, now_ms)
        })
        .await?;
        Ok(token)
    }

    /// Changes what an administrator set for an app.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn set_app_options(&self, app: i64, options: &AppOptions) -> Result<()> {
        let options = serde_json::to_string(options)?;
        self.write(move |db| {
            match db.execute(
                "UPDATE app SET options = ?2 WHERE seq = ?1",
                params![app, options],
            )? {
                0 => Err(StoreError::NotFound),
                _ => Ok(()),
            }
        })
        .await
    }

    /// Notes that the identity provider came with the app's credential.
    ///
    /// # Errors
    /// A database error.
    pub async fn set_heard(&self, app: i64, heard: Heard) -> Result<()> {
        self.write(move |db| {
            db.execute(
                "UPDATE app SET heard_ms = ?2, heard_client = ?3 WHERE seq = ?1",
                params![app, heard.at_ms, heard.client],
            )?;
            Ok(())
        })
        .await
    }

    /// Every app, by name.
    ///
    /// # Errors
    /// A database error.
    pub fn apps(&self) -> Result<Vec<App>> {
        self.read(|db| {
            let mut statement = db.prepare_cached(&format!("{SELECT} ORDER BY name"))?;
            let rows = statement.query_map([], row)?;
            rows.map(|row| row?.try_into()).collect()
        })
    }

    /// One app, with its counters as of now.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub fn app(&self, seq: i64) -> Result<App> {
        self.read(|db| get(db, seq))
    }

    /// All token hashes with their app and end: the server keeps them in memory.
    ///
    /// # Errors
    /// A database error.
    pub fn tokens(&self) -> Result<Vec<(TokenHash, i64, Option<i64>)>> {
        self.read(|db| {
            let mut statement = db.prepare_cached("SELECT hash, app, expires_ms FROM app_token")?;
            let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
    }
}

fn insert_token(db: &Connection, app: i64, hash: &TokenHash, now_ms: i64) -> Result<()> {
    db.execute(
        "INSERT INTO app_token (hash, app, created_ms) VALUES (?1, ?2, ?3)",
        params![hash, app, now_ms],
    )?;
    Ok(())
}

const SELECT: &str = "SELECT seq, id, name, options, active_version, users, groups, schemas_rev, heard_ms, heard_client FROM app";

struct Raw(App, String);

fn row(row: &Row<'_>) -> rusqlite::Result<Raw> {
    let app = App {
        seq: row.get(0)?,
        id: row.get(1)?,
        name: row.get(2)?,
        options: AppOptions::default(),
        active_version: row.get(4)?,
        users: row.get::<_, i64>(5)?.unsigned_abs(),
        groups: row.get::<_, i64>(6)?.unsigned_abs(),
        schemas_rev: row.get(7)?,
        heard: match row.get(8)? {
            None => None,
            Some(at_ms) => Some(Heard {
                at_ms,
                client: row.get(9)?,
            }),
        },
    };
    Ok(Raw(app, row.get(3)?))
}

impl TryFrom<Raw> for App {
    type Error = StoreError;

    fn try_from(Raw(app, options): Raw) -> Result<Self> {
        Ok(Self {
            options: serde_json::from_str(&options)?,
            ..app
        })
    }
}

pub(crate) fn get(db: &Connection, seq: i64) -> Result<App> {
    let mut statement = db.prepare_cached(&format!("{SELECT} WHERE seq = ?1"))?;
    statement
        .query_row([seq], row)
        .optional()?
        .ok_or(StoreError::NotFound)?
        .try_into()
}
