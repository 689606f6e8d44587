//! The world of a decision that has no effect: what it writes it reads again, and nobody else does.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use tidegate_directory::connector::{Connector, ConnectorError};
use tidegate_directory::plan::Operation;
use tidegate_runtime::capabilities::{
    Capabilities, HttpAnswer, HttpCall, HttpFailure, KeyPage, Scope, StorageFailure, StorageResult,
};

use crate::capabilities::HostCapabilities;
use crate::preview::OnTrial;

/// Value and revision; none: removed.
type Entry = Option<(Vec<u8>, u64)>;

/// Reads are real, writes stay here. The host-call limit bounds them.
pub(crate) struct Beside {
    real: OnTrial,
    written: Mutex<HashMap<(String, String), Entry>>,
}

impl Beside {
    pub(crate) fn new(real: HostCapabilities) -> Self {
        Self {
            real: OnTrial(real),
            written: Mutex::default(),
        }
    }

    fn written(&self, namespace: &str, key: &str) -> Option<Entry> {
        let written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        written.get(&(namespace.to_owned(), key.to_owned())).cloned()
    }

    fn write(&self, namespace: &str, key: &str, entry: Entry) {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        written.insert((namespace.to_owned(), key.to_owned()), entry);
    }
}

#[async_trait]
impl Capabilities for Beside {
    async fn get(
        &self,
        scope: Scope<'_>,
        namespace: &str,
        key: &str,
    ) -> StorageResult<Option<(Vec<u8>, u64)>> {
        match self.written(namespace, key) {
            Some(entry) => Ok(entry),
            None => self.real.get(scope, namespace, key).await,
        }
    }

    async fn put(
        &self,
        scope: Scope<'_>,
        namespace: &str,
        key: &str,
        value: Vec<u8>,
        expect: Option<u64>,
        _: u64,
    ) -> StorageResult<u64> {
        let found = self.get(scope, namespace, key).await?;
        let revision = found.map_or(0, |(_, revision)| revision);
        if expect.is_some_and(|expected| expected != revision) {
            return Err(StorageFailure::Conflict);
        }
        self.write(namespace, key, Some((value, revision + 1)));
        Ok(revision + 1)
    }

    async fn delete(&self, _: Scope<'_>, namespace: &str, key: &str) -> StorageResult<()> {
        self.write(namespace, key, None);
        Ok(())
    }

    /// Of what is stored: keys that this decision wrote are not listed.
    async fn keys(
        &self,
        scope: Scope<'_>,
        namespace: &str,
        prefix: &str,
        cursor: Option<&str>,
        limit: u32,
    ) -> StorageResult<KeyPage> {
        self.real.keys(scope, namespace, prefix, cursor, limit).await
    }

    async fn send(&self, scope: Scope<'_>, call: HttpCall) -> Result<HttpAnswer, HttpFailure> {
        self.real.send(scope, call).await
    }

    fn connector(&self, scope: Scope<'_>, target: &str) -> Option<Arc<dyn Connector>> {
        self.real.connector(scope, target)
    }

    async fn act(
        &self,
        scope: Scope<'_>,
        target: &str,
        operation: Operation,
    ) -> Result<bool, ConnectorError> {
        self.real.act(scope, target, operation).await
    }
}
