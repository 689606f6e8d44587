//! One order over both kinds.

use std::collections::HashMap;

use tidegate_scim::error::ScimError;

use super::cursor::Cursor;
use super::page::At;
use super::smallest::Smallest;
use super::walk::Query;
use super::{Listed, Listing, Part, Source, failed};

/// A page of it.
pub(super) fn list<A: Source, B: Source>(
    listing: &Listing,
    first: &Query<'_, A>,
    second: &Query<'_, B>,
) -> Result<Listed<B::Row>, ScimError> {
    let begin = listing.begin()?;
    let mut smallest = Smallest::new(&begin.at, begin.part, listing.params.limit());
    smallest.visit(first, 0)?;
    smallest.visit(second, 1)?;
    // Known from the first page on, as on every walk by cursor.
    let total = begin.total.unwrap_or(smallest.total);
    let (places, next) = smallest.end();
    let of = |part: u8| -> Vec<i64> {
        let seqs = places.iter().filter(|(_, of, _)| *of == part);
        seqs.map(|(_, _, seq)| *seq).collect()
    };
    // Of the first kind none is large.
    let mut firsts = by_number(first, &of(0), |rows| listing.shown(first.source, &rows))?;
    let mut seconds = by_number(second, &of(1), |rows| listing.parts(second.source, rows))?;
    let page = places.iter().filter_map(|(_, part, seq)| match part {
        // One that was deleted since is missing: the page is one shorter.
        0 => firsts.remove(seq).map(Part::Shown),
        _ => seconds.remove(seq),
    });
    let page = page.collect();
    let next = next.map(|(key, part, seq)| Cursor::after(part, At::Sorted(key, seq), total));
    listing.listed(page, total, next)
}

/// What the page shows of one kind, by row number.
fn by_number<S: Source, T>(
    query: &Query<'_, S>,
    seqs: &[i64],
    shown: impl FnOnce(Vec<S::Row>) -> Result<Vec<T>, ScimError>,
) -> Result<HashMap<i64, T>, ScimError> {
    let rows = query.source.rows(query.store, seqs).map_err(failed)?;
    let found: Vec<i64> = rows.iter().map(S::seq).collect();
    Ok(found.into_iter().zip(shown(rows)?).collect())
}
