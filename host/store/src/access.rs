//! Who administers over the network: administrators, their sessions, API tokens, the set-up link, and who failed to
//! sign in.
//!
//! Invariants, each with a test that names it:
//! - There is always an administrator with a password who may do everything, once there was one: whoever signs in
//!   elsewhere may be out when that place is.
//! - The set-up link makes the first administrator and nobody else.
//! - Who signs in elsewhere is known by issuer and subject; a name is never taken over from somebody.
//! - No secret is stored: passwords as the caller hashed them, everything else as SHA-256 of 256 random bits.

mod administrators;
mod failures;
mod foreign;
mod sessions;
mod tokens;

use std::fmt;

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::seal::random_hex;

pub use administrators::{Administrator, SetAdministrator};
pub use failures::{Attempt, FailureKey};
pub use foreign::{Foreign, SignedIn};
pub use sessions::Session;
pub use tokens::{NewToken, Token};

/// What somebody may do. Each may do what those before may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Looks.
    Viewer,
    /// Keeps it running: tests, readings, brakes, and which of the versions that are there decides.
    Operator,
    /// Everything.
    Administrator,
}

impl Role {
    /// Its name, as it is stored and written in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Administrator => "administrator",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl ToSql for Role {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.as_str()))
    }
}

impl FromSql for Role {
    /// A role that is not known (a newer program's, or changed by hand) opens nothing.
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let name = value.as_str()?;
        [Self::Viewer, Self::Operator, Self::Administrator]
            .into_iter()
            .find(|role| role.as_str() == name)
            .ok_or(FromSqlError::InvalidType)
    }
}

/// A secret that opens by itself: 256 random bits after a prefix that tells what it is.
///
/// # Errors
/// The operating system gives no random bytes.
pub fn new_secret(prefix: &str) -> Result<String> {
    Ok(format!("{prefix}{}", random_hex::<32>()?))
}
