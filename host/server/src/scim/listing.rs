//! Lists: by index where the filter allows it, by page where there is none, by a walk over
//! all where nothing else answers.

use serde_json::Value;
use tidegate_scim::error::ScimError;
use tidegate_scim::filter::{self, Filter, Lookup};
use tidegate_scim::limits::MAX_RESULTS;
use tidegate_scim::query::ListParams;
use tidegate_scim::sort::{SortKey, Sorting};
use tidegate_scim::{ResourceKind, present};
use tidegate_store::{Store, StoreError};

/// Resources in a list where the client does not say. Okta pages in hundreds.
const DEFAULT_COUNT: u64 = 100;

/// Rows read at a time on a walk: what a walk holds in memory besides its page.
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
    /// By row number.
    fn by_seq(&self, store: &Store, seq: i64) -> Result<Option<Self::Row>, StoreError>;
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
    let indexed = |filter: &Filter| filter::access(S::KIND, filter).lookup.is_some();
    let at_once = params.filter.as_ref().is_some_and(indexed) && params.sort_by.is_none();
    let work = move || {
        let (skip, count) = window(&params);
        let part = part(&store, &source, &params, skip, count)?;
        Ok(present::list(part.shown, part.total, params.start_index))
    };
    if at_once {
        return work();
    }
    let listed = tokio::task::spawn_blocking(work).await;
    listed.map_err(|error| ScimError::internal(error.to_string()))?
}

/// Answers a search over both kinds: the first's resources, then the second's. Blocks.
pub(super) fn both<A: Source, B: Source>(
    store: &Store,
    first: &A,
    second: &B,
    params: &ListParams,
) -> Result<Value, ScimError> {
    let (skip, count) = window(params);
    let known = |kind| {
        params
            .filter
            .as_ref()
            .map_or(Ok(()), |filter| filter::check(kind, filter))
    };
    // Refused where neither kind has the attribute; else the kind that has it answers.
    let (knows_first, knows_second) = (known(A::KIND), known(B::KIND));
    if knows_second.is_err() {
        knows_first.clone()?;
    }
    let mut all = Part::default();
    if knows_first.is_ok() {
        all = part(store, first, params, skip, count)?;
    }
    if knows_second.is_ok() {
        let (skip, count) = (skip.saturating_sub(all.total), count - all.shown.len() as u64);
        let rest = part(store, second, params, skip, count)?;
        all.total += rest.total;
        all.shown.extend(rest.shown);
    }
    Ok(present::list(all.shown, all.total, params.start_index))
}

/// How many to pass over, and how many to show.
fn window(params: &ListParams) -> (u64, u64) {
    (
        params.start_index - 1,
        params.count.unwrap_or(DEFAULT_COUNT).min(MAX_RESULTS),
    )
}

/// What a list shows of one kind.
#[derive(Default)]
struct Part {
    total: u64,
    shown: Vec<Value>,
}

fn part<S: Source>(
    store: &Store,
    source: &S,
    params: &ListParams,
    skip: u64,
    count: u64,
) -> Result<Part, ScimError> {
    if let Some(filter) = &params.filter {
        filter::check(S::KIND, filter)?;
    }
    let sort_by = params.sort_by.as_deref();
    let sorting = sort_by
        .map(|name| Sorting::resolve(S::KIND, name, params.descending))
        .transpose()?;
    let found = match (&sorting, &params.filter) {
        (None, None) => {
            let total = source.total(store).map_err(failed)?;
            Found {
                total,
                page: source.page(store, skip, count).map_err(failed)?,
            }
        }
        (None, Some(filter)) => {
            let mut found = Found {
                total: 0,
                page: Vec::new(),
            };
            let hit = |row, _: Option<&Value>| found.hit(row, skip, count);
            visit(store, source, Some(filter), false, hit).map_err(failed)?;
            found
        }
        (Some(sorting), filter) => {
            sorted(store, source, sorting, filter.as_ref(), skip, count).map_err(failed)?
        }
    };
    let shown: Result<Vec<Value>, StoreError> = found
        .page
        .iter()
        .map(|row| source.shown(store, row, params))
        .collect();
    Ok(Part {
        total: found.total,
        shown: shown.map_err(failed)?,
    })
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

/// Sorts keys, not resources: 100,000 of them fit in a few megabytes. Equal keys keep the
/// order of creation, so that a walk over pages is stable.
fn sorted<S: Source>(
    store: &Store,
    source: &S,
    sorting: &Sorting,
    filter: Option<&Filter>,
    skip: u64,
    count: u64,
) -> Result<Found<S::Row>, StoreError> {
    let mut keys: Vec<(SortKey, i64)> = Vec::new();
    visit(store, source, filter, true, |row, whole| {
        keys.push((sorting.key(whole.unwrap_or(&Value::Null)), S::seq(&row)));
    })?;
    keys.sort();
    let (skip, count) = (
        usize::try_from(skip).unwrap_or(usize::MAX),
        usize::try_from(count).unwrap_or(usize::MAX),
    );
    let mut page = Vec::new();
    for (_, seq) in keys.iter().skip(skip).take(count) {
        // Deleted since: the page is one shorter.
        page.extend(source.by_seq(store, *seq)?);
    }
    Ok(Found {
        total: keys.len() as u64,
        page,
    })
}

/// Every resource that matches, in creation order; with its whole self where that is wanted
/// or was needed to tell.
fn visit<S: Source>(
    store: &Store,
    source: &S,
    filter: Option<&Filter>,
    wants_whole: bool,
    mut visit: impl FnMut(S::Row, Option<&Value>),
) -> Result<(), StoreError> {
    let access = filter.map(|filter| filter::access(S::KIND, filter));
    let needs = filter.is_some_and(|filter| filter::needs(S::KIND, filter));
    let mut consider = |row: S::Row, certain: bool| {
        if certain && !wants_whole {
            visit(row, None);
            return Ok(());
        }
        let whole = source.whole(store, &row, needs)?;
        if certain || filter.is_none_or(|filter| filter::matches(S::KIND, filter, &whole)) {
            visit(row, Some(&whole));
        }
        Ok::<_, StoreError>(())
    };
    if let Some(access) = &access
        && let Some(lookup) = &access.lookup
    {
        return source
            .matching(store, lookup)?
            .into_iter()
            .try_for_each(|row| consider(row, access.exact));
    }
    let mut after = 0;
    loop {
        let rows = source.after(store, after, PORTION)?;
        let Some(last) = rows.last() else {
            return Ok(());
        };
        after = S::seq(last);
        rows.into_iter().try_for_each(|row| consider(row, false))?;
    }
}

fn failed(error: StoreError) -> ScimError {
    ScimError::internal(error.to_string())
}
