//! Crowd Data Center, REST API `usermanagement/1`; the same when Jira is the user server.
//!
//! We are an *application*, not a user: its name and password are the credentials, and the
//! directories mapped to it are all that can be seen. A new account goes to the first of them
//! that lets the application create one.
//!
//! Three things differ from the products' own APIs:
//!
//! - an update replaces the whole user, what is left out is emptied (Atlassian's page "How to
//!   deactivate/activate a user through API"): see [`changes`];
//! - every refusal carries a stable word, `reason`: see [`refusals`];
//! - lists have no total: see [`lists`].
//!
//! Members are the direct ones. Who is in a group by way of a group inside it is not a member
//! that could be taken out, so `group_members` does not show them.

mod accounts;
mod changes;
mod groups;
mod instance;
mod lists;
mod refusals;

use async_trait::async_trait;
use serde::Deserialize;

use crate::connector::{
    Account, AccountLink, AccountPage, AccountWanted, Connector, ConnectorError, Page, Result, TargetInfo,
};
use crate::target::{Credentials, TargetConfig};
use crate::transport::Client;

/// Where the API lives below the base URL.
const API: &str = "/rest/usermanagement/1";

/// The connector to one application of a Crowd, or of a Jira that is the user server.
#[derive(Debug)]
pub struct Crowd {
    client: Client,
    /// The application that we are.
    application: String,
    /// The user directory that accounts must live in, where Crowd tells it.
    directory: Option<String>,
}

impl Crowd {
    /// Nothing is called yet.
    ///
    /// # Errors
    /// [`ConnectorError::Refused`]: a token. Crowd knows applications by name and password only.
    pub fn new(client: Client, config: &TargetConfig) -> Result<Self> {
        let Credentials::Basic { username, .. } = &config.credentials else {
            return Err(ConnectorError::Refused(
                "Crowd takes no token: give the name and the password of an application, made in Crowd under \
                 Applications or in Jira under User management, Jira user server"
                    .to_owned(),
            ));
        };
        Ok(Self {
            client,
            application: username.clone(),
            directory: config.directory.clone(),
        })
    }
}

/// A user; in lists that are not expanded the name only.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct UserBean {
    name: String,
    /// Directory and external id, opaque; old versions do not tell it.
    key: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    display_name: Option<String>,
    email: Option<String>,
    #[serde(default = "yes")]
    active: bool,
    /// Old versions do not tell it.
    directory_name: Option<String>,
}

/// What is not told is no obstacle.
fn yes() -> bool {
    true
}

impl UserBean {
    /// The key where there is one: it survives a rename. Else the name.
    fn remote_id(&self) -> String {
        let key = self.key.clone().filter(|key| !key.is_empty());
        key.unwrap_or_else(|| self.name.clone())
    }

    fn link(&self) -> AccountLink {
        AccountLink {
            remote_id: self.remote_id(),
            username: self.name.clone(),
            remembered: None,
        }
    }
}

impl From<UserBean> for Account {
    fn from(bean: UserBean) -> Self {
        Self {
            remote_id: bean.remote_id(),
            username: bean.name,
            email: bean.email,
            display_name: bean.display_name,
            active: bean.active,
            directory: bean.directory_name,
            // An application is not told its permissions; a missing one shows at the first write.
            mutable: true,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct GroupBean {
    name: String,
}

#[async_trait]
impl Connector for Crowd {
    async fn probe(&self) -> Result<TargetInfo> {
        self.client.log_in_again();
        self.probe_instance().await
    }

    async fn find_account(&self, username: &str) -> Result<Option<Account>> {
        Ok(self.user_named(username).await?.map(Account::from))
    }

    async fn find_linked(&self, link: &AccountLink) -> Result<Option<Account>> {
        Ok(self.linked_user(link).await?.map(Account::from))
    }

    async fn find_account_by_email(&self, email: &str) -> Result<Option<Account>> {
        self.search_email(email).await
    }

    async fn create_account(&self, wanted: &AccountWanted) -> Result<AccountLink> {
        self.create_user(wanted).await
    }

    async fn update_account(
        &self,
        link: &AccountLink,
        current: &Account,
        wanted: &AccountWanted,
    ) -> Result<AccountLink> {
        self.update_user(link, current, wanted).await
    }

    async fn suspend_account(&self, link: &AccountLink) -> Result<AccountLink> {
        self.set_active(link, false).await
    }

    async fn restore_account(&self, link: &AccountLink) -> Result<AccountLink> {
        self.set_active(link, true).await
    }

    async fn remove_account(&self, link: &AccountLink) -> Result<()> {
        self.delete_user(link).await
    }

    async fn list_accounts(&self, cursor: Option<&str>) -> Result<AccountPage> {
        self.accounts_from(cursor).await
    }

    async fn list_groups(&self, cursor: Option<&str>) -> Result<Page> {
        self.groups_from(cursor).await
    }

    async fn account_groups(&self, username: &str) -> Result<Vec<String>> {
        self.groups_of(username).await
    }

    async fn group_exists(&self, name: &str) -> Result<bool> {
        self.has_group(name).await
    }

    async fn create_group(&self, name: &str) -> Result<()> {
        self.make_group(name).await
    }

    async fn remove_group(&self, name: &str) -> Result<()> {
        self.delete_group(name).await
    }

    async fn group_members(&self, name: &str, cursor: Option<&str>) -> Result<Page> {
        self.members(name, cursor).await
    }

    async fn add_member(&self, group: &str, link: &AccountLink) -> Result<()> {
        self.join(group, link).await
    }

    async fn remove_member(&self, group: &str, link: &AccountLink) -> Result<()> {
        self.leave(group, link).await
    }
}
