//! Over the resources that may match, in the order asked for, a portion at a time.

use tidegate_scim::filter::{Access, Condition};
use tidegate_scim::sort::{Indexed, SortKey, Sorting};
use tidegate_store::find::From;
use tidegate_store::{Store, StoreError};

use super::Source;

/// Rows read at a time: what a walk holds in memory besides its page.
const PORTION: usize = 500;

/// A list request, fitted to one kind.
pub(super) struct Query<'a, S> {
    pub(super) store: &'a Store,
    pub(super) source: &'a S,
    /// Which indexes find what can match.
    pub(super) access: Access,
    pub(super) condition: Option<&'a Condition<'a>>,
    pub(super) sorting: Option<&'a Sorting<'a>>,
}

/// Whether a walk goes on.
pub(super) enum Go {
    On,
    /// The page is full, and what follows need not be counted.
    Stop,
}

impl<S: Source> Query<'_, S> {
    /// The index that has the order asked for.
    pub(super) fn indexed(&self) -> Option<Indexed> {
        self.sorting.and_then(|sorting| sorting.indexed(S::KIND))
    }

    /// The numbers of all rows that some lookup of these finds, in creation order; none: every row
    /// is to be looked at.
    pub(super) fn found(&self) -> Result<Option<Vec<i64>>, StoreError> {
        let Access::Lookups { any, .. } = &self.access else {
            return Ok(None);
        };
        let mut all = Vec::new();
        for lookup in any {
            all.extend(self.source.found(self.store, lookup)?);
        }
        if any.len() > 1 {
            all.sort_unstable();
            all.dedup();
        }
        Ok(Some(all))
    }

    /// Visits what matches, in creation order, after a row number.
    pub(super) fn by_creation(
        &self,
        after: i64,
        mut visit: impl FnMut(S::Row) -> Result<Go, StoreError>,
    ) -> Result<(), StoreError> {
        if let Some(found) = self.found()? {
            let from = found.partition_point(|seq| *seq <= after);
            return self.these(found.get(from..).unwrap_or_default(), &mut visit);
        }
        let mut after = after;
        loop {
            let rows = self.source.after(self.store, after, PORTION as u64)?;
            let Some(last) = rows.last() else {
                return Ok(());
            };
            after = S::seq(last);
            for row in rows {
                if let Go::Stop = self.consider(row, &mut visit)? {
                    return Ok(());
                }
            }
        }
    }

    /// Visits what matches, in the order of an index, after a key.
    pub(super) fn by_index(
        &self,
        by: Indexed,
        after: Option<&SortKey>,
        mut visit: impl FnMut(S::Row) -> Result<Go, StoreError>,
    ) -> Result<(), StoreError> {
        let descending = self.sorting.is_some_and(|sorting| sorting.descending);
        let from = match after.and_then(SortKey::text) {
            Some(key) => From::After(key),
            None => From::Offset(0),
        };
        // Numbers only: one index is read from end to end.
        let seqs = self
            .source
            .ordered(self.store, by, descending, from, i64::MAX.unsigned_abs())?;
        self.these(&seqs, &mut visit)
    }

    fn these(
        &self,
        seqs: &[i64],
        visit: &mut impl FnMut(S::Row) -> Result<Go, StoreError>,
    ) -> Result<(), StoreError> {
        for portion in seqs.chunks(PORTION) {
            for row in self.source.rows(self.store, portion)? {
                if let Go::Stop = self.consider(row, visit)? {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn consider(
        &self,
        row: S::Row,
        visit: &mut impl FnMut(S::Row) -> Result<Go, StoreError>,
    ) -> Result<Go, StoreError> {
        let matches = match self.condition {
            Some(condition) => self.source.matches(self.store, &row, condition)?,
            None => true,
        };
        if matches { visit(row) } else { Ok(Go::On) }
    }
}
