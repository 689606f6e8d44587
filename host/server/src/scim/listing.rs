//! Lists: by index where the filter allows it, by page where there is none, by a walk over
//! all where nothing else answers.

use serde_json::Value;
use tidegate_scim::error::ScimError;
use tidegate_scim::filter::{self, Filter, Lookup};
use tidegate_scim::limits::MAX_RESULTS;
use tidegate_scim::query::ListParams;
use tidegate_scim::{ResourceKind, present};
use tidegate_store::{Store, StoreError};

/// Resources in a list where the client does not say. Okta pages in hundreds.
const DEFAULT_COUNT: u64 = 100;

/// Rows read at a time on a walk.
const PORTION: u64 = 500;

/// How one kind of resource is found and shown.
pub(super) trait Source: Clone + Send + 'static {
    /// A stored row.
    type Row: Send;
    /// Which kind.
    const KIND: ResourceKind;
    /// How many there are.
    fn total(&self, store: &Store) -> Result<u64, StoreError>;
    /// By an index.
    fn matching(&self, store: &Store, lookup: &Lookup) -> Result<Vec<Self::Row>, StoreError>;
    /// A page in creation order.
    fn page(&self, store: &Store, offset: u64, limit: u64) -> Result<Vec<Self::Row>, StoreError>;
    /// The next rows after `after`, in creation order.
    fn after(&self, store: &Store, after: i64, limit: u64) -> Result<Vec<Self::Row>, StoreError>;
    /// The row's number.
    fn seq(row: &Self::Row) -> i64;
    /// The whole resource, for filters; with members or groups only where the filter asks.
    fn whole(&self, store: &Store, row: &Self::Row, needs_members: bool) -> Result<Value, StoreError>;
    /// The resource as the client asked to see it.
    fn shown(&self, store: &Store, row: &Self::Row, params: &ListParams) -> Result<Value, StoreError>;
}

/// Answers a list request. What an index finds is found here and now, in microseconds; pages
/// and walks go to a thread that may block.
pub(super) async fn answer<S: Source>(
    store: Store,
    source: S,
    params: ListParams,
) -> Result<Value, ScimError> {
    let by_index = |filter: &Filter| filter::access(S::KIND, filter).lookup.is_some();
    if params.filter.as_ref().is_some_and(by_index) {
        return list(&store, &source, &params);
    }
    let work = move || list(&store, &source, &params);
    let listed = tokio::task::spawn_blocking(work).await;
    listed.map_err(|error| ScimError::internal(error.to_string()))?
}

fn list<S: Source>(store: &Store, source: &S, params: &ListParams) -> Result<Value, ScimError> {
    let failed = |error: StoreError| ScimError::internal(error.to_string());
    if let Some(filter) = &params.filter {
        filter::check(S::KIND, filter)?;
    }
    let (skip, count) = (
        params.start_index - 1,
        params.count.unwrap_or(DEFAULT_COUNT).min(MAX_RESULTS),
    );
    let (total, rows) = match &params.filter {
        None => (
            source.total(store).map_err(failed)?,
            source.page(store, skip, count).map_err(failed)?,
        ),
        Some(filter) => {
            let found = search(store, source, filter, skip, count).map_err(failed)?;
            (found.total, found.page)
        }
    };
    let shown: Result<Vec<Value>, StoreError> =
        rows.iter().map(|row| source.shown(store, row, params)).collect();
    Ok(present::list(shown.map_err(failed)?, total, params.start_index))
}

struct Found<Row> {
    total: u64,
    page: Vec<Row>,
}

impl<Row> Found<Row> {
    /// Counts a hit; keeps it where it is on the page.
    fn hit(&mut self, row: Row, skip: u64, count: u64) {
        if self.total >= skip && (self.page.len() as u64) < count {
            self.page.push(row);
        }
        self.total += 1;
    }
}

fn search<S: Source>(
    store: &Store,
    source: &S,
    filter: &Filter,
    skip: u64,
    count: u64,
) -> Result<Found<S::Row>, StoreError> {
    let access = filter::access(S::KIND, filter);
    let mut found = Found {
        total: 0,
        page: Vec::new(),
    };
    let needs = filter::needs(S::KIND, filter);
    let fits = |row: &S::Row| {
        Ok::<_, StoreError>(filter::matches(
            S::KIND,
            filter,
            &source.whole(store, row, needs)?,
        ))
    };
    if let Some(lookup) = &access.lookup {
        for row in source.matching(store, lookup)? {
            if access.exact || fits(&row)? {
                found.hit(row, skip, count);
            }
        }
        return Ok(found);
    }
    let mut after = 0;
    loop {
        let rows = source.after(store, after, PORTION)?;
        let Some(last) = rows.last() else {
            return Ok(found);
        };
        after = S::seq(last);
        for row in rows {
            if fits(&row)? {
                found.hit(row, skip, count);
            }
        }
    }
}
