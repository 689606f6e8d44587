//! What a 400 or 403 of Jira means. Its texts are translated, so the state is read
//! back instead of matching them.

use super::Jira;
use super::instance::RoleBean;
use crate::connector::{AccountLink, ConnectorError};
use crate::products::same;
use crate::transport::Answer;

impl Jira {
    /// 403 on a write: administrators get it for read-only directories only, if Jira
    /// itself has said it.
    pub(super) async fn why_forbidden(&self, answer: &Answer) -> ConnectorError {
        if !answer.is_json() {
            return ConnectorError::Forbidden(answer.words());
        }
        match self.application_roles().await {
            Ok(_) => ConnectorError::ReadOnly(answer.words()),
            Err(ConnectorError::Forbidden(_)) => ConnectorError::Forbidden(answer.words()),
            Err(other) => other,
        }
    }

    pub(super) async fn why_not_created(&self, answer: &Answer, username: &str) -> ConnectorError {
        match answer.status() {
            403 => return self.why_forbidden(answer).await,
            400 => {}
            _ => return answer.error(),
        }
        match self.find_by("username", username).await {
            Ok(Some(account)) => return ConnectorError::Conflict(format!("{} exists", account.username)),
            Ok(None) => {}
            Err(error) => return error,
        }
        self.seats_or(answer, |role| !role.default_groups.is_empty())
            .await
    }

    pub(super) async fn why_not_joined(&self, answer: &Answer, group: &str) -> ConnectorError {
        self.seats_or(answer, |role| role.groups.iter().any(|name| same(name, group)))
            .await
    }

    /// A refusal is about seats where a role that counts has none left.
    async fn seats_or(&self, answer: &Answer, counts: impl Fn(&RoleBean) -> bool) -> ConnectorError {
        match self.application_roles().await {
            Ok(roles) if roles.iter().any(|role| role.is_full() && counts(role)) => {
                ConnectorError::SeatsExhausted(answer.words())
            }
            Ok(_) | Err(ConnectorError::Forbidden(_)) => ConnectorError::Refused(answer.words()),
            Err(error) => error,
        }
    }

    pub(super) async fn why_not_updated(
        &self,
        answer: &Answer,
        link: &AccountLink,
        new_name: Option<&str>,
    ) -> ConnectorError {
        match (answer.status(), new_name) {
            (403, _) => self.why_forbidden(answer).await,
            (400, Some(name)) => match self.find_by("username", name).await {
                Ok(Some(other)) if other.remote_id != link.remote_id => {
                    ConnectorError::Conflict(format!("the username {name} is taken by another account"))
                }
                Ok(_) => ConnectorError::Refused(answer.words()),
                Err(error) => error,
            },
            _ => answer.error(),
        }
    }

    pub(super) async fn why_not_switched(&self, answer: &Answer) -> ConnectorError {
        match answer.status() {
            403 => self.why_forbidden(answer).await,
            400 => ConnectorError::Refused(answer.words()),
            _ => answer.error(),
        }
    }
}
