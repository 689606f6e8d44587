//! Lists over users and groups at once (RFC 7644 section 3.4.2.1).

use std::collections::HashMap;

use tidegate_scim::error::ScimError;
use tidegate_scim::filter::Condition;
use tidegate_scim::sort::Sorting;

use super::cursor::{Cursor, Position};
use super::page::{self, At, Begin, Page};
use super::sorted::{Order, Places};
use super::walk::Query;
use super::{Item, Listed, Listing, Source, failed};

/// A page over both kinds. What one kind does not have has no value there; what neither has is an error.
pub(super) fn find<A: Source, B: Source>(
    listing: &Listing,
    first: &A,
    second: &B,
) -> Result<Listed<B::Row>, ScimError> {
    let begin = listing.begin()?;
    let (one, other) = (first.resource_type(), second.resource_type());
    let params = &listing.params;
    let filter = params.filter.as_ref();
    let condition = |here, there| {
        filter
            .map(|filter| Condition::among(here, &[there], filter))
            .transpose()
    };
    let sort_by = params.sort_by.as_deref();
    let sorting = |here, there| {
        let order = sort_by.map(|name| Sorting::among(here, &[there], name, params.descending));
        order.transpose()
    };
    let conditions = (condition(one, other)?, condition(other, one)?);
    let orders = (sorting(one, other)?, sorting(other, one)?);
    let pair = Pair {
        listing,
        first: listing.query(first, conditions.0.as_ref(), orders.0.as_ref()),
        second: listing.query(second, conditions.1.as_ref(), orders.1.as_ref()),
    };
    match sort_by {
        None => pair.one_after_the_other(&begin),
        Some(_) => pair.in_one_order(&begin),
    }
}

/// One question, fitted to both kinds.
struct Pair<'a, A, B> {
    listing: &'a Listing,
    first: Query<'a, A>,
    second: Query<'a, B>,
}

impl<A: Source, B: Source> Pair<'_, A, B> {
    fn one_after_the_other(&self, begin: &Position) -> Result<Listed<B::Row>, ScimError> {
        let limit = self.listing.params.limit();
        let (mut items, mut total, mut at) = (Vec::new(), 0, begin.at.clone());
        if begin.part == 0 {
            let Page {
                rows,
                total: found,
                next,
            } = page::read(&self.first, &at, limit, None)?;
            items = self.shown(&rows)?;
            total = found;
            if let Some(next) = next {
                let all = match begin.total {
                    Some(all) => all,
                    None => total + page::read(&self.second, &Begin::Skip(0), 0, None)?.total,
                };
                return self.listing.listed(items, all, Some(Cursor::after(0, next, all)));
            }
            at = match at {
                Begin::Skip(skip) => Begin::Skip(skip.saturating_sub(total)),
                Begin::After(_) => Begin::Skip(0),
            };
        }
        let room = limit.saturating_sub(items.len() as u64);
        let Page {
            rows,
            total: found,
            next,
        } = page::read(&self.second, &at, room, None)?;
        let all = begin.total.unwrap_or(total + found);
        let next = match next {
            // The first kind filled the page to the brim: the second begins with the next one.
            None if room == 0 && limit > 0 && found > 0 => Some(At::Created(0)),
            next => next,
        };
        let source = self.second.source;
        let is_large = source.is_large(&rows, &self.listing.params.projection);
        items.extend(self.listing.items(source, rows, is_large)?);
        self.listing
            .listed(items, all, next.map(|at| Cursor::after(1, at, all)))
    }

    fn in_one_order(&self, begin: &Position) -> Result<Listed<B::Row>, ScimError> {
        let mut order = Order::new(&begin.at, begin.part, self.listing.params.limit());
        order.visit(&self.first, 0)?;
        order.visit(&self.second, 1)?;
        let Places { places, total, more } = order.end();
        let seqs = |part: u8| -> Vec<i64> {
            let of = places.iter().filter(|place| place.part == part);
            of.map(|place| place.seq).collect()
        };
        let firsts = self
            .first
            .source
            .rows(self.first.store, &seqs(0))
            .map_err(failed)?;
        let seconds = self
            .second
            .source
            .rows(self.second.store, &seqs(1))
            .map_err(failed)?;
        let is_large = self
            .second
            .source
            .is_large(&seconds, &self.listing.params.projection);
        let seconds_by_seq: Vec<i64> = seconds.iter().map(B::seq).collect();
        let firsts_by_seq: Vec<i64> = firsts.iter().map(A::seq).collect();
        let mut found: HashMap<(u8, i64), Item<B::Row>> = HashMap::new();
        found.extend(
            firsts_by_seq
                .into_iter()
                .map(|seq| (0, seq))
                .zip(self.shown(&firsts)?),
        );
        let seconds = self.listing.items(self.second.source, seconds, is_large)?;
        found.extend(seconds_by_seq.into_iter().map(|seq| (1, seq)).zip(seconds));
        // One that was deleted since is missing: the page is one shorter.
        let items = places
            .iter()
            .filter_map(|place| found.remove(&(place.part, place.seq)));
        let items = items.collect();
        let last = places.last().filter(|_| more);
        let next =
            last.map(|place| Cursor::after(place.part, At::Sorted(place.key.clone(), place.seq), total));
        self.listing.listed(items, total, next)
    }

    fn shown(&self, rows: &[A::Row]) -> Result<Vec<Item<B::Row>>, ScimError> {
        let shown = self.listing.shown(self.first.source, rows)?;
        Ok(shown.into_iter().map(Item::Shown).collect())
    }
}
