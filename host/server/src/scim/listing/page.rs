//! One page of a list.

use serde::{Deserialize, Serialize};
use tidegate_scim::error::ScimError;
use tidegate_scim::filter::Access;
use tidegate_scim::sort::{Indexed, SortKey, Sorting};
use tidegate_store::StoreError;
use tidegate_store::find::From;

use super::walk::{Go, Query};
use super::{Source, failed, sorted};

/// A resource's place in a list: what follows it is what comes after it in the order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum At {
    /// In the order of creation.
    Created(i64),
    /// In an order asked for; equal keys are in the order of creation.
    Sorted(SortKey, i64),
}

/// Where a page begins.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Begin {
    /// This many are passed over.
    Skip(u64),
    /// After this resource.
    After(At),
}

/// A page.
pub(super) struct Page<Row> {
    pub(super) rows: Vec<Row>,
    /// How many match on all pages.
    pub(super) total: u64,
    /// The last resource, if others follow.
    pub(super) next: Option<At>,
}

/// Reads a page. `total` is what an earlier page of the same walk counted: then the walk ends with
/// the page.
pub(super) fn read<S: Source>(
    query: &Query<'_, S>,
    begin: &Begin,
    limit: u64,
    total: Option<u64>,
) -> Result<Page<S::Row>, ScimError> {
    let read = match (query.sorting, query.indexed()) {
        (None, _) => created(query, begin, limit, total),
        (Some(sorting), Some(by)) if matches!(query.access, Access::Everything) => {
            in_index(query, sorting, by, begin, limit, total)
        }
        (Some(_), _) => return sorted::one(query, begin, limit),
    };
    read.map_err(failed)
}

/// In the order of creation.
fn created<S: Source>(
    query: &Query<'_, S>,
    begin: &Begin,
    limit: u64,
    total: Option<u64>,
) -> Result<Page<S::Row>, StoreError> {
    let (skip, after) = match begin {
        Begin::Skip(skip) => (*skip, 0),
        Begin::After(At::Created(seq) | At::Sorted(_, seq)) => (0, *seq),
    };
    let at = |row: &S::Row| Ok(At::Created(S::seq(row)));
    if query.condition.is_none() {
        let rows = match begin {
            Begin::Skip(skip) => query.source.page(query.store, *skip, limit.saturating_add(1))?,
            Begin::After(_) => query.source.after(query.store, after, limit.saturating_add(1))?,
        };
        let total = total.map_or_else(|| query.source.total(query.store), Ok)?;
        return cut(rows, limit, total, at);
    }
    if let Access::Lookups { exact: true, .. } = &query.access {
        let found = query.found()?.unwrap_or_default();
        let from = match begin {
            Begin::Skip(skip) => usize::try_from(*skip).unwrap_or(usize::MAX),
            Begin::After(_) => found.partition_point(|seq| *seq <= after),
        };
        let to = from
            .saturating_add(usize::try_from(limit).unwrap_or(usize::MAX))
            .saturating_add(1);
        let part = found.get(from..to.min(found.len())).unwrap_or_default();
        let rows = query.source.rows(query.store, part)?;
        return cut(rows, limit, found.len() as u64, at);
    }
    let mut collected = Collected::new(skip, limit, total);
    query.by_creation(after, |row| Ok(collected.take(row)))?;
    let (rows, total) = collected.end();
    cut(rows, limit, total, at)
}

/// In the order of an index.
fn in_index<S: Source>(
    query: &Query<'_, S>,
    sorting: &Sorting<'_>,
    by: Indexed,
    begin: &Begin,
    limit: u64,
    total: Option<u64>,
) -> Result<Page<S::Row>, StoreError> {
    let (skip, after) = match begin {
        Begin::Skip(skip) => (*skip, None),
        Begin::After(At::Sorted(key, _)) => (0, Some(key)),
        Begin::After(At::Created(_)) => (0, None),
    };
    let at = |row: &S::Row| {
        Ok(At::Sorted(
            query.source.key(query.store, row, sorting)?,
            S::seq(row),
        ))
    };
    if query.condition.is_none() {
        let total = total.map_or_else(|| query.source.total(query.store), Ok)?;
        let limit_and_one = limit.saturating_add(1);
        let seqs = match after.and_then(SortKey::text) {
            Some(key) => {
                let from = From::After(key);
                query
                    .source
                    .ordered(query.store, by, sorting.descending, from, limit_and_one)?
            }
            None => by_offset(query, sorting, by, skip, limit_and_one, total)?,
        };
        return cut(query.source.rows(query.store, &seqs)?, limit, total, at);
    }
    let mut collected = Collected::new(skip, limit, total);
    query.by_index(by, after, |row| Ok(collected.take(row)))?;
    let (rows, total) = collected.end();
    cut(rows, limit, total, at)
}

/// Row numbers of a page in the order of an index: from the nearer end, since what is before a page
/// is passed over one by one.
fn by_offset<S: Source>(
    query: &Query<'_, S>,
    sorting: &Sorting<'_>,
    by: Indexed,
    skip: u64,
    limit: u64,
    total: u64,
) -> Result<Vec<i64>, StoreError> {
    let count = total.saturating_sub(skip).min(limit);
    let behind = total.saturating_sub(skip).saturating_sub(count);
    if skip <= behind || count == 0 {
        return query
            .source
            .ordered(query.store, by, sorting.descending, From::Offset(skip), limit);
    }
    let from_the_end = From::Offset(behind);
    let mut seqs = query
        .source
        .ordered(query.store, by, !sorting.descending, from_the_end, count)?;
    seqs.reverse();
    Ok(seqs)
}

/// What a walk has found so far.
struct Collected<Row> {
    skip: u64,
    /// One more than the page has: it tells whether there is a next page.
    wanted: u64,
    /// Known already: the walk ends with the page.
    total: Option<u64>,
    matched: u64,
    rows: Vec<Row>,
}

impl<Row> Collected<Row> {
    fn new(skip: u64, limit: u64, total: Option<u64>) -> Self {
        Self {
            skip,
            wanted: limit.saturating_add(1),
            total,
            matched: 0,
            rows: Vec::new(),
        }
    }

    fn take(&mut self, row: Row) -> Go {
        if self.matched >= self.skip && (self.rows.len() as u64) < self.wanted {
            self.rows.push(row);
        }
        self.matched += 1;
        match self.total.is_some() && self.rows.len() as u64 >= self.wanted {
            true => Go::Stop,
            false => Go::On,
        }
    }

    fn end(self) -> (Vec<Row>, u64) {
        (self.rows, self.total.unwrap_or(self.matched))
    }
}

/// The page, out of rows that may be one more than it has.
fn cut<Row>(
    mut rows: Vec<Row>,
    limit: u64,
    total: u64,
    at: impl Fn(&Row) -> Result<At, StoreError>,
) -> Result<Page<Row>, StoreError> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = match (more, rows.last()) {
        (true, Some(last)) => Some(at(last)?),
        _ => None,
    };
    Ok(Page { rows, total, next })
}
