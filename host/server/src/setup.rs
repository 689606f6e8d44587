//! Making apps: an address, a token and rules, so that Okta can be pointed at it at once.

use std::sync::Arc;

use anyhow::Context;
use tidegate_runtime::grants::Grants;
use tidegate_store::StoreError;
use tidegate_store::apps::{AppOptions, Provider};

use crate::clock::now_ms;
use crate::policies::{Deployment, STANDARD, Vouched};
use crate::service::Service;

/// The name of the app that the first start makes.
pub const FIRST_APP: &str = "default";

/// What an administrator enters in Okta. The token is shown once.
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct NewApp {
    /// The app's name.
    pub name: String,
    /// "SCIM connector base URL" in Okta.
    pub base_url: String,
    /// The bearer token.
    pub token: String,
}

impl std::fmt::Debug for NewApp {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewApp")
            .field("name", &self.name)
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}

impl Service {
    /// Makes an app with the standard policy in its default settings.
    ///
    /// # Errors
    /// [`StoreError::Taken`] where the name is in use.
    pub async fn create_app(self: &Arc<Self>, name: &str, provider: Provider) -> anyhow::Result<NewApp> {
        let options = AppOptions {
            provider,
            ..AppOptions::default()
        };
        let (row, token) = self.store.create_app(name, &options, now_ms()).await?;
        self.reload_apps()?;
        let apps = self.apps();
        let app = apps.by_seq(row.seq).context("the app is gone")?;
        let standard = Deployment {
            component: STANDARD.to_vec(),
            settings: "{}".into(),
            grants: Grants::default(),
            vouched: Vouched::default(),
        };
        let version = self.deploy(app, standard).await?;
        self.activate(app, version.number, None).await?;
        Ok(NewApp {
            name: row.name,
            base_url: self.base_url(&row.id),
            token,
        })
    }

    /// On the first start there is no app: makes one.
    ///
    /// # Errors
    /// The store or the standard policy does not work.
    pub async fn first_app(self: &Arc<Self>) -> anyhow::Result<Option<NewApp>> {
        if !self.apps().all().is_empty() {
            return Ok(None);
        }
        self.create_app(FIRST_APP, Provider::default()).await.map(Some)
    }
}

/// Whether an error is "that name is in use".
pub(crate) fn is_taken(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(StoreError::Taken { .. }))
}
