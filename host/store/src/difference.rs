//! What changed of one target's desired state between a copy and what it was copied from.
//!
//! Counts are exact; names are examples. Rows are looked at one by one: the memory that it takes
//! does not grow with the number of users.

mod accounts;
mod groups;
mod members;

use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use crate::copy::Copy;
use crate::error::Result;

/// Examples of one kind of change.
const EXAMPLES: usize = 5;

/// Groups listed by how many members come and go.
const MOST_AFFECTED: usize = 10;

/// What would change in one target.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Difference {
    /// Accounts.
    pub accounts: AccountChanges,
    /// Groups.
    pub groups: GroupChanges,
    /// Memberships.
    pub memberships: MembershipChanges,
    /// Users who lose something: suspended, removed, or out of a group.
    pub losing_access: u64,
    /// The groups with the most members who come and go.
    pub most_affected: Vec<AffectedGroup>,
    /// Some of everything.
    pub examples: Vec<Example>,
}

impl Difference {
    /// Whether anything would change.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.accounts == AccountChanges::default()
            && self.groups == GroupChanges::default()
            && self.memberships == MembershipChanges::default()
    }

    fn example(&mut self, change: &str, name: impl FnOnce() -> String) {
        if self
            .examples
            .iter()
            .filter(|known| known.change == change)
            .count()
            < EXAMPLES
        {
            self.examples.push(Example {
                change: change.to_owned(),
                name: name(),
            });
        }
    }
}

/// Accounts that change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct AccountChanges {
    /// Wanted, and were not.
    pub created: u64,
    /// Another username.
    pub renamed: u64,
    /// Other attributes.
    pub changed: u64,
    /// Shut out.
    pub suspended: u64,
    /// Usable again.
    pub restored: u64,
    /// Taken away.
    pub removed: u64,
    /// Left as they are, no longer looked after.
    pub released: u64,
}

/// Groups that change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct GroupChanges {
    /// Wanted, and were not.
    pub created: u64,
    /// Taken away.
    pub removed: u64,
    /// Left as they are, no longer looked after.
    pub released: u64,
}

/// Memberships that change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct MembershipChanges {
    /// Users who come into groups.
    pub added: u64,
    /// Users who leave groups.
    pub removed: u64,
}

/// A group whose members change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct AffectedGroup {
    /// Its name.
    pub group: String,
    /// Users who come.
    pub added: u64,
    /// Users who leave.
    pub removed: u64,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = DifferenceExample)]
pub struct Example {
    /// Which kind, such as `account suspended`.
    pub change: String,
    /// Of whom or what.
    pub name: String,
}

impl Copy {
    /// What changed of a target since the copy was made.
    ///
    /// # Errors
    /// A database error.
    pub async fn difference(&self, target: i64) -> Result<Difference> {
        let before = self.before.display().to_string();
        self.store
            .scan(move |db| {
                db.execute("ATTACH ?1 AS before", [&before])?;
                let compared = compare(db, target);
                // The connection goes back to the pool.
                db.execute("DETACH before", [])?;
                compared
            })
            .await
    }
}

fn compare(db: &Connection, target: i64) -> Result<Difference> {
    let mut difference = Difference::default();
    accounts::compare(db, target, &mut difference)?;
    groups::compare(db, target, &mut difference)?;
    members::compare(db, target, &mut difference)?;
    difference.losing_access = losing_access(db, target)?;
    Ok(difference)
}

/// Each user once, whatever is lost.
fn losing_access(db: &Connection, target: i64) -> Result<u64> {
    let mut statement = db.prepare(&format!(
        "SELECT count(*) FROM (
            SELECT a.user FROM main.account a JOIN before.account b ON b.target = a.target AND b.user = a.user
                WHERE a.target = ?1 AND a.rev <> b.rev AND a.state IN ('suspended', 'removed')
                    AND b.state IN ('ensured', 'active')
            UNION SELECT user FROM ({}) WHERE NOT wanted)",
        members::CHANGED
    ))?;
    let count: i64 = statement.query_row([target], |row| row.get(0))?;
    Ok(count.unsigned_abs())
}
