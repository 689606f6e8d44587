//! Lists: by index where the filter or the order has one, by a walk over all where nothing else
//! answers. By `startIndex` (RFC 7644 section 3.4.2.4) or by cursor (RFC 9865).

mod both;
mod cursor;
mod page;
mod sorted;
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

    /// Finds resources of both kinds: the first's, then the second's, unless an order is asked for.
    pub(super) async fn of_both<A: Source, B: Source>(
        self,
        first: A,
        second: B,
    ) -> Result<Listed<B::Row>, ScimError> {
        let _one_of_few = WALKS.acquire().await;
        blocking(move || both::find(&self, &first, &second)).await
    }

    fn one<S: Source>(&self, source: &S, page: Page<S::Row>) -> Result<Listed<S::Row>, ScimError> {
        let Page { rows, total, next } = page;
        let next = next.map(|at| Cursor::after(0, at, total));
        let is_large = source.is_large(&rows, &self.params.projection);
        let items = self.items(source, rows, is_large)?;
        self.listed(items, total, next)
    }

    fn page<S: Source>(&self, source: &S, at: &Begin, total: Option<u64>) -> Result<Page<S::Row>, ScimError> {
        let filter = self.params.filter.as_ref();
        let condition = filter
            .map(|filter| Condition::new(source.resource_type(), filter))
            .transpose()?;
        let sort_by = self.params.sort_by.as_deref();
        let sorting = sort_by
            .map(|name| Sorting::resolve(source.resource_type(), name, self.params.descending))
            .transpose()?;
        let query = self.query(source, condition.as_ref(), sorting.as_ref());
        page::read(&query, at, self.params.limit(), total)
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

    /// Rows as they are sent: large ones while they are read.
    fn items<S: Source>(
        &self,
        source: &S,
        rows: Vec<S::Row>,
        is_large: bool,
    ) -> Result<Vec<Item<S::Row>>, ScimError> {
        if is_large {
            return Ok(rows.into_iter().map(Item::Large).collect());
        }
        Ok(self.shown(source, &rows)?.into_iter().map(Item::Shown).collect())
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

    fn listed<Row>(
        &self,
        items: Vec<Item<Row>>,
        total: u64,
        next: Option<Cursor>,
    ) -> Result<Listed<Row>, ScimError> {
        let frame = match self.params.cursor {
            None => present::list_frame(items.len(), total, Some(self.params.start_index), None),
            Some(_) => {
                let next = next
                    .map(|next| next.seal(self.store.sealer(), &self.place(), now_ms()))
                    .transpose()?;
                present::list_frame(items.len(), total, None, next.as_deref())
            }
        };
        Ok(Listed { frame, items })
    }
}

/// One resource of a page.
pub(super) enum Item<Row> {
    Shown(Value),
    /// To be sent while it is read.
    Large(Row),
}

/// A page of a list.
pub(super) struct Listed<Row> {
    /// The list without its resources.
    frame: Map<String, Value>,
    items: Vec<Item<Row>>,
}

impl<Row> Listed<Row> {
    /// Whether something in it is to be sent while it is read.
    pub(super) fn is_large(&self) -> bool {
        self.items.iter().any(|item| matches!(item, Item::Large(_)))
    }

    /// The list, where nothing in it is large.
    pub(super) fn whole(self) -> Value {
        let shown = self.items.into_iter().filter_map(|item| match item {
            Item::Shown(value) => Some(value),
            Item::Large(_) => None,
        });
        let mut list = self.frame;
        list.insert("Resources".to_owned(), shown.collect());
        Value::Object(list)
    }

    /// The text of the list up to its resources, and those.
    pub(super) fn open(self) -> (String, Vec<Item<Row>>) {
        let mut text = Value::Object(self.frame).to_string();
        text.pop();
        text.push_str(",\"Resources\":[");
        (text, self.items)
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
