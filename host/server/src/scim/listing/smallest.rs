//! The resources that come first in an order without an index. Keys are sorted, not resources, and
//! only as many are kept as the page and what is before it have.

use std::collections::BinaryHeap;

use tidegate_scim::error::ScimError;
use tidegate_scim::limits::MAX_SORTED;
use tidegate_scim::sort::SortKey;
use tidegate_store::StoreError;

use super::page::{At, Begin};
use super::walk::{Go, Query};
use super::{Source, failed};

/// A resource's place: equal keys are in the order of the kinds, then of creation.
pub(super) type Place = (SortKey, u8, i64);

/// What was found so far.
pub(super) struct Smallest {
    /// Passed over.
    skip: u64,
    limit: u64,
    /// Only what comes after it counts.
    after: Option<Place>,
    places: BinaryHeap<Place>,
    overflow: bool,
    /// How many were visited.
    pub(super) total: u64,
}

impl Smallest {
    /// For a page that begins there; a cursor's place is of a kind, `part`.
    pub(super) fn new(begin: &Begin, part: u8, limit: u64) -> Self {
        let (skip, after) = match begin {
            Begin::Skip(skip) => (*skip, None),
            Begin::After(At::Sorted(key, seq)) => (0, Some((key.clone(), part, *seq))),
            Begin::After(At::Created(_)) => (0, None),
        };
        Self {
            skip,
            limit,
            after,
            places: BinaryHeap::new(),
            overflow: false,
            total: 0,
        }
    }

    /// Visits what matches of one kind.
    pub(super) fn visit<S: Source>(&mut self, query: &Query<'_, S>, part: u8) -> Result<(), ScimError> {
        let Some(sorting) = query.sorting else {
            return Ok(());
        };
        // One more tells whether there is a next page.
        let wanted = self.skip.saturating_add(self.limit).saturating_add(1);
        let visited = query.by_creation(0, |row| {
            self.total += 1;
            let key = query.source.key(query.store, &row, sorting)?;
            Ok::<_, StoreError>(self.take((key, part, S::seq(&row)), wanted))
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

    fn take(&mut self, place: Place, wanted: u64) -> Go {
        if self.after.as_ref().is_some_and(|after| place <= *after) {
            return Go::On;
        }
        let held = self.places.len() as u64;
        if held < wanted {
            if held >= MAX_SORTED {
                self.overflow = true;
                return Go::Stop;
            }
            self.places.push(place);
        } else if let Some(mut largest) = self.places.peek_mut()
            && place < *largest
        {
            *largest = place;
        }
        Go::On
    }

    /// The places of the page, and the last of them if others follow.
    pub(super) fn end(self) -> (Vec<Place>, Option<Place>) {
        let skip = usize::try_from(self.skip).unwrap_or(usize::MAX);
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let mut page: Vec<Place> = self.places.into_sorted_vec().into_iter().skip(skip).collect();
        let more = page.len() > limit;
        page.truncate(limit);
        let next = page.last().filter(|_| more).cloned();
        (page, next)
    }
}
