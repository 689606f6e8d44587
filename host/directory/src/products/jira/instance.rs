//! Version, rights and licence seats.

use serde::Deserialize;

use super::{API, Jira, UserBean};
use crate::connector::{ConnectorError, Result, TargetInfo};
use crate::products::capability;
use crate::products::version::Version;

/// `active` of `PUT /user` came with this version.
pub(super) const SUSPENDS: Version = Version(8, 3);
/// `/user/anonymization` came with this version.
pub(super) const ANONYMISES: Version = Version(8, 7);
/// `/user/duplicated/list` came with this version.
pub(super) const TELLS_DUPLICATES: Version = Version(8, 19);
/// `/user/list` came with this version.
pub(super) const LISTS: Version = Version(10, 0);

/// An application and its licence, of `GET /applicationrole`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RoleBean {
    #[serde(default)]
    pub(super) groups: Vec<String>,
    #[serde(default)]
    pub(super) default_groups: Vec<String>,
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
struct ServerInfo {
    version: String,
}

impl Jira {
    /// `GET /applicationrole`: for administrators only, which makes it our proof.
    pub(super) async fn application_roles(&self) -> Result<Vec<RoleBean>> {
        self.client
            .get(&format!("{API}/applicationrole"))
            .await?
            .success()?
            .json()
    }

    /// This Jira's version, if it is older than that: what it has not is not tried.
    pub(super) async fn older_than(&self, since: Version) -> Result<Option<String>> {
        self.learned.older_than(since, self.version()).await
    }

    pub(super) async fn version(&self) -> Result<String> {
        let info: ServerInfo = self
            .client
            .get(&format!("{API}/serverInfo"))
            .await?
            .success()?
            .json()?;
        Ok(info.version)
    }

    pub(super) async fn probe_instance(&self) -> Result<TargetInfo> {
        let version = self.version().await?;
        let me: UserBean = self
            .client
            .get(&format!("{API}/myself"))
            .await?
            .success()?
            .json()?;
        let roles = self.application_roles().await.map_err(|error| match error {
            ConnectorError::Forbidden(words) => {
                ConnectorError::Forbidden(format!("{} is not a Jira administrator: {words}", me.name))
            }
            other => other,
        })?;
        let limited = roles.iter().filter(|role| !role.has_unlimited_seats);
        let seats_left = limited
            .map(|role| u64::try_from(role.remaining_seats).unwrap_or(0))
            .min();
        self.learned.set(&version);
        let has = Version::parse(&version);
        let suspends = has >= SUSPENDS;
        let (anonymises, how_anonymised) = self.anonymising_in_words().await?;
        let (tells_duplicates, how_duplicates) = self.duplicates_in_words().await?;
        Ok(TargetInfo {
            version,
            acting_as: Some(me.name),
            directories: Vec::new(),
            capabilities: vec![
                capability(
                    "create accounts",
                    true,
                    "in the first directory that Jira may write to",
                ),
                capability("update accounts", true, "name, e-mail address and username"),
                capability("rename accounts", true, "the key stays"),
                capability(
                    "deactivate accounts",
                    suspends,
                    if suspends {
                        "active: false"
                    } else {
                        "needs Jira 8.3 or later"
                    },
                ),
                capability("find accounts by e-mail", true, "compared exactly"),
                capability(
                    "list accounts and groups",
                    true,
                    if has >= LISTS {
                        "page by page"
                    } else {
                        "by search; some versions stop at a thousand, Jira 10 does not"
                    },
                ),
                capability(
                    "tell direct members from those of inner groups",
                    false,
                    "both show as members; who is in by an inner group is taken out of that one",
                ),
                capability("anonymise accounts", anonymises, &how_anonymised),
                capability(
                    "choose the user directory",
                    false,
                    "Jira has no REST call that lists or chooses one",
                ),
                capability(
                    "tell usernames that are in several directories",
                    tells_duplicates,
                    &how_duplicates,
                ),
                capability(
                    "rename groups",
                    false,
                    "create the new group and move the members",
                ),
            ],
            seats_left,
        })
    }
}
