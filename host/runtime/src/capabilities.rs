//! What the host does on behalf of a granted import. The runtime checks grants and
//! budgets; implementations do the work and need not check again.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use ipnet::IpNet;
use tidegate_directory::connector::{Connector, ConnectorError};
use tidegate_directory::plan::Operation;

/// Why storage did not do it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StorageFailure {
    /// The stored revision is another.
    Conflict,
    /// The namespace has as many entries as it may.
    Full,
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
    /// Name of a secret to attach; granted.
    pub credential: Option<String>,
    /// Bytes that the answer's body may have.
    pub max_body_bytes: usize,
    /// How long it may take.
    pub timeout: Duration,
    /// Networks that may be called although they are not public.
    pub networks: Vec<IpNet>,
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

/// Whose call it is. What a policy stores is its own: neither another app nor another policy of the
/// same app sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope<'a> {
    /// The app's name.
    pub app: &'a str,
    /// The policy's own name. A newer version of it keeps what the older one stored.
    pub policy: &'a str,
    /// The request that is decided.
    pub request: &'a str,
}

/// The host's side of `storage`, `http`, `lookup` and `actions`.
#[async_trait]
pub trait Capabilities: Send + Sync {
    /// Value and revision of an entry.
    async fn get(
        &self,
        scope: Scope<'_>,
        namespace: &str,
        key: &str,
    ) -> StorageResult<Option<(Vec<u8>, u64)>>;

    /// Writes an entry; see the WIT for `expect`. Returns the new revision. A new entry is written
    /// only where the namespace has fewer than `max_entries`.
    async fn put(
        &self,
        scope: Scope<'_>,
        namespace: &str,
        key: &str,
        value: Vec<u8>,
        expect: Option<u64>,
        max_entries: u64,
    ) -> StorageResult<u64>;

    /// Removes an entry.
    async fn delete(&self, scope: Scope<'_>, namespace: &str, key: &str) -> StorageResult<()>;

    /// Lists keys.
    async fn keys(
        &self,
        scope: Scope<'_>,
        namespace: &str,
        prefix: &str,
        cursor: Option<&str>,
        limit: u32,
    ) -> StorageResult<KeyPage>;

    /// Sends one request.
    async fn send(&self, scope: Scope<'_>, call: HttpCall) -> Result<HttpAnswer, HttpFailure>;

    /// The connector of one of the app's targets.
    fn connector(&self, scope: Scope<'_>, target: &str) -> Option<Arc<dyn Connector>>;

    /// Carries a granted operation out at once. True: the directory changed by it.
    async fn act(&self, scope: Scope<'_>, target: &str, operation: Operation)
    -> Result<bool, ConnectorError>;
}

/// A host without capabilities: staging, previews, tests.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nothing;

#[async_trait]
impl Capabilities for Nothing {
    async fn get(&self, _: Scope<'_>, _: &str, _: &str) -> StorageResult<Option<(Vec<u8>, u64)>> {
        Err(nothing())
    }

    async fn put(
        &self,
        _: Scope<'_>,
        _: &str,
        _: &str,
        _: Vec<u8>,
        _: Option<u64>,
        _: u64,
    ) -> StorageResult<u64> {
        Err(nothing())
    }

    async fn delete(&self, _: Scope<'_>, _: &str, _: &str) -> StorageResult<()> {
        Err(nothing())
    }

    async fn keys(&self, _: Scope<'_>, _: &str, _: &str, _: Option<&str>, _: u32) -> StorageResult<KeyPage> {
        Err(nothing())
    }

    async fn send(&self, _: Scope<'_>, _: HttpCall) -> Result<HttpAnswer, HttpFailure> {
        Err(HttpFailure::Denied("no HTTP while staging".into()))
    }

    fn connector(&self, _: Scope<'_>, _: &str) -> Option<Arc<dyn Connector>> {
        None
    }

    async fn act(&self, _: Scope<'_>, _: &str, _: Operation) -> Result<bool, ConnectorError> {
        Err(ConnectorError::Refused("no actions while staging".into()))
    }
}

fn nothing() -> StorageFailure {
    StorageFailure::Unavailable("no storage while staging".into())
}
