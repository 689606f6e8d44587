//! An order without an index, or one over both kinds. Keys are sorted, not resources, and only as many
//! are kept as the page and what is before it have.

use std::collections::BinaryHeap;

use tidegate_scim::error::ScimError;
use tidegate_scim::limits::MAX_SORTED;
use tidegate_scim::sort::SortKey;

use super::page::{At, Begin, Page};
use super::walk::{Go, Query};
use super::{Source, failed};

/// A resource's place in the order: by key, then by kind, then by creation.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) key: SortKey,
    pub(super) part: u8,
    pub(super) seq: i64,
}

/// A page of places.
pub(super) struct Places {
    pub(super) places: Vec<Place>,
    pub(super) total: u64,
    /// Whether others follow.
    pub(super) more: bool,
}

/// The first places of an order, while they are found.
pub(super) struct Order {
    skip: u64,
    limit: u64,
    after: Option<Place>,
    smallest: BinaryHeap<Place>,
    total: u64,
    overflow: bool,
}

impl Order {
    /// `part` is the kind that a cursor's resource has.
    pub(super) fn new(begin: &Begin, part: u8, limit: u64) -> Self {
        let (skip, after) = match begin {
            Begin::Skip(skip) => (*skip, None),
            Begin::After(At::Sorted(key, seq)) => {
                let (key, seq) = (key.clone(), *seq);
                (0, Some(Place { key, part, seq }))
            }
            Begin::After(At::Created(_)) => (0, None),
        };
        Self {
            skip,
            limit,
            after,
            smallest: BinaryHeap::new(),
            total: 0,
            overflow: false,
        }
    }

    /// Visits everything of one kind that matches.
    pub(super) fn visit<S: Source>(&mut self, query: &Query<'_, S>, part: u8) -> Result<(), ScimError> {
        let Some(sorting) = query.sorting else {
            return Ok(());
        };
        let visited = query.by_creation(0, |row| {
            let place = Place {
                key: query.source.key(query.store, &row, sorting)?,
                part,
                seq: S::seq(&row),
            };
            Ok(self.offer(place))
        });
        visited.map_err(failed)?;
        if self.overflow {
            return Err(ScimError::too_many(format!(
                "More than {MAX_SORTED} resources would have to be sorted for this page: narrow the filter, \
                 or page by cursor."
            )));
        }
        Ok(())
    }

    fn offer(&mut self, place: Place) -> Go {
        self.total += 1;
        if self.after.as_ref().is_some_and(|after| place <= *after) {
            return Go::On;
        }
        let kept = self.smallest.len() as u64;
        if kept < self.skip.saturating_add(self.limit).saturating_add(1) {
            if kept >= MAX_SORTED {
                self.overflow = true;
                return Go::Stop;
            }
            self.smallest.push(place);
        } else if self.smallest.peek().is_some_and(|largest| place < *largest) {
            self.smallest.pop();
            self.smallest.push(place);
        }
        Go::On
    }

    pub(super) fn end(self) -> Places {
        let skip = usize::try_from(self.skip).unwrap_or(usize::MAX);
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let mut places = self.smallest.into_sorted_vec();
        places.drain(..skip.min(places.len()));
        let more = places.len() > limit;
        places.truncate(limit);
        Places {
            places,
            total: self.total,
            more,
        }
    }
}

/// A page of one kind.
pub(super) fn one<S: Source>(
    query: &Query<'_, S>,
    begin: &Begin,
    limit: u64,
) -> Result<Page<S::Row>, ScimError> {
    let mut order = Order::new(begin, 0, limit);
    order.visit(query, 0)?;
    let Places { places, total, more } = order.end();
    let seqs: Vec<i64> = places.iter().map(|place| place.seq).collect();
    let last = places.into_iter().next_back().filter(|_| more);
    Ok(Page {
        // One that was deleted since is missing: the page is one shorter.
        rows: query.source.rows(query.store, &seqs).map_err(failed)?,
        total,
        next: last.map(|place| At::Sorted(place.key, place.seq)),
    })
}
