//! What a reading found, and what was done about it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::json;
use tidegate_store::audit::AuditLine;
use tidegate_store::survey::{Discovered, Drift, FoundSoFar, MendRule, Mended};

use super::SurveyError;
use super::strays::Strays;
use crate::apps::{App, Target};
use crate::clock::now_ms;
use crate::metrics::DriftLabels;
use crate::service::Service;

/// What is asked of a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct Wanted {
    /// Members of every group, not only of those that are managed.
    pub whole: bool,
    /// Report what the last reading found, and read nothing.
    pub last: bool,
    /// What is mended.
    pub mend: MendRule,
    /// Unmanaged members of managed groups are taken out.
    pub remove_unmanaged: bool,
    /// What nobody has is offered to the identity provider's import.
    pub offer: bool,
    /// What was offered in this app, and never written, is taken back.
    pub withdraw: bool,
    /// So many of them, seen before: more than the brake allows go only if it is exactly as many.
    pub confirmed: Option<u64>,
}

/// What is shown to the identity provider's import.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Offered {
    /// Users, by now.
    pub users: u64,
    /// Groups, by now.
    pub groups: u64,
    /// Taken back, of both.
    pub withdrawn: u64,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Report {
    /// The target's name.
    pub target: String,
    /// Where it is not as it was left.
    pub drift: Drift,
    /// What was there before.
    pub discovered: Option<Discovered>,
    /// What is brought about again.
    pub mended: Mended,
    /// Unmanaged members, where they were to be taken out.
    pub unmanaged: Option<Strays>,
    /// What was offered, where that was asked for.
    pub offered: Option<Offered>,
}

impl Service {
    /// Reads, reports, and mends what is to be mended.
    ///
    /// # Errors
    /// As [`Service::read_target`].
    pub async fn survey(
        &self,
        app: &Arc<App>,
        target: &Arc<Target>,
        wanted: Wanted,
        progress: &(dyn Fn(FoundSoFar) + Send + Sync),
    ) -> Result<Report, SurveyError> {
        if !wanted.last {
            self.read_target(target, wanted.whole, progress).await?;
        }
        let drift = self.store.drift(target.seq).await?.ok_or(SurveyError::NotRead)?;
        let discovered = match wanted.whole {
            true => self.store.discovered(app.seq, target.seq).await?,
            false => None,
        };
        self.count_drift(target, &drift);
        let request = uuid::Uuid::now_v7().to_string();
        let mended = match wanted.mend.is_any() {
            true => self.mend(app, target, wanted.mend, &request).await?,
            false => Mended::default(),
        };
        let unmanaged = match wanted.remove_unmanaged {
            true => Some(
                self.remove_strays(app, target, &request, wanted.confirmed)
                    .await?,
            ),
            false => None,
        };
        let mut offered = None;
        if wanted.withdraw {
            let line = super::offer::line(app, target, &request, "discover.withdraw");
            let withdrawn = self.store.withdraw_offers(app.seq, line).await?;
            offered = Some(Offered {
                withdrawn,
                ..Offered::default()
            });
        }
        // What is taken back is not shown again in the same breath.
        if wanted.offer || (app.options.drift.offer_discovered && !wanted.withdraw) {
            offered = Some(self.offer(app, target, &request).await?);
        }
        Ok(Report {
            offered,
            target: target.config.name.clone(),
            drift,
            discovered,
            mended,
            unmanaged,
        })
    }

    async fn mend(
        &self,
        app: &App,
        target: &Target,
        rule: MendRule,
        request: &str,
    ) -> Result<Mended, SurveyError> {
        let line = AuditLine {
            at_ms: now_ms(),
            app: Some(app.seq),
            request: request.to_owned(),
            actor: "host".into(),
            action: "drift.mend".into(),
            subject: target.config.name.clone(),
            detail: json!({}),
        };
        let brake = app.options.brake;
        let mended = self
            .store
            .mend_drift(app.seq, target.seq, rule, brake, line)
            .await?;
        target.wake.notify_one();
        Ok(mended)
    }

    fn count_drift(&self, target: &Target, drift: &Drift) {
        for finding in &drift.findings {
            let labels = DriftLabels {
                target: target.config.name.clone(),
                object: finding.object.clone(),
                kind: finding.kind.clone(),
            };
            let count = i64::try_from(finding.count).unwrap_or(i64::MAX);
            self.metrics.drift.get_or_create(&labels).set(count);
        }
    }
}
