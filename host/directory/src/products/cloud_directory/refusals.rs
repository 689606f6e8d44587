//! What a refusal of Cloud's SCIM API means, and what can be done about it.

use super::CloudDirectory;
use crate::connector::{AccountLink, ConnectorError, Result};
use crate::transport::Answer;

impl CloudDirectory {
    /// What a status means where the call knows nothing more exact. A key that does not open
    /// the directory says nothing about one account or group: it stops the target.
    pub(super) fn refusal(&self, answer: &Answer) -> ConnectorError {
        match answer.status() {
            // The API's own text is the same for a key that is wrong and one of another directory.
            403 => ConnectorError::Unauthorized(format!(
                "{}: the SCIM API key must be the one of the directory {}",
                answer.words(),
                self.directory
            )),
            _ => answer.error(),
        }
    }

    /// The same for calls on the directory itself, where 404 means that it is not there. Were
    /// that told as `NotFound`, a mistyped id would make every account seem to be gone.
    pub(super) fn refusal_of_all(&self, answer: &Answer) -> ConnectorError {
        match answer.status() {
            404 => ConnectorError::Unauthorized(format!(
                "{}: there is no directory {}: the id is the last part of the SCIM base URL in admin.atlassian.com",
                answer.words(),
                self.directory
            )),
            _ => self.refusal(answer),
        }
    }

    /// Proves that the directory itself answers, after a 404 that could mean it does not.
    ///
    /// # Errors
    /// `Unauthorized`: there is no such directory.
    pub(super) async fn is_there(&self) -> Result<()> {
        let answer = self
            .client
            .get(&format!("{}/Users?startIndex=1&count=1", self.api))
            .await?;
        match answer.status() {
            200 => Ok(()),
            _ => Err(self.refusal_of_all(&answer)),
        }
    }

    /// A 400 on an address. The text is not published, so the usual reason is said with it.
    pub(super) fn unverified(&self, answer: &Answer, email: &str) -> ConnectorError {
        let domain = email.rsplit('@').next().unwrap_or(email);
        ConnectorError::Refused(format!(
            "{}: Cloud takes addresses of verified domains only, is {domain} verified? \
             (admin.atlassian.com, Security, Domains)",
            answer.words()
        ))
    }

    /// A 400 on a group.
    pub(super) fn unmanageable(&self, answer: &Answer, group: &str) -> ConnectorError {
        ConnectorError::Refused(format!(
            "{}: if {group} gives default access to a product, SCIM cannot manage it: \
             choose another default group in Atlassian administration",
            answer.words()
        ))
    }

    /// A 409 on a user: the directory is asked who has the name.
    pub(super) async fn taken(&self, answer: &Answer, username: &str) -> ConnectorError {
        match self.user_named(username).await {
            Ok(Some(user)) => ConnectorError::Conflict(format!("{} exists", user.user_name)),
            Ok(None) => ConnectorError::Conflict(format!(
                "{}: {username} is not of this directory, another one of the organisation may have the address",
                answer.words()
            )),
            Err(error) => error,
        }
    }

    /// Which status tells that a name is taken is not published: the name is looked up.
    pub(super) async fn why_not_updated(
        &self,
        answer: &Answer,
        link: &AccountLink,
        new_name: Option<&str>,
        new_email: Option<&str>,
    ) -> ConnectorError {
        if !matches!(answer.status(), 400 | 409) {
            return self.refusal(answer);
        }
        if let Some(name) = new_name {
            match self.user_named(name).await {
                Ok(Some(other)) if other.id != link.remote_id => {
                    return ConnectorError::Conflict(format!(
                        "the username {name} is taken by another account"
                    ));
                }
                Ok(_) => {}
                Err(error) => return error,
            }
        }
        match new_email {
            Some(email) if answer.status() == 400 => self.unverified(answer, email),
            _ => self.refusal(answer),
        }
    }
}
