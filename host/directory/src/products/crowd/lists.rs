//! Lists: `/search`, and the pages of every list.
//!
//! Crowd tells no total: one asks on until a page is short. A cursor is the place in the
//! list; who is deleted between two pages moves those behind one place up.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::refusals::refusal;
use super::{API, Crowd, GroupBean, UserBean};
use crate::connector::{Account, AccountPage, ConnectorError, Page, Result};
use crate::products::{MOST_PAGES, endless, position, same};
use crate::transport::encode;

/// Asked for. A user takes about 700 bytes.
const PAGE: usize = 1000;
/// A server may give less than it was asked for, and does not tell; a page below this is the last.
const LEAST_PAGE: usize = 25;
/// No list is read further: a server that gives one page for ever must come to an end.
const MOST_ENTRIES: usize = MOST_PAGES * LEAST_PAGE * 20;

/// An answer with a list. The field must be there: `{}` is no empty directory.
pub(super) trait Listing: DeserializeOwned {
    type Entry: PartialEq + Send;
    fn entries(self) -> Vec<Self::Entry>;
}

#[derive(Debug, Deserialize)]
pub(super) struct Users {
    users: Vec<UserBean>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Groups {
    groups: Vec<GroupBean>,
}

impl Listing for Users {
    type Entry = UserBean;
    fn entries(self) -> Vec<UserBean> {
        self.users
    }
}

impl Listing for Groups {
    type Entry = GroupBean;
    fn entries(self) -> Vec<GroupBean> {
        self.groups
    }
}

impl Crowd {
    /// One page, and where the next one starts. `path` has a query already.
    pub(super) async fn page<L: Listing>(
        &self,
        path: &str,
        start: usize,
    ) -> Result<(Vec<L::Entry>, Option<usize>)> {
        if start > MOST_ENTRIES {
            return Err(endless());
        }
        let path = format!("{API}{path}&start-index={start}&max-results={PAGE}");
        let answer = self.client.get(&path).await?;
        if answer.status() != 200 {
            return Err(refusal(&answer));
        }
        let entries = answer.json::<L>()?.entries();
        let next = (entries.len() >= LEAST_PAGE).then(|| start + entries.len());
        Ok((entries, next))
    }

    /// Every entry of every page.
    pub(super) async fn all<L: Listing>(&self, path: &str) -> Result<Vec<L::Entry>> {
        let mut all = Vec::new();
        let mut previous = 0;
        let mut from = 0;
        for _ in 0..MOST_PAGES {
            let (entries, next) = self.page::<L>(path, from).await?;
            // The page before once more: the server does not heed where a page starts.
            if from > 0 && !entries.is_empty() && all.get(previous) == entries.first() {
                return Err(endless());
            }
            all.extend(entries);
            match next {
                Some(next) => (previous, from) = (from, next),
                None => return Ok(all),
            }
        }
        Err(endless())
    }

    pub(super) async fn accounts_from(&self, cursor: Option<&str>) -> Result<AccountPage> {
        let path = "/search?entity-type=user&expand=user";
        let (users, next) = self.page::<Users>(path, position(cursor)?).await?;
        Ok(AccountPage {
            accounts: users.into_iter().map(Account::from).collect(),
            next: next.map(|next| next.to_string()),
        })
    }

    pub(super) async fn groups_from(&self, cursor: Option<&str>) -> Result<Page> {
        let path = "/search?entity-type=group";
        let (groups, next) = self.page::<Groups>(path, position(cursor)?).await?;
        Ok(names(groups.into_iter().map(|group| group.name), next))
    }

    /// By the Crowd Query Language, and compared here: two accounts of one address are
    /// nobody's to choose from.
    pub(super) async fn search_email(&self, email: &str) -> Result<Option<Account>> {
        let quoted = email.replace('\\', "\\\\").replace('"', "\\\"");
        let restriction = encode(&format!("email = \"{quoted}\""));
        let path = format!("/search?entity-type=user&expand=user&restriction={restriction}");
        let found = self.all::<Users>(&path).await?;
        let mut found = found
            .into_iter()
            .filter(|user| user.email.as_deref().is_some_and(|it| same(it, email)));
        match (found.next(), found.next()) {
            (Some(one), Some(other)) => Err(ConnectorError::Conflict(format!(
                "{} and {} both have the address {email}",
                one.name, other.name
            ))),
            (found, _) => Ok(found.map(Account::from)),
        }
    }
}

/// A page of names.
pub(super) fn names(names: impl Iterator<Item = String>, next: Option<usize>) -> Page {
    Page {
        names: names.collect(),
        next: next.map(|next| next.to_string()),
    }
}
