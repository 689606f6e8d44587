//! Members of managed groups whose accounts nobody manages.
//!
//! They have no row of desired state, so they are taken out here, one by one. Invariants: nobody who is protected
//! is, nor the account that we are; and never more than the brake allows, unless somebody said how many.

use serde::{Deserialize, Serialize};
use serde_json::json;
use tidegate_directory::connector::ConnectorError;
use tidegate_store::audit::AuditLine;
use tidegate_store::survey::Stray;

use super::SurveyError;
use crate::apps::{App, Target};
use crate::clock::now_ms;
use crate::service::Service;

/// Looked at in one go.
const MOST: u64 = 100_000;

/// What became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Strays {
    /// Taken out.
    pub removed: u64,
    /// Left in: more than the brake allows, and nobody confirmed so many.
    pub held: u64,
    /// Left in: protected.
    pub protected: u64,
    /// Left in: the product refused.
    pub failed: u64,
}

impl Service {
    pub(super) async fn remove_strays(
        &self,
        app: &App,
        target: &Target,
        request: &str,
        confirmed: Option<u64>,
    ) -> Result<Strays, SurveyError> {
        let found = self.store.strays(target.seq, MOST).await?;
        if found.is_empty() {
            return Ok(Strays::default());
        }
        let connector = target.connector()?;
        let ourselves = target.probe().await?.acting_as.clone();
        let ours = |stray: &Stray| {
            let name = stray.link.username.as_str();
            app.protected().account(name)
                || app.protected().group(&stray.group)
                || ourselves
                    .as_ref()
                    .is_some_and(|ourselves| ourselves.eq_ignore_ascii_case(name))
        };
        let (spared, strays): (Vec<_>, Vec<_>) = found.into_iter().partition(ours);
        let mut outcome = Strays {
            protected: spared.len() as u64,
            ..Strays::default()
        };
        let count = strays.len() as u64;
        let brake = app.options.brake;
        let users = self.store.managed_users(app.seq)?;
        let too_many = brake.is_on() && count > brake.allowed(users) && confirmed != Some(count);
        if too_many || self.store.brake(target.seq)?.is_some() {
            tracing::error!(
                target_name = target.config.name,
                count,
                "ALARM: too many unmanaged members would be taken out"
            );
            outcome.held = count;
            return Ok(outcome);
        }
        for stray in strays {
            match connector.remove_member(&stray.group, &stray.link).await {
                Ok(()) | Err(ConnectorError::NotFound(_)) => {
                    self.note_stray(app, target, request, &stray).await?;
                    self.store.stray_removed(target.seq, stray).await?;
                    outcome.removed += 1;
                }
                Err(error @ (ConnectorError::Unauthorized(_) | ConnectorError::RateLimited { .. })) => {
                    return Err(error.into());
                }
                Err(error) => {
                    tracing::warn!(target_name = target.config.name, %error, "an unmanaged member was not taken out");
                    outcome.failed += 1;
                }
            }
        }
        Ok(outcome)
    }

    async fn note_stray(
        &self,
        app: &App,
        target: &Target,
        request: &str,
        stray: &Stray,
    ) -> Result<(), SurveyError> {
        let line = AuditLine {
            at_ms: now_ms(),
            app: Some(app.seq),
            request: request.to_owned(),
            actor: "host".into(),
            action: "drift.remove-unmanaged".into(),
            subject: stray.link.username.clone(),
            detail: json!({"target": target.config.name, "group": stray.group}),
        };
        Ok(self.store.audit(line).await?)
    }
}
