//! Bitbucket Data Center, REST API `latest` (described for 9.5).
//!
//! Bitbucket cannot deactivate an account. Suspending takes away every group and the
//! global permission, and the link remembers them: see [`suspension`]. While an account
//! is suspended, putting it into a group would give access back, so `add_member` refuses
//! a link that remembers something.

mod accounts;
mod erasure;
mod groups;
mod instance;
mod paging;
mod suspension;

use async_trait::async_trait;
use serde::Deserialize;

use crate::connector::{
    Account, AccountLink, AccountPage, AccountWanted, Connector, ConnectorError, Page, Result, TargetInfo,
};
use crate::products::position;
use crate::target::{Credentials, TargetConfig};
use crate::transport::{Answer, Client};

/// Where the API lives below the base URL.
const API: &str = "/rest/api/latest";

/// The connector to one Bitbucket.
#[derive(Debug)]
pub struct Bitbucket {
    client: Client,
    /// The user directory that accounts must live in.
    directory: Option<String>,
    acting_as: Option<String>,
}

impl Bitbucket {
    /// Nothing is called yet.
    #[must_use]
    pub fn new(client: Client, config: &TargetConfig) -> Self {
        let acting_as = match &config.credentials {
            Credentials::Basic { username, .. } => Some(username.clone()),
            Credentials::Token { .. } => None,
        };
        Self {
            client,
            directory: config.directory.clone(),
            acting_as,
        }
    }
}

/// A user as the administrator's resources show one.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct UserBean {
    id: u64,
    name: String,
    email_address: Option<String>,
    display_name: Option<String>,
    #[serde(default = "yes")]
    active: bool,
    directory_name: Option<String>,
    #[serde(default = "yes")]
    mutable_details: bool,
    #[serde(default = "yes")]
    mutable_groups: bool,
}

/// Flags that are absent are no obstacle: the product says so itself at the write.
fn yes() -> bool {
    true
}

#[derive(Debug, Deserialize)]
struct GroupBean {
    name: String,
}

impl From<UserBean> for Account {
    fn from(bean: UserBean) -> Self {
        Self {
            remote_id: bean.id.to_string(),
            username: bean.name,
            email: bean.email_address,
            display_name: bean.display_name,
            active: bean.active,
            directory: bean.directory_name,
            mutable: bean.mutable_details && bean.mutable_groups,
        }
    }
}

/// What a refusal means. `exceptionName` is stable, the texts are not.
fn refusal(answer: &Answer) -> ConnectorError {
    if answer.status() == 403 && answer.names_exception("Licen") {
        return ConnectorError::SeatsExhausted(answer.words());
    }
    answer.error()
}

#[async_trait]
impl Connector for Bitbucket {
    async fn probe(&self) -> Result<TargetInfo> {
        self.client.log_in_again();
        self.probe_instance().await
    }

    async fn find_account(&self, username: &str) -> Result<Option<Account>> {
        self.find_named(username).await
    }

    async fn find_linked(&self, link: &AccountLink) -> Result<Option<Account>> {
        self.find_link(link).await
    }

    async fn find_account_by_email(&self, email: &str) -> Result<Option<Account>> {
        self.find_email(email).await
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

    async fn remember_account(&self, link: &AccountLink) -> Result<AccountLink> {
        self.remember(link).await
    }

    async fn suspend_account(&self, link: &AccountLink) -> Result<AccountLink> {
        self.suspend(link).await
    }

    async fn restore_account(&self, link: &AccountLink) -> Result<AccountLink> {
        self.restore(link).await
    }

    async fn remove_account(&self, link: &AccountLink) -> Result<()> {
        self.delete_user(link).await.map(drop)
    }

    async fn anonymise_account(&self, link: &AccountLink) -> Result<()> {
        self.delete_and_erase(link).await
    }

    async fn list_accounts(&self, cursor: Option<&str>) -> Result<AccountPage> {
        let path = format!("{API}/admin/users?filter=");
        let (users, next) = self.page::<UserBean>(&path, position(cursor)?).await?;
        Ok(AccountPage {
            accounts: users.into_iter().map(Account::from).collect(),
            next: next.map(|next| next.to_string()),
        })
    }

    async fn list_groups(&self, cursor: Option<&str>) -> Result<Page> {
        let path = format!("{API}/admin/groups?filter=");
        let (groups, next) = self.page::<GroupBean>(&path, position(cursor)?).await?;
        Ok(Page {
            names: groups.into_iter().map(|group| group.name).collect(),
            next: next.map(|next| next.to_string()),
        })
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
