//! Page by page to the end.

use std::time::Duration;

use tidegate_directory::connector::{Connector, ConnectorError, Page};
use tidegate_store::survey::{FoundSoFar, Phase, Survey};

use super::SurveyError;
use crate::apps::Target;
use crate::clock::now_ms;
use crate::service::Service;

/// Pages asked for again before a reading gives up: with doubling pauses, some five minutes.
const TRIES: u32 = 8;

impl Service {
    /// Reads a target, or goes on with a reading that did not end. `whole`: members of every group, not only of
    /// those that are managed. One reading of a target at a time.
    ///
    /// # Errors
    /// The target is stopped, the product does not answer or may not be read, or a database error. What was read
    /// is kept, and the next reading goes on.
    pub async fn read_target(
        &self,
        target: &Target,
        whole: bool,
        progress: &(dyn Fn(FoundSoFar) + Send + Sync),
    ) -> Result<Survey, SurveyError> {
        let _one_at_a_time = self.locks.acquire(format!("survey {}", target.seq)).await;
        let connector = target.connector()?;
        if target.stopped().is_none() && target.probed().is_none() {
            self.probe_before_reading(target).await?;
        }
        let mut survey = self.store.begin_survey(target.seq, whole, now_ms()).await?;
        let mut found = self.store.found_so_far(target.seq, &survey)?;
        let mut tries = 0;
        while survey.phase != Phase::Done {
            if let Some(reason) = target.stopped() {
                return Err(SurveyError::Stopped(reason));
            }
            let paused = target.paused_until_ms().saturating_sub(now_ms());
            if let Ok(paused) = u64::try_from(paused) {
                tokio::time::sleep(Duration::from_millis(paused)).await;
            }
            match self.page(target, connector.as_ref(), &survey, &mut found).await {
                Ok(next) => {
                    (survey, tries) = (next, 0);
                    progress(found);
                }
                Err(SurveyError::Product(ConnectorError::RateLimited { retry_after_ms })) => {
                    let wait = i64::try_from(retry_after_ms).unwrap_or(i64::MAX);
                    target.pause(now_ms().saturating_add(wait));
                }
                Err(SurveyError::Product(error)) if error.is_transient() && tries < TRIES => {
                    tracing::warn!(target_name = target.config.name, %error, "a page was not read, it is asked for again");
                    tokio::time::sleep(Duration::from_secs(1 << tries)).await;
                    tries += 1;
                }
                Err(SurveyError::Product(ConnectorError::Unauthorized(text))) => {
                    self.stop_target(target, &text).await;
                    return Err(SurveyError::Stopped(text));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(survey)
    }

    /// One call proves the credentials before pages are asked for.
    async fn probe_before_reading(&self, target: &Target) -> Result<(), SurveyError> {
        match target.probe().await {
            Err(ConnectorError::Unauthorized(text)) => {
                self.stop_target(target, &text).await;
                Err(SurveyError::Stopped(text))
            }
            // Pages have tries of their own.
            Err(error) if error.is_transient() => Ok(()),
            probed => {
                probed?;
                Ok(())
            }
        }
    }

    async fn page(
        &self,
        target: &Target,
        connector: &dyn Connector,
        survey: &Survey,
        found: &mut FoundSoFar,
    ) -> Result<Survey, SurveyError> {
        let (seq, cursor, survey) = (target.seq, survey.cursor.as_deref(), survey.clone());
        Ok(match survey.phase {
            Phase::Accounts => {
                let page = connector.list_accounts(cursor).await?;
                found.accounts += page.accounts.len() as u64;
                self.store.found_accounts(seq, survey.clone(), page).await?
            }
            Phase::Groups => {
                let page = connector.list_groups(cursor).await?;
                found.groups += page.names.len() as u64;
                self.store
                    .found_groups(seq, survey.clone(), page, now_ms())
                    .await?
            }
            Phase::Members => {
                let page = match self.store.members_of(seq, &survey)? {
                    None => Page::default(),
                    Some(group) => match connector.group_members(&group, cursor).await {
                        // Somebody deleted it since groups were read.
                        Err(ConnectorError::NotFound(_)) => Page::default(),
                        page => page?,
                    },
                };
                found.memberships += page.names.len() as u64;
                found.groups_read += u64::from(page.next.is_none());
                self.store
                    .found_members(seq, survey.clone(), page, now_ms())
                    .await?
            }
            Phase::Done => survey,
        })
    }
}
