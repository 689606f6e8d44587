//! Lists over both kinds (RFC 7644 section 3.4.3): in the order of creation the first kind's
//! resources, then the second's; in an order that was asked for, one order over all.

use tidegate_scim::error::ScimError;
use tidegate_scim::filter::Condition;
use tidegate_scim::sort::Sorting;

use super::cursor::Cursor;
use super::page::{self, At, Begin, Page};
use super::walk::Query;
use super::{Listed, Listing, Part, Source, WALKS, blocking, merged};

/// A list request, fitted to both kinds: what only one has, the other has no value of.
pub(super) struct Fitted<'s> {
    pub(super) conditions: Option<[Condition<'s>; 2]>,
    pub(super) sortings: Option<[Sorting<'s>; 2]>,
}

impl Listing {
    /// Finds resources of both kinds.
    pub(in crate::scim) async fn of_both<A: Source, B: Source>(
        self,
        first: A,
        second: B,
    ) -> Result<Listed<B::Row>, ScimError> {
        let _one_of_few = WALKS.acquire().await;
        blocking(move || self.both(&first, &second)).await
    }

    fn both<A: Source, B: Source>(&self, first: &A, second: &B) -> Result<Listed<B::Row>, ScimError> {
        let Fitted { conditions, sortings } = self.fitted(first, second)?;
        let condition = |kind: usize| conditions.as_ref().and_then(|both| both.get(kind));
        let sorting = |kind: usize| sortings.as_ref().and_then(|both| both.get(kind));
        let first = self.query(first, condition(0), sorting(0));
        let second = self.query(second, condition(1), sorting(1));
        match sortings {
            Some(_) => merged::list(self, &first, &second),
            None => self.one_after_the_other(&first, &second),
        }
    }

    fn fitted<'s, A: Source, B: Source>(&self, first: &'s A, second: &'s B) -> Result<Fitted<'s>, ScimError> {
        let (first, second) = (first.resource_type(), second.resource_type());
        let conditions = match &self.params.filter {
            None => None,
            Some(filter) => Some([
                Condition::among(first, second, filter)?,
                Condition::among(second, first, filter)?,
            ]),
        };
        let sortings = match &self.params.sort_by {
            None => None,
            Some(by) => Some([
                Sorting::among(first, second, by, self.params.descending)?,
                Sorting::among(second, first, by, self.params.descending)?,
            ]),
        };
        Ok(Fitted { conditions, sortings })
    }

    fn one_after_the_other<A: Source, B: Source>(
        &self,
        first: &Query<'_, A>,
        second: &Query<'_, B>,
    ) -> Result<Listed<B::Row>, ScimError> {
        let (begin, limit) = (self.begin()?, self.params.limit());
        if begin.part == 1 {
            let Page { rows, total, next } = page::read(second, &begin.at, limit, begin.total)?;
            // Of both kinds, as the first page counted.
            let all = begin.total.unwrap_or(total);
            let next = next.map(|at| Cursor::after(1, at, all));
            return self.listed(self.parts(second.source, rows)?, all, next);
        }
        let Page { rows, total, next } = page::read(first, &begin.at, limit, begin.total)?;
        // Of the first kind none is large.
        let shown = self.shown(first.source, &rows)?;
        let mut parts: Vec<Part<B::Row>> = shown.into_iter().map(Part::Shown).collect();
        if let (Some(_), Some(all)) = (&next, begin.total) {
            let next = next.map(|at| Cursor::after(0, at, all));
            return self.listed(parts, all, next);
        }
        let room = limit.saturating_sub(rows.len() as u64);
        let at = match begin.at {
            Begin::Skip(skip) => Begin::Skip(skip.saturating_sub(total)),
            Begin::After(_) => Begin::Skip(0),
        };
        // Where the page is full, one more tells whether the second kind has a page at all, and the first
        // page counts both.
        let more = page::read(second, &at, room.max(1), begin.total)?;
        let all = begin.total.unwrap_or(total + more.total);
        let next = match (next, more.next) {
            (Some(at), _) => Some(Cursor::after(0, at, all)),
            (None, _) if room == 0 => (limit > 0 && !more.rows.is_empty())
                // Before the second kind's first: numbers begin with 1.
                .then(|| Cursor::after(1, At::Created(0), all)),
            (None, next) => next.map(|at| Cursor::after(1, at, all)),
        };
        if room > 0 {
            parts.extend(self.parts(second.source, more.rows)?);
        }
        self.listed(parts, all, next)
    }
}
