//! Accounts: `/user`, `/user/search`, `/users/search`.

use http::Method;
use serde_json::json;

use super::beans::UserBean;
use super::{API, JiraCloud, is_address};
use crate::connector::{Account, AccountLink, AccountPage, AccountWanted, ConnectorError, Result};
use crate::products::{MOST_PAGES, changed, endless, position, same};
use crate::transport::encode;

/// Asked for at once in a search; Cloud may give less.
const SEARCH_PAGE: usize = 50;
/// The most that `/users/search` gives at once.
const LIST_PAGE: usize = 1000;
/// No account id is longer.
const LONGEST_ID: usize = 128;

impl JiraCloud {
    /// `GET /user?accountId=`.
    pub(super) async fn user(&self, id: &str) -> Result<Option<UserBean>> {
        if id.is_empty() || id.chars().count() > LONGEST_ID {
            return Ok(None);
        }
        let answer = self
            .client
            .get(&format!("{API}/user?accountId={}", encode(id)))
            .await?;
        match answer.status() {
            404 => Ok(None),
            _ => answer.success()?.json().map(Some),
        }
    }

    /// By address, else by account id: what the lists show of those who hide their address.
    pub(super) async fn find_named(&self, name: &str) -> Result<Option<Account>> {
        match is_address(name) {
            true => self.search_address(name).await,
            false => Ok(self.user(name).await?.map(Account::from)),
        }
    }

    /// The linked account. Its name is the link's where the address is hidden, so that
    /// nothing seems to have changed; one that we suspended is active when it has a group.
    pub(super) async fn find_link(&self, link: &AccountLink) -> Result<Option<Account>> {
        let Some(bean) = self.user(&link.remote_id).await? else {
            return Ok(None);
        };
        let mut account = Account::from(bean);
        if account.email.is_none() && !link.username.is_empty() {
            link.username.clone_into(&mut account.username);
        }
        if account.active && link.remembered.is_some() {
            account.active = !self.groups_of(&link.remote_id).await?.is_empty();
        }
        Ok(Some(account))
    }

    /// `GET /user/search` matches the beginnings of names and addresses: compared exactly
    /// here. Hidden addresses cannot be found, nor accounts that are not active.
    pub(super) async fn search_address(&self, email: &str) -> Result<Option<Account>> {
        let mut start = 0;
        for _ in 0..MOST_PAGES {
            let path = format!(
                "{API}/user/search?query={}&startAt={start}&maxResults={SEARCH_PAGE}",
                encode(email)
            );
            let page: Vec<UserBean> = self.client.get(&path).await?.success()?.json()?;
            start += page.len();
            // A short page may have more behind it: only an empty one is the end.
            if page.is_empty() {
                return Ok(None);
            }
            let meant =
                |bean: &UserBean| bean.is_person() && bean.address().is_some_and(|it| same(it, email));
            if let Some(found) = page.into_iter().find(meant) {
                return Ok(Some(found.into()));
            }
        }
        Err(endless())
    }

    /// `POST /user`. Without products: groups give access, and take seats.
    pub(super) async fn invite(&self, wanted: &AccountWanted) -> Result<AccountLink> {
        let address = address_of(wanted)?;
        // Cloud answers 201 for an account that is there already.
        if let Some(account) = self.search_address(address).await? {
            return Err(ConnectorError::Conflict(format!("{} exists", account.username)));
        }
        let body = json!({ "emailAddress": address, "products": [] });
        let answer = self
            .client
            .send(Method::POST, &format!("{API}/user"), Some(&body))
            .await?;
        if !matches!(answer.status(), 200 | 201) {
            return Err(self.why_not_invited(&answer, address).await);
        }
        let made: UserBean = answer.json()?;
        if made.account_id.is_empty() {
            return Err(ConnectorError::Unavailable(format!(
                "{address} is invited, but not to be found yet"
            )));
        }
        Ok(AccountLink {
            remote_id: made.account_id,
            username: address.to_owned(),
            remembered: None,
        })
    }

    /// Names are the person's own affair and are left as they are; another address would be
    /// another account.
    pub(super) fn no_update(
        link: &AccountLink,
        current: &Account,
        wanted: &AccountWanted,
    ) -> Result<AccountLink> {
        let is_known = is_address(&current.username);
        let renames = is_known && !same(&current.username, &wanted.username);
        let email = changed(current.email.as_deref(), wanted.email.as_deref());
        let moves = current
            .email
            .as_deref()
            .zip(email)
            .is_some_and(|(old, new)| !same(old, new));
        if renames || moves {
            return Err(ConnectorError::Unsupported(format!(
                "Jira Cloud cannot change the address of {}: its owner does at id.atlassian.com, \
                 or a Guard directory (product cloud-directory) for accounts of a verified domain",
                current.username
            )));
        }
        Ok(link.clone())
    }

    /// `DELETE /user`: off the site; the Atlassian account stays.
    pub(super) async fn delete_user(&self, link: &AccountLink) -> Result<()> {
        let path = format!("{API}/user?accountId={}", encode(&link.remote_id));
        let answer = self.client.send(Method::DELETE, &path, None).await?;
        match answer.status() {
            200 | 204 | 404 => Ok(()),
            400 if self.user(&link.remote_id).await?.is_none() => Ok(()),
            _ => Err(Self::refusal(&answer)),
        }
    }

    /// One page of all people on the site. It may be empty and not the last only where
    /// everybody on it was an app; an answer of nothing is the end.
    pub(super) async fn users(&self, cursor: Option<&str>) -> Result<AccountPage> {
        let start = position(cursor)?;
        let path = format!("{API}/users/search?startAt={start}&maxResults={LIST_PAGE}");
        let page: Vec<UserBean> = self.client.get(&path).await?.success()?.json()?;
        let next = (!page.is_empty()).then(|| start.saturating_add(page.len()).to_string());
        let people = page.into_iter().filter(UserBean::is_person);
        Ok(AccountPage {
            accounts: people.map(Account::from).collect(),
            next,
        })
    }
}

/// The address to invite: the username, which must be the e-mail address as well.
fn address_of(wanted: &AccountWanted) -> Result<&str> {
    let username = wanted.username.as_str();
    let email = wanted.email.as_deref().unwrap_or(username);
    if is_address(username) && same(username, email) {
        return Ok(username);
    }
    Err(ConnectorError::Refused(format!(
        "the username {username:?} is not the e-mail address: Jira Cloud knows accounts by address only, \
         so leave this target out of the username rules"
    )))
}
