//! Lists: by index where the filter or the order has one, by a walk over all where nothing else
//! answers. By `startIndex` (RFC 7644 section 3.4.2.4) or by cursor (RFC 9865).

mod cursor;
mod page;
mod source;
mod walk;

use std::sync::LazyLock;

use serde_json::{Map, Value};
use tidegate_scim::error::ScimError;
use tidegate_scim::filter::{Access, Condition, Lookup};
use tidegate_scim::present;
use tidegate_scim::query::ListParams;
use tidegate_scim::sort::Sorting;
use tidegate_store::{Store, StoreError};
use tokio::sync::Semaphore;

use cursor::Cursor;
use page::{Begin, Page};
pub(super) use source::Source;

use super::call::Call;
use crate::clock::now_ms;

/// What a list is made of, whichever kinds it has.
pub(super) struct Listing {
    store: Store,
    params: ListParams,
    app: i64,
    endpoint: &'static str,
}

impl Listing {
    /// `endpoint` tells the lists of an app apart.
    pub(super) fn new(call: &Call, endpoint: &'static str, params: ListParams) -> Self {
        Self {
            store: call.store().clone(),
            params,
            app: call.app.seq,
            endpoint,
        }
    }

    /// What cursors of this list are sealed for: the app, the endpoint and the query.
    fn place(&self) -> String {
        format!("cursor:{}:{}:{}", self.app, self.endpoint, self.params.identity())
    }

    /// Finds resources of one kind. What an index finds is found here and now, in microseconds; pages
    /// and walks go to a thread that may block.
    pub(super) async fn of<S: Source>(self, source: S) -> Result<Listed<S::Row>, ScimError> {
        let mut walks = self.params.sort_by.is_some();
        if let Some(filter) = &self.params.filter {
            let condition = Condition::new(source.resource_type(), filter)?;
            let access = condition.access(S::KIND);
            if self.params.sort_by.is_none() && finds_few(&access) {
                let begin = self.begin()?;
                let query = self.query(&source, Some(&condition), None);
                let page = page::read(&query, &begin.at, self.params.limit(), begin.total)?;
                return self.one(&source, page);
            }
            walks |= !matches!(access, Access::Lookups { exact: true, .. });
        }
        let work = move || {
            let begin = self.begin()?;
            let page = self.page(&source, &begin.at, begin.total)?;
            self.one(&source, page)
        };
        if walks {
            let _one_of_few = WALKS.acquire().await;
            return blocking(work).await;
        }
        blocking(work).await
    }

    /// Finds resources of both kinds: the first's, then the second's.
    pub(super) async fn of_both<A: Source, B: Source>(
        self,
        first: A,
        second: B,
    ) -> Result<Listed<B::Row>, ScimError> {
        let _one_of_few = WALKS.acquire().await;
        blocking(move || self.both(&first, &second)).await
    }

    fn one<S: Source>(&self, source: &S, page: Page<S::Row>) -> Result<Listed<S::Row>, ScimError> {
        let Page { rows, total, next } = page;
        let next = next.map(|at| Cursor::after(0, at, total));
        self.listed(source, Vec::new(), rows, total, next)
    }

    fn both<A: Source, B: Source>(&self, first: &A, second: &B) -> Result<Listed<B::Row>, ScimError> {
        let begin = self.begin()?;
        // Refused where neither kind has the attribute; else the kind that has it answers.
        let (knows_first, knows_second) = (self.check(first), self.check(second));
        if knows_second.is_err() {
            knows_first.clone()?;
        }
        let limit = self.params.limit();
        let (mut shown, mut total, mut at) = (Vec::new(), 0, begin.at.clone());
        if begin.part == 0 && knows_first.is_ok() {
            let page = self.page(first, &at, None)?;
            shown = self.shown(first, &page.rows)?;
            total = page.total;
            if let Some(next) = page.next {
                let all = begin
                    .total
                    .map_or_else(|| self.total_of_both(total, second, knows_second.is_ok()), Ok)?;
                return self.listed(second, shown, Vec::new(), all, Some(Cursor::after(0, next, all)));
            }
            at = match at {
                Begin::Skip(skip) => Begin::Skip(skip.saturating_sub(total)),
                Begin::After(_) => Begin::Skip(0),
            };
        }
        if knows_second.is_ok() {
            let room = limit.saturating_sub(shown.len() as u64);
            let page = self.page_of(second, &at, room, None)?;
            total += page.total;
            let all = begin.total.unwrap_or(total);
            let next = page.next.map(|at| Cursor::after(1, at, all));
            return self.listed(second, shown, page.rows, all, next);
        }
        self.listed(second, shown, Vec::new(), begin.total.unwrap_or(total), None)
    }

    fn total_of_both<B: Source>(&self, first: u64, second: &B, knows: bool) -> Result<u64, ScimError> {
        if !knows {
            return Ok(first);
        }
        Ok(first + self.page_of(second, &Begin::Skip(0), 0, None)?.total)
    }

    fn check<S: Source>(&self, source: &S) -> Result<(), ScimError> {
        let filter = self.params.filter.as_ref();
        filter.map_or(Ok(()), |filter| {
            Condition::new(source.resource_type(), filter).map(drop)
        })
    }

    fn page<S: Source>(&self, source: &S, at: &Begin, total: Option<u64>) -> Result<Page<S::Row>, ScimError> {
        self.page_of(source, at, self.params.limit(), total)
    }

    fn page_of<S: Source>(
        &self,
        source: &S,
        at: &Begin,
        limit: u64,
        total: Option<u64>,
    ) -> Result<Page<S::Row>, ScimError> {
        let filter = self.params.filter.as_ref();
        let condition = filter
            .map(|filter| Condition::new(source.resource_type(), filter))
            .transpose()?;
        let sort_by = self.params.sort_by.as_deref();
        let sorting = sort_by
            .map(|name| Sorting::resolve(source.resource_type(), name, self.params.descending))
            .transpose()?;
        let query = self.query(source, condition.as_ref(), sorting.as_ref());
        page::read(&query, at, limit, total)
    }

    fn query<'a, S: Source>(
        &'a self,
        source: &'a S,
        condition: Option<&'a Condition<'a>>,
        sorting: Option<&'a Sorting<'a>>,
    ) -> walk::Query<'a, S> {
        walk::Query {
            store: &self.store,
            source,
            access: condition.map_or(Access::Everything, |condition| condition.access(S::KIND)),
            condition,
            sorting,
        }
    }

    fn shown<S: Source>(&self, source: &S, rows: &[S::Row]) -> Result<Vec<Value>, ScimError> {
        let shown = rows
            .iter()
            .map(|row| source.shown(&self.store, row, &self.params.projection));
        shown.collect::<Result<_, _>>().map_err(failed)
    }

    fn begin(&self) -> Result<cursor::Position, ScimError> {
        match self.params.cursor.as_deref() {
            None | Some("") => Ok(cursor::Position::first(self.params.start_index - 1)),
            Some(text) => Cursor::open(self.store.sealer(), &self.place(), text, now_ms()),
        }
    }

    /// The page with what is before its rows; rows that are large stay rows.
    fn listed<S: Source>(
        &self,
        source: &S,
        mut shown: Vec<Value>,
        rows: Vec<S::Row>,
        total: u64,
        next: Option<Cursor>,
    ) -> Result<Listed<S::Row>, ScimError> {
        let count = shown.len() + rows.len();
        let frame = match self.params.cursor {
            None => present::list_frame(count, total, Some(self.params.start_index), None),
            Some(_) => {
                let next = next
                    .map(|next| next.seal(self.store.sealer(), &self.place(), now_ms()))
                    .transpose()?;
                present::list_frame(count, total, None, next.as_deref())
            }
        };
        let large = if source.is_large(&rows, &self.params.projection) {
            rows
        } else {
            shown.extend(self.shown(source, &rows)?);
            Vec::new()
        };
        Ok(Listed { frame, shown, large })
    }
}

/// A page of a list.
pub(super) struct Listed<Row> {
    /// The list without its resources.
    frame: Map<String, Value>,
    shown: Vec<Value>,
    /// Resources, after those shown, that are to be sent while they are read.
    pub(super) large: Vec<Row>,
}

impl<Row> Listed<Row> {
    /// The list, where nothing in it is large.
    pub(super) fn whole(self) -> Value {
        let mut list = self.frame;
        list.insert("Resources".to_owned(), self.shown.into());
        Value::Object(list)
    }

    /// The text of the list up to its large resources, and those.
    pub(super) fn open(self) -> (String, Vec<Row>) {
        let mut text = Value::Object(self.frame).to_string();
        text.pop();
        text.push_str(",\"Resources\":[");
        for shown in self.shown {
            text.push_str(&shown.to_string());
            text.push(',');
        }
        (text, self.large)
    }
}

/// Whether an index finds a handful at most.
fn finds_few(access: &Access) -> bool {
    match access {
        Access::Lookups { any, .. } => any.len() <= 4 && any.iter().all(Lookup::finds_few),
        Access::Everything => false,
    }
}

/// Walks over everything take a core each: more at once would be no quicker, and hold more memory.
/// What an index answers does not queue behind them.
static WALKS: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(std::thread::available_parallelism().map_or(2, usize::from)));

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ScimError> + Send + 'static,
) -> Result<T, ScimError> {
    let listed = tokio::task::spawn_blocking(work).await;
    listed.map_err(|error| ScimError::internal(error.to_string()))?
}

fn failed(error: StoreError) -> ScimError {
    ScimError::internal(error.to_string())
}
