//! Durable entries in granted namespaces.

#[cfg(target_arch = "wasm32")]
use crate::bindings::generated::tidegate::host::storage as host;
#[cfg(not(target_arch = "wasm32"))]
use crate::fakes::storage as host;

pub use crate::bindings::generated::tidegate::host::storage::{Entry, Error, Page};

/// One entry; none: there is none.
///
/// # Errors
/// The namespace is not granted, or the store does not answer.
pub fn get(namespace: &str, key: &str) -> Result<Option<Entry>, Error> {
    host::get(namespace, key)
}

/// Writes an entry and returns its new revision. With `expect`, only where the stored revision is that (0: absent).
///
/// # Errors
/// [`Error::Conflict`] where the revision is another; `TooLarge` beyond the quota.
pub fn put(namespace: &str, key: &str, value: &[u8], expect: Option<u64>) -> Result<u64, Error> {
    host::put(namespace, key, value, expect)
}

/// Removes an entry.
///
/// # Errors
/// The namespace is not granted, or the store does not answer.
pub fn delete(namespace: &str, key: &str) -> Result<(), Error> {
    host::delete(namespace, key)
}

/// Keys with a prefix, in order, a page at a time.
///
/// # Errors
/// The namespace is not granted, or the store does not answer.
pub fn list_keys(namespace: &str, prefix: &str, cursor: Option<&str>, limit: u32) -> Result<Page, Error> {
    host::list_keys(namespace, prefix, cursor, limit)
}
