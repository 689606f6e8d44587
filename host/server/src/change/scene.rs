//! Where a change is made.

use std::fmt;
use std::sync::Arc;

use tidegate_runtime::capabilities::Capabilities;
use tidegate_store::Store;

use crate::locks::Locks;
use crate::metrics::Metrics;
use crate::service::Service;

/// What a change reads, writes and may call: the service's own, or a copy's, where it is seen what
/// would become of it.
#[derive(Clone)]
pub struct Scene<'a> {
    /// Read and written.
    pub store: &'a Store,
    /// One lock per resource of that store.
    pub locks: &'a Locks,
    /// Counts decisions.
    pub metrics: &'a Metrics,
    /// What policies may be granted.
    pub capabilities: Arc<dyn Capabilities>,
    /// Where new rules are watched and others decide beside; none: the rules are only tried.
    pub live: Option<&'a Service>,
}

impl fmt::Debug for Scene<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scene")
            .field("live", &self.live.is_some())
            .finish_non_exhaustive()
    }
}

impl Service {
    /// The service's own data.
    pub(crate) fn scene(&self) -> Scene<'_> {
        Scene {
            store: &self.store,
            locks: &self.locks,
            metrics: &self.metrics,
            capabilities: Arc::clone(&self.capabilities) as _,
            live: Some(self),
        }
    }
}
