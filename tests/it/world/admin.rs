//! What administrators do, over the socket of a running server.

use std::path::Path;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::Method;
use serde_json::{Value, json};
use tidegate::admin::answers::{
    ActivatePolicy, AppStatus, CreateApp, CreateClient, DeployPolicy, NewClient, PolicyVersion, PreviewLine,
    PutCredential, RotateToken, Status, TargetLine, TargetTested, TestTarget,
};
use tidegate::admin::socket::Administration;
use tidegate::preview::Preview;
use tidegate::setup::NewApp;
use tidegate_directory::target::TargetConfig;
use tidegate_store::apps::Provider;

use super::until;

/// An administrator of one data directory.
pub(crate) struct Admin(Administration);

impl Admin {
    pub(crate) fn of(data_dir: &Path) -> Self {
        Self(Administration::Running(data_dir.join("admin.sock")))
    }

    pub(crate) async fn create_app(&self, name: &str) -> NewApp {
        self.0
            .call(
                Method::POST,
                "/apps",
                &CreateApp {
                    name: name.into(),
                    provider: Provider::default(),
                },
            )
            .await
            .expect("an app")
    }

    /// Changes what an administrator sets for an app.
    pub(crate) async fn set_app(&self, app: &str, settings: Value) {
        let path = format!("/apps/{app}");
        self.0
            .call::<Value>(Method::PATCH, &path, &settings)
            .await
            .expect("the settings are taken");
    }

    /// Anything else that the API does.
    pub(crate) async fn call(&self, method: Method, path: &str, body: Value) -> anyhow::Result<Value> {
        self.0.call(method, path, &body).await
    }

    /// Registers an extension.
    pub(crate) async fn put_schema(
        &self,
        app: &str,
        schema: Value,
        resource_types: &[&str],
        required: bool,
    ) -> anyhow::Result<Value> {
        let wanted = json!({"schema": schema, "resource-types": resource_types, "required": required});
        self.0
            .call(Method::POST, &format!("/apps/{app}/schemas"), &wanted)
            .await
    }

    pub(crate) async fn remove_schema(&self, app: &str, urn: &str) {
        self.0
            .call::<Value>(
                Method::DELETE,
                &format!("/apps/{app}/schemas/{urn}"),
                &Value::Null,
            )
            .await
            .expect("is removed");
    }

    pub(crate) async fn create_client(
        &self,
        app: &str,
        name: &str,
        keys: Option<Value>,
    ) -> anyhow::Result<NewClient> {
        let wanted = CreateClient {
            name: name.into(),
            keys,
        };
        self.0
            .call(Method::POST, &format!("/apps/{app}/clients"), &wanted)
            .await
    }

    pub(crate) async fn rotate_client_secret(
        &self,
        app: &str,
        name: &str,
        overlap_seconds: u32,
    ) -> NewClient {
        let path = format!("/apps/{app}/clients/{name}/secret");
        self.0
            .call(Method::POST, &path, &RotateToken { overlap_seconds })
            .await
            .expect("a secret")
    }

    pub(crate) async fn remove_client(&self, app: &str, name: &str) {
        self.0
            .call::<Value>(
                Method::DELETE,
                &format!("/apps/{app}/clients/{name}"),
                &Value::Null,
            )
            .await
            .expect("is removed");
    }

    pub(crate) async fn put_target(&self, app: &str, target: &TargetConfig) {
        let path = format!("/apps/{app}/targets/{}", target.name);
        self.0
            .call::<Value>(Method::PUT, &path, target)
            .await
            .expect("the target is taken");
    }

    pub(crate) async fn test_target(
        &self,
        app: &str,
        target: &str,
        retry_failed: bool,
    ) -> anyhow::Result<TargetTested> {
        let path = format!("/apps/{app}/targets/{target}/test");
        self.0
            .call(Method::POST, &path, &TestTarget { retry_failed })
            .await
    }

    /// Deploys without activating.
    pub(crate) async fn deploy(
        &self,
        app: &str,
        component: &[u8],
        settings: Value,
    ) -> anyhow::Result<PolicyVersion> {
        self.deploy_with(app, component, settings, json!({})).await
    }

    /// Deploys with grants.
    pub(crate) async fn deploy_with(
        &self,
        app: &str,
        component: &[u8],
        settings: Value,
        grants: Value,
    ) -> anyhow::Result<PolicyVersion> {
        let wanted = DeployPolicy {
            component: Some(BASE64_STANDARD.encode(component)),
            settings: Some(settings),
            grants: Some(grants),
            ..DeployPolicy::default()
        };
        let path = format!("/apps/{app}/policies");
        self.0.call(Method::POST, &path, &wanted).await
    }

    /// Deploys with grants, and activates.
    pub(crate) async fn rule_with(
        &self,
        app: &str,
        component: &[u8],
        settings: Value,
        grants: Value,
    ) -> PolicyVersion {
        let version = self.deploy_with(app, component, settings, grants).await;
        let number = version.expect("deploys").number;
        self.activate(app, number, false).await.expect("activates")
    }

    pub(crate) async fn put_credential(
        &self,
        app: &str,
        name: &str,
        wanted: &PutCredential,
    ) -> anyhow::Result<Value> {
        let path = format!("/apps/{app}/credentials/{name}");
        self.0.call(Method::PUT, &path, wanted).await
    }

    pub(crate) async fn credentials(&self, app: &str) -> Value {
        let path = format!("/apps/{app}/credentials");
        self.0
            .call(Method::GET, &path, &Value::Null)
            .await
            .expect("a list")
    }

    pub(crate) async fn remove_credential(&self, app: &str, name: &str) {
        let path = format!("/apps/{app}/credentials/{name}");
        self.0
            .call::<Value>(Method::DELETE, &path, &Value::Null)
            .await
            .expect("is removed");
    }

    pub(crate) async fn activate(
        &self,
        app: &str,
        number: i64,
        restate: bool,
    ) -> anyhow::Result<PolicyVersion> {
        let path = format!("/apps/{app}/policies/{number}/activate");
        self.0
            .call(
                Method::POST,
                &path,
                &ActivatePolicy {
                    restate,
                    preview: None,
                },
            )
            .await
    }

    /// Deploys and activates.
    pub(crate) async fn rule(&self, app: &str, component: &[u8], settings: Value) -> PolicyVersion {
        let version = self.deploy(app, component, settings).await.expect("deploys");
        self.activate(app, version.number, false)
            .await
            .expect("activates")
    }

    /// Tries a version; what is reported on the way is thrown away.
    pub(crate) async fn preview(&self, app: &str, number: i64) -> anyhow::Result<Preview> {
        let path = format!("/apps/{app}/policies/{number}/preview");
        let mut last = None;
        let take = |line| {
            last = Some(line);
            Ok(())
        };
        self.0.lines(Method::POST, &path, &Value::Null, take).await?;
        match last {
            Some(PreviewLine::Preview(preview)) => Ok(*preview),
            Some(PreviewLine::Error(message)) => anyhow::bail!("{message}"),
            other => anyhow::bail!("it ended with {other:?}"),
        }
    }

    /// Activates what a preview showed.
    pub(crate) async fn activate_as_seen(
        &self,
        app: &str,
        number: i64,
        digest: &str,
    ) -> anyhow::Result<PolicyVersion> {
        let path = format!("/apps/{app}/policies/{number}/activate");
        let wanted = ActivatePolicy {
            restate: false,
            preview: Some(digest.into()),
        };
        self.0.call(Method::POST, &path, &wanted).await
    }

    pub(crate) async fn rollback(&self, app: &str) -> anyhow::Result<PolicyVersion> {
        self.0
            .call(Method::POST, &format!("/apps/{app}/rollback"), &json!({}))
            .await
    }

    pub(crate) async fn versions(&self, app: &str) -> Vec<PolicyVersion> {
        self.0
            .call(Method::GET, &format!("/apps/{app}/policies"), &Value::Null)
            .await
            .expect("versions")
    }

    pub(crate) async fn status(&self, app: &str) -> AppStatus {
        self.try_status(app).await.expect("the status")
    }

    async fn try_status(&self, app: &str) -> anyhow::Result<AppStatus> {
        let status: Status = self.0.call(Method::GET, "/status", &Value::Null).await?;
        Ok(status
            .apps
            .into_iter()
            .find(|line| line.app.name == app)
            .expect("the app"))
    }

    pub(crate) async fn target(&self, app: &str, name: &str) -> TargetLine {
        let status = self.status(app).await;
        status
            .targets_status
            .into_iter()
            .find(|line| line.name == name)
            .expect("the target")
    }

    /// Waits until nothing is left to do in any target but what waits for an administrator.
    pub(crate) async fn settled(&self, app: &str) -> AppStatus {
        until(&format!("targets of {app} settle"), || async move {
            let status = self.status(app).await;
            let pending: u64 = status.targets_status.iter().map(|line| line.rows.pending()).sum();
            if pending == 0 && !status.restating {
                Ok(status)
            } else {
                Err(format!("{status:#?}"))
            }
        })
        .await
    }

    /// Waits until every target is as desired, and nothing was refused or stopped.
    pub(crate) async fn converged(&self, app: &str) {
        let status = self.settled(app).await;
        for line in &status.targets_status {
            assert!(
                line.failures.is_empty() && line.stopped.is_none() && line.rows.parked() == 0,
                "{line:#?}"
            );
        }
    }
}
