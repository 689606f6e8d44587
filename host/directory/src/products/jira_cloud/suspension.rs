//! Suspending where the product has no such thing: the account is taken out of every
//! group, which ends its access, and put back later.
//!
//! The groups are kept in [`AccountLink::remembered`] as `{"groups": [{"name", "groupId"}]}`,
//! by the rules of Bitbucket's suspension: read before anything is taken, added to and
//! never replaced, dropped only when everything was given back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::JiraCloud;
use super::beans::GroupBean;
use crate::connector::{AccountLink, ConnectorError, Result};

/// The memory of a suspension.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Access {
    #[serde(default)]
    groups: Vec<GroupBean>,
}

impl Access {
    /// An unreadable memory is an error, not an empty one: restore would drop it.
    fn remembered(link: &AccountLink) -> Result<Self> {
        let Some(memory) = &link.remembered else {
            return Ok(Self::default());
        };
        serde_json::from_value(memory.clone()).map_err(|error| {
            ConnectorError::Refused(format!(
                "what {} had before it was suspended is unreadable: {error}",
                link.username
            ))
        })
    }

    /// Both together, by id; the name found now is the newer one.
    fn union(self, now: &[GroupBean]) -> Self {
        let groups = self.groups.into_iter().chain(now.iter().cloned());
        let groups: BTreeMap<_, _> = groups.map(|it| (it.group_id.clone(), it)).collect();
        Self {
            groups: groups.into_values().collect(),
        }
    }
}

impl JiraCloud {
    /// The link with all that restoring will need, and the groups there are now. Changes
    /// nothing in Jira.
    pub(super) async fn remember(&self, link: &AccountLink) -> Result<(AccountLink, Vec<GroupBean>)> {
        let now = self.groups_of(&link.remote_id).await?;
        let memory = Access::remembered(link)?.union(&now);
        let link = AccountLink {
            remembered: Some(json!(memory)),
            ..link.clone()
        };
        Ok((link, now))
    }

    /// Takes the account out of every group. One that Jira holds on to (the last
    /// administrators') does not keep the others: as much as can be taken is taken, and the
    /// refusal told.
    pub(super) async fn suspend(&self, link: &AccountLink) -> Result<AccountLink> {
        let (link, now) = self.remember(link).await?;
        let mut refused = None;
        for group in &now {
            match self.leave(group, &link).await {
                Err(error @ (ConnectorError::Refused(_) | ConnectorError::Forbidden(_))) => {
                    refused.get_or_insert(error);
                }
                other => other?,
            }
        }
        refused.map_or(Ok(link), Err)
    }

    /// Puts the account back. A group deleted meanwhile is left out.
    pub(super) async fn restore(&self, link: &AccountLink) -> Result<AccountLink> {
        let memory = Access::remembered(link)?;
        if self.user(&link.remote_id).await?.is_none() {
            return Err(ConnectorError::NotFound(format!("the account {}", link.username)));
        }
        for group in &memory.groups {
            match self.join(group, link).await {
                Err(ConnectorError::NotFound(words)) if !self.has_group(&group.group_id).await? => {
                    tracing::warn!(group = group.name, words, "a group of a restored account is gone");
                }
                other => other?,
            }
        }
        Ok(AccountLink {
            remembered: None,
            ..link.clone()
        })
    }
}
