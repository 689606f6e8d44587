//! Which rows an index finds, as row numbers in the order of creation. Eight bytes each: also what
//! finds a hundred thousand fits in memory, and documents are read a portion at a time.

use std::ops::Bound;

use rusqlite::{Connection, ToSql, params_from_iter};
use tidegate_scim::ResourceKind;
use tidegate_scim::filter::{Lookup, Range};
use tidegate_scim::sort::Indexed;

use crate::connection::Store;
use crate::error::Result;
use crate::users::clamp;

/// Where a page in the order of an index begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum From<'a> {
    /// This many are passed over.
    Offset(u64),
    /// After this key.
    After(&'a str),
}

impl Store {
    /// The row numbers that a lookup finds, in ascending order.
    ///
    /// # Errors
    /// A database error.
    pub fn found(&self, app: i64, kind: ResourceKind, lookup: &Lookup) -> Result<Vec<i64>> {
        self.read(|db| found(db, app, kind, lookup))
    }

    /// Row numbers in the order of an index.
    ///
    /// # Errors
    /// A database error.
    pub fn ordered(
        &self,
        app: i64,
        by: Indexed,
        descending: bool,
        from: From<'_>,
        limit: u64,
    ) -> Result<Vec<i64>> {
        let (table, column) = match by {
            Indexed::UserName => ("scim_user", "user_name"),
            Indexed::DisplayName => ("scim_group", "display_name"),
        };
        let (order, beyond) = if descending { ("DESC", "<") } else { ("ASC", ">") };
        let limit = clamp(limit);
        let tail = format!("ORDER BY {column} {order} LIMIT ?2");
        self.read(|db| match &from {
            From::Offset(offset) => seqs(
                db,
                &format!("SELECT seq FROM {table} WHERE app = ?1 {tail} OFFSET ?3"),
                &[&app, &limit, &clamp(*offset)],
            ),
            From::After(key) => seqs(
                db,
                &format!("SELECT seq FROM {table} WHERE app = ?1 AND {column} {beyond} ?3 {tail}"),
                &[&app, &limit, key],
            ),
        })
    }
}

fn found(db: &Connection, app: i64, kind: ResourceKind, lookup: &Lookup) -> Result<Vec<i64>> {
    let table = table(kind);
    let equal = |column: &str, value: &dyn ToSql| {
        let sql = format!("SELECT seq FROM {table} WHERE app = ?1 AND {column} = ?2 ORDER BY seq");
        seqs(db, &sql, &[&app, value])
    };
    match (lookup, kind) {
        (Lookup::Id(id), _) => equal("id", id),
        (Lookup::ExternalId(id), _) => equal("external_id", id),
        (Lookup::DisplayName(name), _) => equal("display_name", name),
        (Lookup::UserName(name), ResourceKind::User) => equal("user_name", name),
        (Lookup::Email(email), ResourceKind::User) => seqs(
            db,
            "SELECT user FROM scim_email WHERE app = ?1 AND email = ?2 ORDER BY user",
            &[&app, email],
        ),
        (Lookup::Unique { attribute, value }, _) => seqs(
            db,
            "SELECT resource FROM scim_unique WHERE app = ?1 AND kind = ?2 AND attribute = ?3 AND value = ?4",
            &[&app, &kind_number(kind), attribute, value],
        ),
        (Lookup::Related(id), ResourceKind::User) => seqs(
            db,
            "SELECT m.user FROM scim_group g JOIN scim_member m ON m.grp = g.seq
             WHERE g.app = ?1 AND g.id = ?2 ORDER BY m.user",
            &[&app, id],
        ),
        (Lookup::Related(id), ResourceKind::Group) => seqs(
            db,
            "SELECT m.grp FROM scim_user u JOIN scim_member m ON m.user = u.seq
             WHERE u.app = ?1 AND u.id = ?2 ORDER BY m.grp",
            &[&app, id],
        ),
        (Lookup::Inactive, ResourceKind::User) => seqs(
            db,
            "SELECT seq FROM scim_user WHERE app = ?1 AND active = 0 ORDER BY seq",
            &[&app],
        ),
        (Lookup::UserNames(range), ResourceKind::User) => between(db, app, table, "user_name", range),
        (Lookup::DisplayNames(range), _) => between(db, app, table, "display_name", range),
        (Lookup::Modified(range), _) => between(db, app, table, "modified_ms", range),
        // Groups have no userName, no e-mail and are never inactive.
        (
            Lookup::UserName(_) | Lookup::UserNames(_) | Lookup::Email(_) | Lookup::Inactive,
            ResourceKind::Group,
        ) => Ok(Vec::new()),
    }
}

/// What lies between two values of an index. The order of the index is not that of creation.
fn between<T: ToSql>(
    db: &Connection,
    app: i64,
    table: &str,
    column: &str,
    range: &Range<T>,
) -> Result<Vec<i64>> {
    let mut sql = format!("SELECT seq FROM {table} WHERE app = ?1");
    let mut values: Vec<&dyn ToSql> = vec![&app];
    for (bound, included, excluded) in [(&range.from, ">=", ">"), (&range.to, "<=", "<")] {
        let (operator, value) = match bound {
            Bound::Included(value) => (included, value),
            Bound::Excluded(value) => (excluded, value),
            Bound::Unbounded => continue,
        };
        values.push(value);
        sql.push_str(&format!(" AND {column} {operator} ?{}", values.len()));
    }
    let mut found = seqs(db, &sql, &values)?;
    found.sort_unstable();
    Ok(found)
}

fn seqs(db: &Connection, sql: &str, values: &[&dyn ToSql]) -> Result<Vec<i64>> {
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map(params_from_iter(values), |row| row.get(0))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

pub(crate) fn table(kind: ResourceKind) -> &'static str {
    match kind {
        ResourceKind::User => "scim_user",
        ResourceKind::Group => "scim_group",
    }
}

/// How tables that hold both kinds tell them apart.
pub(crate) fn kind_number(kind: ResourceKind) -> i64 {
    match kind {
        ResourceKind::User => 0,
        ResourceKind::Group => 1,
    }
}
