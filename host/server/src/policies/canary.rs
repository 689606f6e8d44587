//! A version that decides about a share of the resources, always the same ones, before it decides about all.

use std::sync::Arc;

use tidegate_runtime::registry::Canary;
use tidegate_store::apps::CanaryShare;

use super::PolicyError;
use crate::apps::App;
use crate::service::Service;

impl Service {
    /// Lets a version decide about a share of the resources, or about none any longer. It outlives restarts,
    /// and ends with the next activation.
    ///
    /// # Errors
    /// No such version, or one that failed.
    pub async fn set_canary(
        self: &Arc<Self>,
        app: &App,
        share: Option<CanaryShare>,
    ) -> Result<(), PolicyError> {
        let canary = match share {
            None => None,
            Some(share) => {
                let row = self.usable_version(app, share.number)?;
                // A share of everything is everything: what must be seen first must be seen here too.
                if app.options.require_preview && row.state == "checked" {
                    return Err(PolicyError::PreviewRequired);
                }
                self.vouch(&row)?;
                let version = self.compiled(&row).await?;
                self.probation.begin(app.seq, row.id, &version);
                self.note(app, "policy.canary", &row, &format!("{} %", share.percent))
                    .await?;
                Some(Canary {
                    version,
                    percent: share.percent,
                })
            }
        };
        let mut options = app.options.clone();
        options.canary = share;
        self.store.set_app_options(app.seq, &options).await?;
        self.registry.set_canary(app.seq, canary);
        self.reload_apps()
            .map_err(|error| PolicyError::Apps(error.to_string()))
    }

    /// After a start.
    pub(super) async fn load_canary(&self, app: &App) -> Result<(), PolicyError> {
        let Some(share) = app.options.canary else {
            return Ok(());
        };
        let version = self.compiled(&self.usable_version(app, share.number)?).await?;
        let canary = Canary {
            version,
            percent: share.percent,
        };
        self.registry.set_canary(app.seq, Some(canary));
        Ok(())
    }
}
