//! What was there before: accounts nobody linked, users without an account, and groups that would be taken over.

use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};

use super::drift::written_out;
use super::{FoundSoFar, Phase, get};
use crate::connection::Store;
use crate::error::Result;

/// Examples of each kind.
const EXAMPLES: i64 = 50;

/// What a reading discovered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Discovered {
    /// Everything that was found.
    pub found: FoundSoFar,
    /// Accounts that are linked to a user.
    pub linked: u64,
    /// Accounts that are not.
    pub unlinked: u64,
    /// Some of them.
    pub unlinked_examples: Vec<Unlinked>,
    /// Users without an account there.
    pub without_account: u64,
    /// Some of them, by `userName`.
    pub without_account_examples: Vec<String>,
    /// Groups that are pushed, or will be, and are there.
    pub groups: Vec<SharedGroup>,
}

/// An account that is linked to nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Unlinked {
    /// Username.
    pub username: String,
    /// E-mail address, where the product tells.
    pub email: Option<String>,
    /// Full name.
    pub display_name: Option<String>,
    /// Whether it can be used.
    pub active: bool,
    /// The user directory that holds it, where the product tells.
    pub directory: Option<String>,
    /// Whose it looks like.
    pub link: Option<Link>,
}

/// Whose an account looks like.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Link {
    /// `username` or `email`.
    pub by: String,
    /// The user's `userName`, folded.
    pub user_name: String,
}

/// An account that nobody has, to be offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discovery {
    /// The product's id of it.
    pub remote_id: String,
    /// Username.
    pub username: String,
    /// E-mail address, where the product tells.
    pub email: Option<String>,
    /// Full name.
    pub display_name: Option<String>,
    /// Whether it can be used.
    pub active: bool,
}

/// A group that nobody has, to be offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupFound {
    /// Its name there.
    pub name: String,
}

/// A group that is on both sides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct SharedGroup {
    /// Its name there.
    pub name: String,
    /// Whether it is managed already.
    pub managed: bool,
    /// Members there.
    pub there: u64,
    /// Members wanted.
    pub wanted: u64,
    /// Wanted and not there.
    pub to_add: u64,
    /// There and not wanted: they stay, unless unmanaged members are taken out.
    pub not_wanted: u64,
}

impl Store {
    /// What the last reading discovered; none: there is none that ended.
    ///
    /// # Errors
    /// A database error.
    pub async fn discovered(&self, app: i64, target: i64) -> Result<Option<Discovered>> {
        let Some(survey) = self.survey(target)?.filter(|survey| survey.phase == Phase::Done) else {
            return Ok(None);
        };
        let found = self.found_so_far(target, &survey)?;
        self.scan(move |db| {
            if get(db, target)?.as_ref() != Some(&survey) {
                // Another reading began meanwhile.
                return Ok(None);
            }
            let unlinked = count(db, UNLINKED, app, target)?;
            Ok(Some(Discovered {
                found,
                linked: found.accounts.saturating_sub(unlinked),
                unlinked,
                unlinked_examples: unlinked_examples(db, app, target)?,
                without_account: count(db, WITHOUT_ACCOUNT, app, target)?,
                without_account_examples: names(db, WITHOUT_ACCOUNT, app, target)?,
                groups: groups(db, app, target)?,
            }))
        })
        .await
    }
}

const UNLINKED: &str = "
    SELECT f.username AS name, f.* FROM found_account f
    WHERE f.target = ?2 AND ?1 > 0 AND NOT EXISTS (SELECT 1 FROM account a WHERE FOUND_OF(a)
        AND a.link IS NOT NULL AND a.state <> 'released')";

const WITHOUT_ACCOUNT: &str = "
    SELECT u.user_name AS name FROM scim_user u
    WHERE u.app = ?1 AND NOT EXISTS (SELECT 1 FROM account a WHERE a.target = ?2 AND a.user = u.seq AND a.present > 0)";

fn count(db: &Connection, sql: &str, app: i64, target: i64) -> Result<u64> {
    let sql = format!("SELECT count(*) FROM ({})", written_out(sql));
    let count: i64 = db
        .prepare_cached(&sql)?
        .query_row([app, target], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}

fn names(db: &Connection, sql: &str, app: i64, target: i64) -> Result<Vec<String>> {
    let sql = format!(
        "SELECT name FROM ({}) ORDER BY name LIMIT {EXAMPLES}",
        written_out(sql)
    );
    let mut statement = db.prepare_cached(&sql)?;
    let rows = statement.query_map([app, target], |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn unlinked_examples(db: &Connection, app: i64, target: i64) -> Result<Vec<Unlinked>> {
    let sql = format!(
        "SELECT username, email, display_name, active, directory,
            (SELECT u.user_name FROM scim_user u WHERE u.app = ?1 AND u.user_name = username_key),
            (SELECT u.user_name FROM scim_email e JOIN scim_user u ON u.seq = e.user
                WHERE e.app = ?1 AND e.email = email_key LIMIT 1)
         FROM ({}) ORDER BY name LIMIT {EXAMPLES}",
        written_out(UNLINKED)
    );
    let mut statement = db.prepare_cached(&sql)?;
    let rows = statement.query_map([app, target], |row| {
        let link = |by: &str, user_name: Option<String>| {
            user_name.map(|user_name| Link {
                by: by.to_owned(),
                user_name,
            })
        };
        Ok(Unlinked {
            username: row.get(0)?,
            email: row.get(1)?,
            display_name: row.get(2)?,
            active: row.get(3)?,
            directory: row.get(4)?,
            link: link("username", row.get(5)?).or(link("email", row.get(6)?)),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Groups that both sides have, the largest first. Of one that is not managed yet, what is wanted are the members of
/// the SCIM group of that name.
fn groups(db: &Connection, app: i64, target: i64) -> Result<Vec<SharedGroup>> {
    let mut statement = db.prepare_cached(
        "WITH shared AS (
            SELECT o.name_key, o.name, g.seq AS managed, s.seq AS pushed FROM found_group o
            LEFT JOIN directory_group g ON g.target = o.target AND g.name_key = o.name_key AND g.state = 'present'
            LEFT JOIN scim_group s ON s.app = ?1 AND s.display_name = o.name_key
            WHERE o.target = ?2 AND (g.seq IS NOT NULL OR s.seq IS NOT NULL)),
         wanted AS (
            SELECT h.name_key, coalesce(f.username_key, a.username) AS member FROM shared h
                JOIN membership m ON m.grp = h.managed AND m.wanted = 1
                JOIN account a ON a.target = ?2 AND a.user = m.user
                LEFT JOIN found_account f ON f.target = ?2 AND f.remote_id = json_extract(a.link, '$.remote-id')
            UNION
            SELECT h.name_key, coalesce(a.username, u.user_name) FROM shared h
                JOIN scim_member m ON m.grp = h.pushed JOIN scim_user u ON u.seq = m.user
                LEFT JOIN account a ON a.target = ?2 AND a.user = u.seq
            WHERE h.managed IS NULL)
         SELECT h.name, h.managed IS NOT NULL,
            (SELECT count(*) FROM found_member n WHERE n.target = ?2 AND n.grp = h.name_key) AS there,
            (SELECT count(*) FROM wanted w WHERE w.name_key = h.name_key),
            (SELECT count(*) FROM wanted w WHERE w.name_key = h.name_key AND NOT EXISTS (
                SELECT 1 FROM found_member n
                WHERE n.target = ?2 AND n.grp = h.name_key AND n.username_key = w.member))
         FROM shared h ORDER BY there DESC, h.name LIMIT ?3",
    )?;
    let rows = statement.query_map(params![app, target, EXAMPLES], |row| {
        let number = |column| Ok::<_, rusqlite::Error>(row.get::<_, i64>(column)?.unsigned_abs());
        let (there, wanted, to_add) = (number(2)?, number(3)?, number(4)?);
        Ok(SharedGroup {
            name: row.get(0)?,
            managed: row.get(1)?,
            there,
            wanted,
            to_add,
            not_wanted: there.saturating_sub(wanted - to_add),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
