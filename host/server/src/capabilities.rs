//! What policies may be granted, on real parts: storage in the database, HTTP past checked addresses,
//! look-ups and direct actions through the targets' connectors.
//!
//! The runtime has checked grants and budgets before it calls here.

mod actions;
mod http;

use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use tidegate_directory::connector::{Connector, ConnectorError};
use tidegate_directory::plan::Operation;
use tidegate_runtime::capabilities::{
    Capabilities, HttpAnswer, HttpCall, HttpFailure, KeyPage, Scope, StorageFailure, StorageResult,
};
use tidegate_store::entries::{Drawer, Put};
use tidegate_store::{Store, StoreError};

use crate::apps::{App, Apps};

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

    fn app(&self, scope: Scope<'_>) -> Option<Arc<App>> {
        let apps = Arc::clone(&self.apps.read().unwrap_or_else(PoisonError::into_inner));
        apps.by_name(scope.app).cloned()
    }

    fn drawer(&self, scope: Scope<'_>, namespace: &str) -> StorageResult<Drawer> {
        let gone = || StorageFailure::Unavailable("the app is gone".into());
        Ok(Drawer {
            app: self.app(scope).ok_or_else(gone)?.seq,
            policy: scope.policy.to_owned(),
            namespace: namespace.to_owned(),
        })
    }
}

#[async_trait]
impl Capabilities for HostCapabilities {
    async fn get(
        &self,
        scope: Scope<'_>,
        namespace: &str,
        key: &str,
    ) -> StorageResult<Option<(Vec<u8>, u64)>> {
        let drawer = self.drawer(scope, namespace)?;
        self.store.entry(&drawer, key).map_err(failure)
    }

    async fn put(
        &self,
        scope: Scope<'_>,
        namespace: &str,
        key: &str,
        value: Vec<u8>,
        expect: Option<u64>,
        max_entries: u64,
    ) -> StorageResult<u64> {
        let drawer = self.drawer(scope, namespace)?;
        let put = self.store.put_entry(drawer, key, value, expect, max_entries);
        match put.await.map_err(failure)? {
            Put::Stored(revision) => Ok(revision),
            Put::Conflict => Err(StorageFailure::Conflict),
            Put::Full => Err(StorageFailure::Full),
        }
    }

    async fn delete(&self, scope: Scope<'_>, namespace: &str, key: &str) -> StorageResult<()> {
        let drawer = self.drawer(scope, namespace)?;
        self.store.delete_entry(drawer, key).await.map_err(failure)
    }

    async fn keys(
        &self,
        scope: Scope<'_>,
        namespace: &str,
        prefix: &str,
        cursor: Option<&str>,
        limit: u32,
    ) -> StorageResult<KeyPage> {
        let drawer = self.drawer(scope, namespace)?;
        self.store
            .entry_keys(&drawer, prefix, cursor, limit)
            .map_err(failure)
    }

    async fn send(&self, scope: Scope<'_>, call: HttpCall) -> Result<HttpAnswer, HttpFailure> {
        let gone = || HttpFailure::Transport("the app is gone".into());
        let app = self.app(scope).ok_or_else(gone)?;
        http::send(&self.store, &app, call).await
    }

    fn connector(&self, scope: Scope<'_>, target: &str) -> Option<Arc<dyn Connector>> {
        self.app(scope)?.target(target)?.connector().ok().cloned()
    }

    async fn act(
        &self,
        scope: Scope<'_>,
        target: &str,
        operation: Operation,
    ) -> Result<bool, ConnectorError> {
        let gone = || ConnectorError::NotFound(format!("the app has no target {target:?}"));
        let app = self.app(scope).ok_or_else(gone)?;
        let target = app.target(target).ok_or_else(gone)?;
        actions::carry_out(&self.store, &app, target, scope, &operation).await
    }
}

/// The guest learns that it did not work; operators learn why.
fn failure(error: StoreError) -> StorageFailure {
    tracing::error!(%error, "policy storage failed");
    StorageFailure::Unavailable("the store did not answer".into())
}
