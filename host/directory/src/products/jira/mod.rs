//! Jira Data Center, REST API 2 (described for 10.3; used back to 8.3).

mod accounts;
mod anonymization;
mod duplicates;
mod groups;
mod instance;
mod listing;
mod refusals;

use async_trait::async_trait;
use serde::Deserialize;

use crate::connector::{
    Account, AccountLink, AccountPage, AccountWanted, Connector, Page, Result, TargetInfo,
};
use crate::products::same;
use crate::products::version::Learned;
use crate::target::TargetConfig;
use crate::transport::Client;
use duplicates::Duplicates;

/// Where the API lives below the base URL.
const API: &str = "/rest/api/2";

/// The connector to one Jira.
#[derive(Debug)]
pub struct Jira {
    client: Client,
    /// The user directory that accounts must live in.
    directory: Option<String>,
    /// Username of who gets what an anonymised account owned.
    new_owner: Option<String>,
    duplicates: Duplicates,
    learned: Learned,
}

impl Jira {
    /// Nothing is called yet.
    #[must_use]
    pub fn new(client: Client, config: &TargetConfig) -> Self {
        Self {
            client,
            directory: config.directory.clone(),
            new_owner: config.new_owner.clone(),
            duplicates: Duplicates::default(),
            learned: Learned::default(),
        }
    }
}

/// A user, as every resource shows it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct UserBean {
    #[serde(default)]
    key: String,
    name: String,
    email_address: Option<String>,
    display_name: Option<String>,
    #[serde(default)]
    active: bool,
    /// Deleted accounts stay visible where they wrote something.
    #[serde(default)]
    deleted: bool,
    groups: Option<GroupsBean>,
}

#[derive(Debug, Deserialize)]
struct GroupsBean {
    #[serde(default)]
    items: Vec<NameBean>,
}

#[derive(Debug, Deserialize)]
struct NameBean {
    name: String,
}

impl UserBean {
    /// Whether Jira anonymised it: the username is then made of the key. One from before Jira 8.4 has another
    /// key, and gets a new one.
    fn is_anonymised(&self) -> bool {
        !self.active && self.key.starts_with("JIRAUSER") && same(&self.name, &self.key)
    }
}

impl From<UserBean> for Account {
    fn from(bean: UserBean) -> Self {
        Self {
            remote_id: bean.key,
            username: bean.name,
            email: bean.email_address,
            display_name: bean.display_name,
            active: bean.active,
            // Jira tells neither by REST; a read-only directory shows at the first write.
            directory: None,
            mutable: true,
        }
    }
}

#[async_trait]
impl Connector for Jira {
    async fn probe(&self) -> Result<TargetInfo> {
        self.client.log_in_again();
        self.probe_instance().await
    }

    async fn find_account(&self, username: &str) -> Result<Option<Account>> {
        self.find_by("username", username).await
    }

    async fn find_linked(&self, link: &AccountLink) -> Result<Option<Account>> {
        self.find_by("key", &link.remote_id).await
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

    async fn anonymise_account(&self, link: &AccountLink) -> Result<()> {
        self.anonymise(link).await
    }

    async fn list_accounts(&self, cursor: Option<&str>) -> Result<AccountPage> {
        self.all_users(cursor).await
    }

    async fn list_groups(&self, _: Option<&str>) -> Result<Page> {
        self.all_groups().await
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
