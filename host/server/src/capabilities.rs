//! What policies may be granted, on real parts: storage in the database, look-ups through
//! the targets' connectors.

use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use tidegate_directory::connector::Connector;
use tidegate_runtime::capabilities::{
    Capabilities, HttpAnswer, HttpCall, HttpFailure, KeyPage, StorageFailure, StorageResult,
};
use tidegate_store::{Store, StoreError};

use crate::apps::Apps;

/// The host's side of granted imports.
#[derive(Debug)]
pub struct HostCapabilities {
    store: Store,
    apps: Arc<RwLock<Arc<Apps>>>,
}

impl HostCapabilities {
    pub(crate) fn new(store: Store, apps: Arc<RwLock<Arc<Apps>>>) -> Self {
        Self { store, apps }
    }

    fn apps(&self) -> Arc<Apps> {
        Arc::clone(&self.apps.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn app(&self, name: &str) -> StorageResult<i64> {
        let unknown = || StorageFailure::Unavailable("the app is gone".into());
        self.apps().by_name(name).map(|app| app.seq).ok_or_else(unknown)
    }
}

#[async_trait]
impl Capabilities for HostCapabilities {
    async fn get(&self, app: &str, namespace: &str, key: &str) -> StorageResult<Option<(Vec<u8>, u64)>> {
        self.store.entry(self.app(app)?, namespace, key).map_err(failure)
    }

    async fn put(
        &self,
        app: &str,
        namespace: &str,
        key: &str,
        value: Vec<u8>,
        expect: Option<u64>,
    ) -> StorageResult<u64> {
        let written = self
            .store
            .put_entry(self.app(app)?, namespace, key, value, expect)
            .await;
        written.map_err(failure)?.ok_or(StorageFailure::Conflict)
    }

    async fn delete(&self, app: &str, namespace: &str, key: &str) -> StorageResult<()> {
        self.store
            .delete_entry(self.app(app)?, namespace, key)
            .await
            .map_err(failure)
    }

    async fn keys(
        &self,
        app: &str,
        namespace: &str,
        prefix: &str,
        cursor: Option<&str>,
        limit: u32,
    ) -> StorageResult<KeyPage> {
        self.store
            .entry_keys(self.app(app)?, namespace, prefix, cursor, limit)
            .map_err(failure)
    }

    /// This host sends nothing on a policy's behalf: an origin that is granted is still
    /// denied, and says so.
    async fn send(&self, _: &str, call: HttpCall) -> Result<HttpAnswer, HttpFailure> {
        Err(HttpFailure::Denied(format!(
            "this host offers no outgoing HTTP ({})",
            call.method
        )))
    }

    fn connector(&self, app: &str, target: &str) -> Option<Arc<dyn Connector>> {
        let apps = self.apps();
        apps.by_name(app)?.target(target)?.connector().ok().cloned()
    }
}

/// The guest learns that it did not work; operators learn why.
fn failure(error: StoreError) -> StorageFailure {
    tracing::error!(%error, "policy storage failed");
    StorageFailure::Unavailable("the store did not answer".into())
}
