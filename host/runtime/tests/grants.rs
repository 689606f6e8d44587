//! What is not granted is denied, and noted; what is granted works on the host's parts.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

mod common;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use common::{decide, misbehave, planned, request};
use tidegate_directory::connector::{Connector, ConnectorError};
use tidegate_directory::plan::Operation;
use tidegate_runtime::capabilities::{
    Capabilities, HttpAnswer, HttpCall, HttpFailure, KeyPage, Scope, StorageFailure, StorageResult,
};
use tidegate_runtime::grants::Grants;
use tidegate_runtime::{Failure, Version};

/// Storage that keeps, HTTP that never answers.
#[derive(Default)]
struct Parts {
    entries: Mutex<HashMap<String, (Vec<u8>, u64)>>,
}

#[async_trait]
impl Capabilities for Parts {
    async fn get(&self, _: Scope<'_>, namespace: &str, key: &str) -> StorageResult<Option<(Vec<u8>, u64)>> {
        Ok(self
            .entries
            .lock()
            .unwrap()
            .get(&format!("{namespace}/{key}"))
            .cloned())
    }

    async fn put(
        &self,
        _: Scope<'_>,
        namespace: &str,
        key: &str,
        value: Vec<u8>,
        expect: Option<u64>,
        _: u64,
    ) -> StorageResult<u64> {
        let mut entries = self.entries.lock().unwrap();
        let entry = entries.entry(format!("{namespace}/{key}")).or_default();
        if expect.is_some_and(|expected| expected != entry.1) {
            return Err(StorageFailure::Conflict);
        }
        *entry = (value, entry.1 + 1);
        Ok(entry.1)
    }

    async fn delete(&self, _: Scope<'_>, _: &str, _: &str) -> StorageResult<()> {
        Ok(())
    }

    async fn keys(&self, _: Scope<'_>, _: &str, _: &str, _: Option<&str>, _: u32) -> StorageResult<KeyPage> {
        Ok((Vec::new(), None))
    }

    async fn send(&self, _: Scope<'_>, _: HttpCall) -> Result<HttpAnswer, HttpFailure> {
        std::future::pending().await
    }

    fn connector(&self, _: Scope<'_>, _: &str) -> Option<Arc<dyn Connector>> {
        None
    }

    async fn act(&self, _: Scope<'_>, _: &str, operation: Operation) -> Result<bool, ConnectorError> {
        Ok(operation.kind() == "ensure-group")
    }
}

async fn reason(version: &Version) -> (String, Vec<String>) {
    let decided = decide(version, &request("r", "ann")).await;
    let denied = decided.stats.denied.clone();
    (planned(decided).steps[0].reason.clone(), denied)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_granted_by_default() {
    let none = Grants::default;
    let (said, denied) =
        reason(&misbehave(r#"{"behaviour":"storage-counter","namespace":"n"}"#, none()).await).await;
    assert!(
        said.contains("Denied") && denied[0].contains("\"n\" is not granted"),
        "{said} {denied:?}"
    );
    let (said, denied) =
        reason(&misbehave(r#"{"behaviour":"sleep-http","url":"https://x.example/"}"#, none()).await).await;
    assert!(
        said.contains("Denied") && denied[0].contains("GET https://x.example"),
        "{said} {denied:?}"
    );
    let (said, denied) = reason(&misbehave(r#"{"behaviour":"lookup","username":"ann"}"#, none()).await).await;
    assert!(
        said.contains("Denied") && denied[0].contains("lookup is not granted"),
        "{said} {denied:?}"
    );
    let (said, denied) = reason(&misbehave(r#"{"behaviour":"act"}"#, none()).await).await;
    assert!(
        said.contains("Denied") && denied[0].contains("the action ensure-group"),
        "{said} {denied:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_holds_only_what_is_granted() {
    let text = r#"{"plan": ["ensure-account", {"operation": "ensure-group", "targets": ["other"]}]}"#;
    let grants = serde_json::from_str(text).unwrap();
    let version = misbehave("{}", grants).await;
    let failure = decide(&version, &request("r", "ann")).await.outcome.unwrap_err();
    assert!(matches!(failure, Failure::Denied(text) if text.contains("ensure-group")));
}

#[tokio::test(flavor = "multi_thread")]
async fn granted_storage_outlives_the_sandbox() {
    let mut grants = Grants::default();
    grants.storage.namespaces = vec!["n".into()];
    let version = misbehave(r#"{"behaviour":"storage-counter","namespace":"n"}"#, grants).await;
    let parts = Arc::new(Parts::default());
    for expected in ["1", "2", "3"] {
        let decided = version
            .decide(&request("r", "ann"), Arc::clone(&parts) as _)
            .await;
        assert_eq!(planned(decided).steps[0].reason, expected);
    }
}

/// Epochs do not interrupt a guest that waits in the host: the wall clock does.
#[tokio::test(flavor = "multi_thread")]
async fn waiting_in_the_host_meets_the_wall_limit() {
    let mut grants = Grants::default();
    grants.http.origins = vec!["https://x.example".parse().unwrap()];
    grants.limits.wall_millis = 200;
    let version = misbehave(r#"{"behaviour":"sleep-http","url":"https://x.example/"}"#, grants).await;
    let failure = version
        .decide(&request("r", "ann"), Arc::new(Parts::default()))
        .await
        .outcome
        .unwrap_err();
    assert_eq!(failure, Failure::Wall { limit_millis: 200 });
}

#[tokio::test(flavor = "multi_thread")]
async fn actions_have_a_grant_of_their_own() {
    let on = |target: &str| -> Grants {
        let text = format!(r#"{{"actions": [{{"operation": "ensure-group", "targets": ["{target}"]}}]}}"#);
        serde_json::from_str(&text).unwrap()
    };
    let version = misbehave(r#"{"behaviour":"act"}"#, on("jira")).await;
    let decided = version
        .decide(&request("r", "ann"), Arc::new(Parts::default()))
        .await;
    assert_eq!(planned(decided).steps[0].reason, "changed: true");
    let (said, denied) = reason(&misbehave(r#"{"behaviour":"act"}"#, on("bitbucket")).await).await;
    assert!(
        said.contains("Denied") && denied[0].contains("on \"jira\""),
        "{said} {denied:?}"
    );
}
