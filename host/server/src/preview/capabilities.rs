//! What a policy may do while it is only tried: everything that leaves no trace outside the copy.

use std::sync::Arc;

use async_trait::async_trait;
use tidegate_directory::connector::{Connector, ConnectorError};
use tidegate_directory::plan::Operation;
use tidegate_runtime::capabilities::{
    Capabilities, HttpAnswer, HttpCall, HttpFailure, KeyPage, Scope, StorageResult,
};

use crate::capabilities::HostCapabilities;

/// Storage is the copy's, look-ups and HTTP that asks are real, what would change something outside
/// is denied.
pub(crate) struct OnTrial(pub(crate) HostCapabilities);

#[async_trait]
impl Capabilities for OnTrial {
    async fn get(
        &self,
        scope: Scope<'_>,
        namespace: &str,
        key: &str,
    ) -> StorageResult<Option<(Vec<u8>, u64)>> {
        self.0.get(scope, namespace, key).await
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
        self.0
            .put(scope, namespace, key, value, expect, max_entries)
            .await
    }

    async fn delete(&self, scope: Scope<'_>, namespace: &str, key: &str) -> StorageResult<()> {
        self.0.delete(scope, namespace, key).await
    }

    async fn keys(
        &self,
        scope: Scope<'_>,
        namespace: &str,
        prefix: &str,
        cursor: Option<&str>,
        limit: u32,
    ) -> StorageResult<KeyPage> {
        self.0.keys(scope, namespace, prefix, cursor, limit).await
    }

    async fn send(&self, scope: Scope<'_>, call: HttpCall) -> Result<HttpAnswer, HttpFailure> {
        let asks = ["GET", "HEAD"]
            .iter()
            .any(|method| call.method.eq_ignore_ascii_case(method));
        if !asks {
            return Err(HttpFailure::Denied(format!(
                "{} is not sent while rules are tried",
                call.method
            )));
        }
        self.0.send(scope, call).await
    }

    fn connector(&self, scope: Scope<'_>, target: &str) -> Option<Arc<dyn Connector>> {
        self.0.connector(scope, target)
    }

    async fn act(&self, _: Scope<'_>, _: &str, operation: Operation) -> Result<bool, ConnectorError> {
        let kind = operation.kind();
        Err(ConnectorError::Refused(format!(
            "{kind} is not carried out while rules are tried"
        )))
    }
}
