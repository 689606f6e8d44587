//! Suspending where the product has no such thing (BSERV-8817): Atlassian's advice is
//! to take away groups and global permission, and to give them back later.
//!
//! What was taken is kept in [`AccountLink::remembered`], as
//! `{"groups": [NAME], "permission": NAME}`. Three rules keep it from being forgotten:
//!
//! 1. it is read before anything is taken, by [`Bitbucket::remember`]; a caller that
//!    saves that link first loses nothing to a crash in the middle;
//! 2. suspending again adds to what is remembered, it never replaces it;
//! 3. it is dropped only when everything was given back.

use std::collections::BTreeMap;

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{API, Bitbucket, GroupBean};
use crate::connector::{AccountLink, ConnectorError, Result};
use crate::products::same;
use crate::transport::encode;

/// What an account can do: the memory of a suspension.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct Access {
    /// Names of groups.
    #[serde(default)]
    groups: Vec<String>,
    /// The highest global permission given to the account itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    permission: Option<String>,
}

#[derive(Debug, Deserialize)]
struct GrantBean {
    user: NameBean,
    permission: String,
}

#[derive(Debug, Deserialize)]
struct NameBean {
    name: String,
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

    /// Both together; the permission found now wins, it is the newer one.
    fn union(self, now: Self) -> Self {
        let groups = self
            .groups
            .into_iter()
            .chain(now.groups)
            .map(|name| (name.to_lowercase(), name));
        let groups: BTreeMap<_, _> = groups.collect();
        Self {
            groups: groups.into_values().collect(),
            permission: now.permission.or(self.permission),
        }
    }
}

impl Bitbucket {
    /// What the account can do now; `None` where it can do nothing.
    pub(super) async fn access_of(&self, username: &str) -> Result<Option<Access>> {
        let groups: Vec<GroupBean> = self
            .all(&format!(
                "{API}/admin/users/more-members?context={}",
                encode(username)
            ))
            .await?;
        let path = format!("{API}/admin/permissions/users?filter={}", encode(username));
        let grant: Option<GrantBean> = self
            .first(&path, |grant: &GrantBean| same(&grant.user.name, username))
            .await?;
        let access = Access {
            groups: groups.into_iter().map(|group| group.name).collect(),
            permission: grant.map(|grant| grant.permission),
        };
        Ok((access != Access::default()).then_some(access))
    }

    /// The link with all that restoring will need. Changes nothing in Bitbucket.
    pub(super) async fn remember(&self, link: &AccountLink) -> Result<AccountLink> {
        let user = self.writable_user(link).await?;
        let now = self.access_of(&user.name).await?.unwrap_or_default();
        let memory = Access::remembered(link)?.union(now);
        Ok(AccountLink {
            username: user.name,
            remembered: Some(json!(memory)),
            ..link.clone()
        })
    }

    /// Takes away all that is there now.
    pub(super) async fn suspend(&self, link: &AccountLink) -> Result<AccountLink> {
        let link = self.remember(link).await?;
        let now = self.access_of(&link.username).await?.unwrap_or_default();
        if now.permission.is_some() {
            let path = format!("/admin/permissions/users?name={}", encode(&link.username));
            match self.write(Method::DELETE, &path, &Value::Null).await {
                Ok(()) | Err(ConnectorError::NotFound(_)) => {}
                // It would lower our own rights: no conflict of names.
                Err(ConnectorError::Conflict(words)) => return Err(ConnectorError::Refused(words)),
                Err(error) => return Err(error),
            }
        }
        for group in &now.groups {
            self.leave(group, &link).await?;
        }
        Ok(link)
    }

    /// Gives back what is remembered. A group deleted meanwhile is left out.
    pub(super) async fn restore(&self, link: &AccountLink) -> Result<AccountLink> {
        let memory = Access::remembered(link)?;
        let user = self.writable_user(link).await?;
        let restored = AccountLink {
            username: user.name,
            remembered: None,
            ..link.clone()
        };
        for group in &memory.groups {
            match self.join(group, &restored).await {
                Err(ConnectorError::NotFound(words)) if !self.has_group(group).await? => {
                    tracing::warn!(group, words, "a group of a restored account is gone");
                }
                other => other?,
            }
        }
        if let Some(permission) = &memory.permission {
            let name = encode(&restored.username);
            let path = format!(
                "/admin/permissions/users?name={name}&permission={}",
                encode(permission)
            );
            self.write(Method::PUT, &path, &Value::Null).await?;
        }
        Ok(restored)
    }
}
