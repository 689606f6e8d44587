//! An administrator's wish that an account loses its name for good.
//!
//! It is a mark on the row of desired state, so that it survives restarts and is tried again like everything else.
//! Rules do not take it back while they want the account shut out; that it is to be used again does.

use rusqlite::{Connection, OptionalExtension, params};

use crate::audit::{self, AuditLine};
use crate::connection::Store;
use crate::error::Result;
use crate::why;

/// The account that is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaver {
    /// The row's user.
    pub user: i64,
    /// The SCIM id; absent: the user is deleted.
    pub id: Option<String>,
    /// The username in the product.
    pub username: String,
}

/// Why an account is not anonymised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// Nobody is called that.
    Nobody,
    /// More than one user is.
    Several,
    /// That user has no account there that is known.
    NoAccount,
    /// It is to be used.
    InUse,
    /// It is not looked after any longer.
    Released,
}

/// What a row says of itself.
struct Known {
    state: String,
    username: Option<String>,
}

impl Store {
    /// The account in a target of whoever an id, a `userName` or the account's username names, if it may be
    /// anonymised.
    ///
    /// # Errors
    /// A database error.
    pub fn leaver(&self, app: i64, target: i64, name: &str) -> Result<std::result::Result<Leaver, Unfit>> {
        self.read(|db| {
            let (user, id) = match why::named(db, app, name)?.as_slice() {
                [] => return Ok(Err(Unfit::Nobody)),
                [(user, id, _)] => (*user, id.clone()),
                _ => return Ok(Err(Unfit::Several)),
            };
            let known = known(db, target, user)?;
            Ok(fit(known).map(|username| Leaver { user, id, username }))
        })
    }

    /// Marks the account; the row is due now. What `leaver` found is looked at once more.
    ///
    /// # Errors
    /// A database error.
    pub async fn anonymise(
        &self,
        target: i64,
        leaver: Leaver,
        line: AuditLine,
    ) -> Result<std::result::Result<(), Unfit>> {
        self.write(move |db| {
            if let Err(unfit) = fit(known(db, target, leaver.user)?) {
                return Ok(Err(unfit));
            }
            db.prepare_cached(
                "UPDATE account SET anonymise = 1, held = 0, rev = rev + 1, due_ms = ?3, attempts = 0, error_kind = NULL,
                    error = NULL, parked = 0, reason = ?4, request = ?5, policy = NULL, changed_ms = ?3
                 WHERE target = ?1 AND user = ?2",
            )?
            .execute(params![
                target,
                leaver.user,
                line.at_ms,
                "an administrator wants it anonymised",
                line.request
            ])?;
            audit::append(db, &line)?;
            Ok(Ok(()))
        })
        .await
    }
}

fn known(db: &Connection, target: i64, user: i64) -> Result<Option<Known>> {
    let mut statement = db.prepare_cached(
        "SELECT state, json_extract(link, '$.username') FROM account WHERE target = ?1 AND user = ?2",
    )?;
    let row = statement.query_row(params![target, user], |row| {
        Ok(Known {
            state: row.get(0)?,
            username: row.get(1)?,
        })
    });
    Ok(row.optional()?)
}

/// The username, of an account that is there and shall not be used.
fn fit(known: Option<Known>) -> std::result::Result<String, Unfit> {
    let Some(known) = known else {
        return Err(Unfit::NoAccount);
    };
    match known.state.as_str() {
        "suspended" | "removed" => known.username.ok_or(Unfit::NoAccount),
        "released" => Err(Unfit::Released),
        _ => Err(Unfit::InUse),
    }
}
