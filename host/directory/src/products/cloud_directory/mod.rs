//! Atlassian Cloud's directory (Guard), by its user-provisioning API: SCIM 2.0 below
//! `https://api.atlassian.com/scim/directory/{directoryId}`.
//!
//! After Atlassian's published description of that API (2022-08-29). What shapes the code:
//!
//! - one exact filter at a time: `userName` or `externalId` for users, `displayName` for groups;
//! - PUT clears what is left out, so every change is a PATCH of what differs;
//! - DELETE of a user deactivates it and hides its id: later calls on it give 404;
//! - an unknown directory gives 404 too, which must never look like an account that is gone.

mod accounts;
mod beans;
mod groups;
mod instance;
mod refusals;

use async_trait::async_trait;
use http::Method;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::connector::{
    Account, AccountLink, AccountPage, AccountWanted, Connector, ConnectorError, Page, Result, TargetInfo,
};
use crate::target::{Credentials, TargetConfig};
use crate::transport::{Answer, Client, encode, segment};

use beans::ListBean;

/// Asked for; Cloud may give less.
const PAGE: usize = 100;

/// The connector to one directory of an Atlassian organisation.
#[derive(Debug)]
pub struct CloudDirectory {
    client: Client,
    /// The `directoryId`, as the administrator gave it.
    directory: String,
    /// `/scim/directory/{directoryId}`, encoded.
    api: String,
}

impl CloudDirectory {
    /// Nothing is called yet.
    ///
    /// # Errors
    /// `Refused`: the target names no directory, or has a password where the API wants a key.
    pub fn new(client: Client, config: &TargetConfig) -> Result<Self> {
        let directory = config.directory.as_deref().unwrap_or_default().trim();
        if directory.is_empty() {
            return Err(ConnectorError::Refused(
                "a Cloud directory needs its directoryId: in admin.atlassian.com, Security, Identity providers, \
                 your directory, Set up user provisioning shows the SCIM base URL, and the id is its last part"
                    .to_owned(),
            ));
        }
        if matches!(config.credentials, Credentials::Basic { .. }) {
            return Err(ConnectorError::Refused(
                "a Cloud directory takes its SCIM API key as a token, not a username and a password: \
                 admin.atlassian.com shows the key once, beside the SCIM base URL"
                    .to_owned(),
            ));
        }
        Ok(Self {
            client,
            directory: directory.to_owned(),
            api: format!("/scim/directory/{}", segment(directory)?),
        })
    }

    /// The address of one user or group; `kind` is `Users` or `Groups`.
    fn address(&self, kind: &str, id: &str) -> Result<String> {
        Ok(format!("{}/{kind}/{}", self.api, segment(id)?))
    }

    /// One page of a listing that starts after `skipped` resources, and where the next one starts.
    async fn page<T: DeserializeOwned>(
        &self,
        kind: &str,
        filter: Option<String>,
        skipped: usize,
        count: usize,
    ) -> Result<(Vec<T>, Option<usize>)> {
        let filter = filter.map_or_else(String::new, |it| format!("filter={}&", encode(&it)));
        let path = format!(
            "{}/{kind}?{filter}startIndex={}&count={count}",
            self.api,
            skipped.saturating_add(1)
        );
        let answer = self.client.get(&path).await?;
        if answer.status() != 200 {
            return Err(self.refusal_of_all(&answer));
        }
        let page: ListBean<T> = answer.json()?;
        let end = skipped.saturating_add(page.resources.len());
        // An empty page goes nowhere: it would be asked for again for ever.
        let next = (end > skipped && end < page.total_results).then_some(end);
        Ok((page.resources, next))
    }

    /// `PATCH` with these operations, each `{op, path, value}`.
    async fn patch(&self, address: &str, operations: &[Value]) -> Result<Answer> {
        let body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": operations,
        });
        self.client.send(Method::PATCH, address, Some(&body)).await
    }
}

/// `attribute eq "value"`, with the value as a JSON string (RFC 7644, 3.4.2.2).
fn equals(attribute: &str, value: &str) -> String {
    format!("{attribute} eq {}", json!(value))
}

#[async_trait]
impl Connector for CloudDirectory {
    async fn probe(&self) -> Result<TargetInfo> {
        self.client.log_in_again();
        self.probe_directory().await
    }

    async fn find_account(&self, username: &str) -> Result<Option<Account>> {
        Ok(self.user_named(username).await?.map(Account::from))
    }

    async fn find_linked(&self, link: &AccountLink) -> Result<Option<Account>> {
        Ok(self.user(&link.remote_id).await?.map(Account::from))
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
        self.users(cursor).await
    }

    async fn list_groups(&self, cursor: Option<&str>) -> Result<Page> {
        self.groups(cursor).await
    }

    async fn account_groups(&self, username: &str) -> Result<Vec<String>> {
        self.groups_of(username).await
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
        self.join(group, link).await
    }

    async fn remove_member(&self, group: &str, link: &AccountLink) -> Result<()> {
        self.leave(group, link).await
    }
}
