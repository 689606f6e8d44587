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
    /// It is anonymised already.
    Done,
    /// Nobody asked for it.
    NotAsked,
}

/// What was asked for, or why not.
pub type Fit<T> = std::result::Result<T, Unfit>;

/// What a row says of itself.
struct Known {
    state: String,
    username: Option<String>,
    /// 0 none, 1 to be done, 2 done.
    anonymise: i64,
}

impl Store {
    /// The account in a target of whoever an id, a `userName` or the account's username names, if it may be
    /// anonymised.
    ///
    /// # Errors
    /// A database error.
    pub fn leaver(&self, app: i64, target: i64, name: &str) -> Result<Fit<Leaver>> {
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

    /// Marks the account; the row is due now. What `leaver` found is looked at once more. One that is marked already
    /// and on its way is left as it is.
    ///
    /// # Errors
    /// A database error.
    pub async fn anonymise(&self, target: i64, leaver: Leaver, line: AuditLine) -> Result<Fit<()>> {
        let marked = self.mark(target, leaver, line, 1, "(anonymise = 0 OR parked = 1)");
        Ok(marked.await?.map(drop))
    }

    /// Takes the mark back, as long as it is not done: the row is as the rules want it again.
    ///
    /// # Errors
    /// A database error.
    pub async fn withdraw_anonymising(
        &self,
        target: i64,
        leaver: Leaver,
        line: AuditLine,
    ) -> Result<Fit<()>> {
        let taken_back = self.mark(target, leaver, line, 0, "anonymise = 1").await?;
        Ok(taken_back.and_then(|changed| if changed { Ok(()) } else { Err(Unfit::NotAsked) }))
    }

    /// The rules' reason stays on the row, for when the mark is taken back. True: something changed.
    async fn mark(
        &self,
        target: i64,
        leaver: Leaver,
        line: AuditLine,
        mark: i64,
        condition: &'static str,
    ) -> Result<Fit<bool>> {
        self.write(move |db| {
            if let Err(unfit) = fit(known(db, target, leaver.user)?) {
                return Ok(Err(unfit));
            }
            let changed = db
                .prepare_cached(&format!(
                    "UPDATE account SET anonymise = ?4, held = 0, rev = rev + 1, due_ms = ?3, attempts = 0,
                        error_kind = NULL, error = NULL, parked = 0, changed_ms = ?3
                     WHERE target = ?1 AND user = ?2 AND {condition}"
                ))?
                .execute(params![target, leaver.user, line.at_ms, mark])?;
            if changed > 0 {
                audit::append(db, &line)?;
            }
            Ok(Ok(changed > 0))
        })
        .await
    }
}

fn known(db: &Connection, target: i64, user: i64) -> Result<Option<Known>> {
    let mut statement = db.prepare_cached(
        "SELECT state, json_extract(link, '$.username'), anonymise FROM account WHERE target = ?1 AND user = ?2",
    )?;
    let row = statement.query_row(params![target, user], |row| {
        Ok(Known {
            state: row.get(0)?,
            username: row.get(1)?,
            anonymise: row.get(2)?,
        })
    });
    Ok(row.optional()?)
}

/// The username, of an account that is there and shall not be used.
fn fit(known: Option<Known>) -> Fit<String> {
    let Some(known) = known else {
        return Err(Unfit::NoAccount);
    };
    if known.anonymise == 2 {
        return Err(Unfit::Done);
    }
    match known.state.as_str() {
        "suspended" | "removed" => known.username.ok_or(Unfit::NoAccount),
        "released" => Err(Unfit::Released),
        _ => Err(Unfit::InUse),
    }
}
