//! What a refusal of Jira Cloud means. Its texts are translated, so the state is read back
//! instead of matching them.

use super::JiraCloud;
use super::instance::RoleBean;
use crate::connector::{AccountLink, ConnectorError};
use crate::products::same;
use crate::transport::Answer;

impl JiraCloud {
    /// What a status means where the call knows nothing more exact.
    pub(super) fn refusal(answer: &Answer) -> ConnectorError {
        match answer.status() {
            403 => ConnectorError::Forbidden(format!(
                "{}: the token's owner must be an organisation administrator, and groups that an identity \
                 provider keeps in step cannot be changed here",
                answer.words()
            )),
            _ => answer.error(),
        }
    }

    /// 400 covers a race, an address that is hidden, and what Jira does not take.
    pub(super) async fn why_not_invited(&self, answer: &Answer, address: &str) -> ConnectorError {
        if answer.status() != 400 {
            return Self::refusal(answer);
        }
        match self.search_address(address).await {
            Ok(Some(account)) => ConnectorError::Conflict(format!("{} exists", account.username)),
            Ok(None) => ConnectorError::Refused(format!(
                "{}: if {address} is on the site already, hidden or without access, invite it in \
                 admin.atlassian.com, or have its owner show the address (id.atlassian.com, Profile and visibility)",
                answer.words()
            )),
            Err(error) => error,
        }
    }

    /// A refusal is about seats where an application of the group has none left.
    pub(super) async fn why_not_joined(&self, answer: &Answer, group: &str) -> ConnectorError {
        let counts = |role: &RoleBean| role.groups.iter().any(|name| same(name, group));
        match self.application_roles().await {
            Ok(roles) if roles.iter().any(|role| role.is_full() && counts(role)) => {
                ConnectorError::SeatsExhausted(answer.words())
            }
            Ok(_) | Err(ConnectorError::Forbidden(_)) => ConnectorError::Refused(answer.words()),
            Err(error) => error,
        }
    }

    /// 404 of a membership: the group was there a moment ago, so most likely it is the
    /// account. What SCIM or an invitation wrote is not visible to Jira at once (AX-282).
    pub(super) async fn who_is_missing(&self, answer: &Answer, link: &AccountLink) -> ConnectorError {
        match self.user(&link.remote_id).await {
            Ok(Some(_)) => ConnectorError::NotFound(answer.words()),
            Ok(None) => ConnectorError::Unavailable(format!(
                "{} is not visible to Jira yet; if it stays so, it was taken off the site",
                link.username
            )),
            Err(error) => error,
        }
    }
}
