//! The site, our rights and its licence seats.

use serde::Deserialize;

use super::beans::UserBean;
use super::{API, JiraCloud};
use crate::connector::{ConnectorError, Result, TargetInfo};
use crate::products::capability;

/// An application and its licence, of `GET /applicationrole`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RoleBean {
    #[serde(default)]
    pub(super) groups: Vec<String>,
    #[serde(default)]
    remaining_seats: i64,
    #[serde(default)]
    has_unlimited_seats: bool,
}

impl RoleBean {
    /// Whether nobody more fits in.
    pub(super) fn is_full(&self) -> bool {
        !self.has_unlimited_seats && self.remaining_seats == 0
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ServerInfo {
    version: String,
    #[serde(default)]
    deployment_type: String,
}

impl JiraCloud {
    /// `GET /applicationrole`: for administrators only, which makes it our proof.
    pub(super) async fn application_roles(&self) -> Result<Vec<RoleBean>> {
        self.client
            .get(&format!("{API}/applicationrole"))
            .await?
            .success()?
            .json()
    }

    pub(super) async fn probe_site(&self) -> Result<TargetInfo> {
        let path = format!("{API}/serverInfo");
        let info: ServerInfo = self.client.get(&path).await?.success()?.json()?;
        if info.deployment_type != "Cloud" {
            return Err(ConnectorError::Refused(format!(
                "this is Jira {} of deployment type {:?}, not Cloud: use the product jira",
                info.version, info.deployment_type
            )));
        }
        let me: UserBean = self
            .client
            .get(&format!("{API}/myself"))
            .await?
            .success()?
            .json()?;
        let roles = self.application_roles().await.map_err(|error| match error {
            ConnectorError::Forbidden(words) => {
                ConnectorError::Forbidden(format!("{} is not a Jira administrator: {words}", me.name()))
            }
            other => other,
        })?;
        let limited = roles.iter().filter(|role| !role.has_unlimited_seats);
        let seats_left = limited
            .map(|role| u64::try_from(role.remaining_seats).unwrap_or(0))
            .min();
        Ok(TargetInfo {
            version: info.version,
            acting_as: Some(me.name().to_owned()),
            directories: Vec::new(),
            capabilities: capabilities(),
            seats_left,
        })
    }
}

fn capabilities() -> Vec<crate::connector::Capability> {
    vec![
        capability(
            "create accounts",
            true,
            "by invitation, without access: map a group that gives it; the username must be the e-mail address",
        ),
        capability(
            "update accounts",
            false,
            "people own their names and addresses; with verified domains and Guard use the product cloud-directory",
        ),
        capability(
            "rename accounts",
            false,
            "a changed address is refused: its owner changes it at id.atlassian.com",
        ),
        capability(
            "deactivate accounts",
            true,
            "emulated: every group is taken away, and given back on restore",
        ),
        capability(
            "remove accounts",
            true,
            "off the site; the Atlassian account stays its owner's",
        ),
        capability(
            "find accounts by e-mail",
            true,
            "of active accounts whose address is shown; an account behind a hidden one is linked when it is \
             invited: ask its owner to show it (id.atlassian.com, Profile and visibility)",
        ),
        capability(
            "anonymise accounts",
            false,
            "the Atlassian account is its owner's to delete; a managed one is deleted in Atlassian administration",
        ),
        capability(
            "choose the user directory",
            false,
            "a site has one; for a directory of the organisation use the product cloud-directory",
        ),
        capability(
            "rename groups",
            false,
            "create the new group and move the members",
        ),
    ]
}
