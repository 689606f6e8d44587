//! How one kind of resource is found and shown.

use serde_json::Value;
use tidegate_scim::ResourceKind;
use tidegate_scim::filter::{Condition, Lookup};
use tidegate_scim::query::Projection;
use tidegate_scim::schema::ResourceType;
use tidegate_scim::sort::{Indexed, SortKey, Sorting};
use tidegate_store::find::From;
use tidegate_store::{Store, StoreError};

/// The resources of one kind in one app.
pub(in crate::scim) trait Source: Clone + Send + 'static {
    /// A stored row.
    type Row: Send;
    /// Which kind.
    const KIND: ResourceKind;
    /// The app's resource type of that kind.
    fn resource_type(&self) -> &ResourceType;
    /// The app's row number.
    fn app(&self) -> i64;
    /// How many there are.
    fn total(&self, store: &Store) -> Result<u64, StoreError>;
    /// A page in creation order.
    fn page(&self, store: &Store, offset: u64, limit: u64) -> Result<Vec<Self::Row>, StoreError>;
    /// The next rows after `after`, in creation order.
    fn after(&self, store: &Store, after: i64, limit: u64) -> Result<Vec<Self::Row>, StoreError>;
    /// The rows of these numbers.
    fn rows(&self, store: &Store, seqs: &[i64]) -> Result<Vec<Self::Row>, StoreError>;
    /// The row's number.
    fn seq(row: &Self::Row) -> i64;
    /// Whether a row fulfils a condition.
    fn matches(&self, store: &Store, row: &Self::Row, condition: &Condition<'_>) -> Result<bool, StoreError>;
    /// A row's place in an order.
    fn key(&self, store: &Store, row: &Self::Row, sorting: &Sorting<'_>) -> Result<SortKey, StoreError>;
    /// The resource as the client asked to see it.
    fn shown(&self, store: &Store, row: &Self::Row, projection: &Projection) -> Result<Value, StoreError>;

    /// The numbers of the rows that a lookup finds, in creation order.
    fn found(&self, store: &Store, lookup: &Lookup) -> Result<Vec<i64>, StoreError> {
        store.found(self.app(), Self::KIND, lookup)
    }

    /// Row numbers in the order of an index.
    fn ordered(
        &self,
        store: &Store,
        by: Indexed,
        descending: bool,
        from: From<'_>,
        limit: u64,
    ) -> Result<Vec<i64>, StoreError> {
        store.ordered(self.app(), by, descending, from, limit)
    }

    /// Whether these are so large that they are sent while they are read.
    fn is_large(&self, _rows: &[Self::Row], _projection: &Projection) -> bool {
        false
    }
}
