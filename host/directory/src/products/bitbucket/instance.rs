//! Version, licence seats and user directories.

use serde::Deserialize;

use super::{API, Bitbucket, refusal};
use crate::connector::{ConnectorError, Result, TargetInfo};
use crate::products::{capability, same};
use crate::transport::Answer;

#[derive(Debug, Deserialize)]
struct PropertiesBean {
    version: String,
}

#[derive(Debug, Deserialize)]
struct DirectoryBean {
    name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct LicenseBean {
    #[serde(default)]
    unlimited_number_of_users: bool,
    maximum_number_of_users: Option<i64>,
    status: Option<LicenseStatusBean>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct LicenseStatusBean {
    #[serde(default)]
    current_number_of_users: i64,
}

impl LicenseBean {
    fn seats_left(&self) -> Option<u64> {
        let most = self
            .maximum_number_of_users
            .filter(|most| *most >= 0 && !self.unlimited_number_of_users)?;
        let used = self
            .status
            .as_ref()
            .map_or(0, |status| status.current_number_of_users);
        Some(u64::try_from(most.saturating_sub(used)).unwrap_or(0))
    }
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum DirectoriesBean {
    List(Vec<DirectoryBean>),
    Page { values: Vec<DirectoryBean> },
}

impl Bitbucket {
    async fn seats_left(&self) -> Result<Option<u64>> {
        let license = self.client.get(&format!("{API}/admin/license")).await?;
        // 404: no licence is installed.
        if license.status() == 404 {
            return Ok(None);
        }
        Ok(license.success()?.json::<LicenseBean>()?.seats_left())
    }

    /// 403 on a create is documented for the licence limit and for a lacking right. The
    /// exception's name is not documented, so the licence is asked too.
    pub(super) async fn why_not_created(&self, answer: &Answer) -> ConnectorError {
        match refusal(answer) {
            ConnectorError::Forbidden(words) => match self.seats_left().await {
                Ok(Some(0)) => ConnectorError::SeatsExhausted(words),
                Ok(_) => ConnectorError::Forbidden(words),
                Err(error) => error,
            },
            other => other,
        }
    }

    /// `GET /admin/user-directories`: a list, or a page of one; the description leaves that open. None where Bitbucket
    /// does not say: accounts tell theirs themselves.
    async fn directory_names(&self) -> Result<Vec<String>> {
        let path = format!("{API}/admin/user-directories");
        let beans = match self.client.get(&path).await {
            Ok(answer) => answer
                .success()
                .and_then(|answer| answer.json::<DirectoriesBean>()),
            Err(error @ ConnectorError::Unauthorized(_)) => return Err(error),
            Err(error) => Err(error),
        };
        let beans = match beans {
            Ok(DirectoriesBean::List(beans) | DirectoriesBean::Page { values: beans }) => beans,
            Err(error) => {
                tracing::warn!(%error, "Bitbucket does not tell its user directories");
                Vec::new()
            }
        };
        Ok(beans.into_iter().map(|directory| directory.name).collect())
    }

    /// The licence is for administrators only, which makes it our proof.
    pub(super) async fn probe_instance(&self) -> Result<TargetInfo> {
        let properties: PropertiesBean = self
            .client
            .get(&format!("{API}/application-properties"))
            .await?
            .success()?
            .json()?;
        let directories = self.directory_names().await?;
        if let Some(wanted) = &self.directory
            && !directories.is_empty()
            && !directories.iter().any(|name| same(name, wanted))
        {
            let there = directories.join(", ");
            return Err(ConnectorError::Refused(format!(
                "no user directory is named {wanted:?}, there are: {there}"
            )));
        }
        let seats_left = self.seats_left().await?;
        Ok(TargetInfo {
            version: properties.version,
            acting_as: self.acting_as.clone(),
            directories,
            capabilities: vec![
                capability(
                    "create accounts",
                    true,
                    "in the first directory that Bitbucket may write to",
                ),
                capability("update accounts", true, "full name and e-mail address"),
                capability("rename accounts", true, "the id stays"),
                capability(
                    "deactivate accounts",
                    true,
                    "emulated: groups and global permission are taken away, and given back on restore",
                ),
                capability("find accounts by e-mail", true, "compared exactly"),
                capability("list accounts and groups", true, "page by page"),
                capability(
                    "anonymise accounts",
                    true,
                    "the account is deleted, then its name is erased",
                ),
                capability(
                    "choose the user directory",
                    false,
                    "checked before every write, cannot be chosen",
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
