//! What the host does on behalf of a granted import. The runtime checks grants and
//! budgets; implementations do the work and need not check again.

use std::sync::Arc;

use async_trait::async_trait;
use tidegate_directory::connector::Connector;

/// Why storage did not do it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StorageFailure {
    /// The stored revision is another.
    Conflict,
    /// Try again later.
    Unavailable(String),
}

/// Why HTTP did not do it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HttpFailure {
    /// The address is not allowed.
    Denied(String),
    /// The request cannot be sent as it is.
    InvalidRequest(String),
    /// No answer in time.
    Timeout,
    /// The answer is too large.
    TooLarge,
    /// No connection, or a broken one.
    Transport(String),
}

/// One HTTP exchange, as the guest asked for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpCall {
    /// Method.
    pub method: String,
    /// Absolute URL whose origin was granted.
    pub url: String,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
    /// Bytes that the answer's body may have.
    pub max_body_bytes: usize,
}

/// An HTTP answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpAnswer {
    /// Status.
    pub status: u16,
    /// Headers.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

/// Keys, and the cursor of the next page.
pub type KeyPage = (Vec<String>, Option<String>);

/// Shorthand.
pub type StorageResult<T> = Result<T, StorageFailure>;

/// The host's side of `storage`, `http` and `lookup`. Everything is scoped to an app.
#[async_trait]
pub trait Capabilities: Send + Sync {
    /// Value and revision of an entry.
    async fn get(&self, app: &str, namespace: &str, key: &str) -> StorageResult<Option<(Vec<u8>, u64)>>;

    /// Writes an entry; see the WIT for `expect`. Returns the new revision.
    async fn put(
        &self,
        app: &str,
        namespace: &str,
        key: &str,
        value: Vec<u8>,
        expect: Option<u64>,
    ) -> StorageResult<u64>;

    /// Removes an entry.
    async fn delete(&self, app: &str, namespace: &str, key: &str) -> StorageResult<()>;

    /// Lists keys.
    async fn keys(
        &self,
        app: &str,
        namespace: &str,
        prefix: &str,
        cursor: Option<&str>,
        limit: u32,
    ) -> StorageResult<KeyPage>;

    /// Sends one request.
    async fn send(&self, app: &str, call: HttpCall) -> Result<HttpAnswer, HttpFailure>;

    /// The connector of one of the app's targets.
    fn connector(&self, app: &str, target: &str) -> Option<Arc<dyn Connector>>;
}

/// A host without capabilities: staging, previews, tests.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nothing;

#[async_trait]
impl Capabilities for Nothing {
    async fn get(&self, _: &str, _: &str, _: &str) -> StorageResult<Option<(Vec<u8>, u64)>> {
        Err(nothing())
    }

    async fn put(&self, _: &str, _: &str, _: &str, _: Vec<u8>, _: Option<u64>) -> StorageResult<u64> {
        Err(nothing())
    }

    async fn delete(&self, _: &str, _: &str, _: &str) -> StorageResult<()> {
        Err(nothing())
    }

    async fn keys(&self, _: &str, _: &str, _: &str, _: Option<&str>, _: u32) -> StorageResult<KeyPage> {
        Err(nothing())
    }

    async fn send(&self, _: &str, _: HttpCall) -> Result<HttpAnswer, HttpFailure> {
        Err(HttpFailure::Denied("no HTTP while staging".into()))
    }

    fn connector(&self, _: &str, _: &str) -> Option<Arc<dyn Connector>> {
        None
    }
}

fn nothing() -> StorageFailure {
    StorageFailure::Unavailable("no storage while staging".into())
}
