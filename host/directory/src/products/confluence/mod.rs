//! Confluence Data Center, REST API (described for 10.0; used back to 8.2).

mod accounts;
mod groups;
mod instance;
mod removal;
mod rules;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use serde::Deserialize;

use crate::connector::{
    Account, AccountLink, AccountPage, AccountWanted, Connector, Page, Result, TargetInfo,
};
use crate::products::version::Learned;
use crate::transport::Client;

/// Where the API lives below the base URL.
const API: &str = "/rest/api";

/// The connector to one Confluence.
#[derive(Debug)]
pub struct Confluence {
    client: Client,
    /// E-mail addresses pushed since start, by user key: Confluence does not tell them,
    /// and without this every reconciliation would write every account again. As many
    /// entries as accounts pushed, about 100 bytes each.
    emails_pushed: Mutex<HashMap<String, String>>,
    learned: Learned,
}

/// Whether Confluence takes a username, in lower case.
pub(super) fn check_username(name: &str) -> Result<()> {
    rules::username(name).map(drop)
}

impl Confluence {
    /// Nothing is called yet.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self {
            client,
            emails_pushed: Mutex::default(),
            learned: Learned::default(),
        }
    }

    fn email_pushed(&self, key: &str) -> Option<String> {
        self.emails_pushed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(key)
            .cloned()
    }

    fn remember_email(&self, key: &str, email: &str) {
        let mut pushed = self.emails_pushed.lock().unwrap_or_else(PoisonError::into_inner);
        pushed.insert(key.to_owned(), email.to_owned());
    }

    fn forget_email(&self, key: &str) {
        let mut pushed = self.emails_pushed.lock().unwrap_or_else(PoisonError::into_inner);
        pushed.remove(key);
    }
}

/// A person, as every resource shows one.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PersonBean {
    /// `known`, `unknown` (deleted, but named in pages) or `anonymous`.
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    username: String,
    #[serde(default)]
    user_key: String,
    display_name: Option<String>,
    /// With `expand=status` only: `current` or `deactivated`.
    status: Option<String>,
}

impl PersonBean {
    /// Whether there is no account behind it.
    fn is_stranger(&self) -> bool {
        self.user_key.is_empty() || self.kind.as_deref().is_some_and(|kind| kind != "known")
    }
}

#[derive(Debug, Deserialize)]
struct GroupBean {
    name: String,
}

/// A page: `_links.next` tells whether there is more.
#[derive(Debug, Deserialize)]
struct PageBean<T> {
    results: Vec<T>,
    #[serde(default)]
    start: usize,
    #[serde(rename = "_links", default)]
    links: LinksBean,
}

#[derive(Debug, Default, Deserialize)]
struct LinksBean {
    next: Option<String>,
}

impl<T> PageBean<T> {
    /// `start` of the next page. One that does not go forward from `asked` is the last,
    /// whatever it says.
    fn next(&self, asked: usize) -> Option<usize> {
        let end = self.start.saturating_add(self.results.len());
        (self.links.next.is_some() && end > asked).then_some(end)
    }
}

impl From<PersonBean> for Account {
    fn from(bean: PersonBean) -> Self {
        Self {
            remote_id: bean.user_key,
            username: bean.username,
            email: None,
            display_name: bean.display_name,
            active: bean.status.is_none_or(|status| status == "current"),
            directory: None,
            mutable: true,
        }
    }
}

#[async_trait]
impl Connector for Confluence {
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

    async fn suspend_account(&self, link: &AccountLink) -> Result<AccountLink> {
        self.suspend(link).await
    }

    async fn restore_account(&self, link: &AccountLink) -> Result<AccountLink> {
        self.restore(link).await
    }

    async fn remove_account(&self, link: &AccountLink) -> Result<()> {
        self.delete_user(link).await
    }

    /// Confluence shows an alias beside what a deleted account wrote ("Delete or Disable Users").
    async fn anonymise_account(&self, link: &AccountLink) -> Result<()> {
        self.delete_user(link).await
    }

    async fn list_accounts(&self, cursor: Option<&str>) -> Result<AccountPage> {
        self.all_users(cursor).await
    }

    async fn list_groups(&self, cursor: Option<&str>) -> Result<Page> {
        self.all_groups(cursor).await
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
