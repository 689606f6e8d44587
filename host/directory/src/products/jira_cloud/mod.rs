//! A Jira Cloud site without Guard, by the product's own REST API 3 (snapshot of spring
//! 2026), with an administrator's e-mail address and API token.
//!
//! Cloud has no usernames. What stands in their place here is the e-mail address; it is
//! hidden where the person chose so, and the `accountId` then stands in its place. People
//! own their accounts: names and addresses cannot be changed, nor accounts deactivated.
//! Suspending takes away every group, and the link remembers them: see [`suspension`].

mod accounts;
mod beans;
mod groups;
mod instance;
mod refusals;
mod suspension;

use async_trait::async_trait;

use crate::connector::{
    Account, AccountLink, AccountPage, AccountWanted, Connector, ConnectorError, Page, Result, TargetInfo,
};
use crate::target::{Credentials, TargetConfig};
use crate::transport::Client;

/// Where the API lives below the base URL: the site, or `https://api.atlassian.com/ex/jira/{cloudId}`
/// for tokens with scopes (CLOUD-12617).
const API: &str = "/rest/api/3";

/// The connector to one site.
#[derive(Debug)]
pub struct JiraCloud {
    client: Client,
}

impl JiraCloud {
    /// Nothing is called yet.
    ///
    /// # Errors
    /// `Refused`: a bare token. Cloud's API tokens are passwords of a person.
    pub fn new(client: Client, config: &TargetConfig) -> Result<Self> {
        if matches!(config.credentials, Credentials::Token { .. }) {
            return Err(ConnectorError::Refused(
                "Jira Cloud takes an API token together with its owner's e-mail address: give the address of an \
                 organisation administrator as the username and the token (id.atlassian.com, Security, API tokens) \
                 as the password"
                    .to_owned(),
            ));
        }
        Ok(Self { client })
    }
}

/// Whether a text is meant as an e-mail address; account ids have no `@`.
fn is_address(text: &str) -> bool {
    text.contains('@')
}

#[async_trait]
impl Connector for JiraCloud {
    async fn probe(&self) -> Result<TargetInfo> {
        self.client.log_in_again();
        self.probe_site().await
    }

    async fn find_account(&self, username: &str) -> Result<Option<Account>> {
        self.find_named(username).await
    }

    async fn find_linked(&self, link: &AccountLink) -> Result<Option<Account>> {
        self.find_link(link).await
    }

    async fn find_account_by_email(&self, email: &str) -> Result<Option<Account>> {
        self.search_address(email).await
    }

    async fn create_account(&self, wanted: &AccountWanted) -> Result<AccountLink> {
        self.invite(wanted).await
    }

    async fn update_account(
        &self,
        link: &AccountLink,
        current: &Account,
        wanted: &AccountWanted,
    ) -> Result<AccountLink> {
        Self::no_update(link, current, wanted)
    }

    async fn remember_account(&self, link: &AccountLink) -> Result<AccountLink> {
        Ok(self.remember(link).await?.0)
    }

    async fn suspend_account(&self, link: &AccountLink) -> Result<AccountLink> {
        self.suspend(link).await
    }

    async fn restore_account(&self, link: &AccountLink) -> Result<AccountLink> {
        self.restore(link).await
    }

    async fn remove_account(&self, link: &AccountLink) -> Result<()> {
        self.delete_user(link).await
    }

    async fn list_accounts(&self, cursor: Option<&str>) -> Result<AccountPage> {
        self.users(cursor).await
    }

    async fn list_groups(&self, cursor: Option<&str>) -> Result<Page> {
        self.groups(cursor).await
    }

    async fn account_groups(&self, username: &str) -> Result<Vec<String>> {
        self.groups_of_name(username).await
    }

    async fn group_exists(&self, name: &str) -> Result<bool> {
        Ok(self.group_named(name).await?.is_some())
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
        self.join_named(group, link).await
    }

    async fn remove_member(&self, group: &str, link: &AccountLink) -> Result<()> {
        self.leave_named(group, link).await
    }
}
