//! What can go wrong in the store, as far as a caller branches on it.

use std::borrow::Cow;

use thiserror::Error;

/// Shorthand.
pub type Result<T> = std::result::Result<T, StoreError>;

/// A store error. `Busy` and `Sqlite` are ours to mend; the rest are answers.
#[derive(Debug, Error)]
pub enum StoreError {
    /// A unique value is taken within the app.
    #[error("{attribute} {value:?} is already in use")]
    Taken {
        /// SCIM attribute name.
        attribute: Cow<'static, str>,
        /// The value that collided.
        value: String,
    },
    /// Stored resources do not keep to a schema that is to be registered.
    #[error("{count} stored resources do not keep to the schema: {}", examples.join("; "))]
    Unfit {
        /// How many.
        count: u64,
        /// Some of them, with the reason.
        examples: Vec<String>,
    },
    /// Two SCIM users map to one username in a directory.
    #[error("username {username:?} in target {target:?} already belongs to another user")]
    UsernameTaken {
        /// The mapped username.
        username: String,
        /// The target's name.
        target: String,
    },
    /// The name is on the protected list, which binds every policy.
    #[error("the {kind} {name:?} is protected")]
    Protected {
        /// `account` or `group`.
        kind: &'static str,
        /// The name.
        name: String,
    },
    /// The row changed since it was read; read again and decide again.
    #[error("the resource was changed by another request")]
    Stale,
    /// No such row.
    #[error("not found")]
    NotFound,
    /// A plan step that desired state cannot hold.
    #[error("{0}")]
    Step(String),
    /// A secret could not be opened: wrong key, or the data was changed.
    #[error("a stored secret cannot be opened with this key")]
    Sealed,
    /// The database is newer than this program.
    #[error("the database has schema version {found}, this program knows {known}: use a newer tidegate")]
    TooNew {
        /// Version found.
        found: i64,
        /// Newest version known.
        known: i64,
    },
    /// The writer has stopped: the process is ending.
    #[error("the store is closing")]
    Closed,
    /// SQLite's own error.
    #[error("database error: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// A stored JSON column does not read back.
    #[error("stored JSON is damaged: {0}")]
    Json(#[from] serde_json::Error),
    /// The data directory cannot be used.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: String,
        /// The reason.
        source: std::io::Error,
    },
}

impl StoreError {
    /// Whether SQLite refused a row because a unique index has the value already.
    pub(crate) fn is_unique_violation(error: &rusqlite::Error) -> bool {
        matches!(error, rusqlite::Error::SqliteFailure(e, _)
            if e.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_UNIQUE
                || e.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_PRIMARYKEY)
    }
}
