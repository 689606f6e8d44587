//! Everything there is: accounts by `/user/list`, or by `/user/search` before Jira 10; groups by the picker.

use std::collections::{BTreeMap, VecDeque};

use serde::Deserialize;
use serde_json::Value;

use super::instance::LISTS;
use super::{API, Jira, NameBean, UserBean};
use crate::connector::{Account, AccountPage, ConnectorError, Page, Result};
use crate::products::MOST_PAGES;
use crate::transport::encode;

/// Accounts asked for at once; `/user/search` gives no more.
const PAGE: usize = 1000;

/// Groups asked for at once. The picker may give fewer, and says how many there are.
const GROUPS: usize = 10_000;

/// What group names are made of, for asking in parts: the picker matches anywhere in the name, without case.
const LETTERS: &str = "abcdefghijklmnopqrstuvwxyz0123456789-_. ";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StreamBean {
    values: Vec<UserBean>,
    #[serde(default)]
    is_last: bool,
    /// A number, in quotes or not.
    next_cursor: Option<Value>,
}

#[derive(Debug, Deserialize)]
struct PickerBean {
    #[serde(default)]
    total: usize,
    groups: Vec<NameBean>,
}

impl Jira {
    /// One page. The cursor says by which call it goes on: `list:…` or `search:…`.
    pub(super) async fn all_users(&self, cursor: Option<&str>) -> Result<AccountPage> {
        match cursor.and_then(|cursor| cursor.split_once(':')) {
            // Before Jira 10, the address was `/user` with a parameter missing.
            None => match self.older_than(LISTS).await? {
                Some(_) => self.search(0).await,
                None => self.list(None).await,
            },
            Some(("search", start)) => self.search(number(start)?).await,
            Some((_, position)) => self.list(Some(number(position)?)).await,
        }
    }

    async fn list(&self, position: Option<usize>) -> Result<AccountPage> {
        let from = position
            .map(|position| format!("&cursor={position}"))
            .unwrap_or_default();
        let path = format!("{API}/user/list?maxResults={PAGE}{from}");
        let answer = self.client.get(&path).await?;
        let page: StreamBean = answer.success()?.json()?;
        let next = page.next_cursor.as_ref().map(|next| match next {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        });
        // A position that does not change would be asked for for ever.
        let asked = position.map(|position| position.to_string());
        let next = next.filter(|next| !page.is_last && Some(next) != asked.as_ref());
        Ok(AccountPage {
            accounts: accounts(page.values),
            next: next.map(|next| format!("list:{next}")),
        })
    }

    /// `.` finds everybody: it matches a part of every name or address. An old Jira may stop at a thousand.
    async fn search(&self, start: usize) -> Result<AccountPage> {
        let path =
            format!("{API}/user/search?username=.&includeInactive=true&startAt={start}&maxResults={PAGE}");
        let page: Vec<UserBean> = self.client.get(&path).await?.success()?.json()?;
        let end = start + page.len();
        Ok(AccountPage {
            // Servers give fewer than asked and do not say so: the end is an empty page.
            next: (!page.is_empty()).then(|| format!("search:{end}")),
            accounts: accounts(page),
        })
    }

    /// All groups as one page: the picker has no pages, and cuts what it finds at a limit of its own. Where it
    /// did, it is asked in parts, by letters that names have in them, until all that it counted are found.
    pub(super) async fn all_groups(&self) -> Result<Page> {
        let mut found = BTreeMap::new();
        let total = self.pick("", &mut found).await?.total;
        let mut parts: VecDeque<String> = LETTERS.chars().map(String::from).collect();
        for _ in 0..MOST_PAGES {
            if found.len() >= total {
                return Ok(Page {
                    names: found.into_values().collect(),
                    next: None,
                });
            }
            let Some(part) = parts.pop_front() else { break };
            let picked = self.pick(&part, &mut found).await?;
            if picked.groups.len() < picked.total {
                parts.extend(LETTERS.chars().map(|letter| format!("{part}{letter}")));
            }
        }
        Err(ConnectorError::Unavailable(format!(
            "Jira's group picker shows {} of {total} groups: raise jira.ajax.autocomplete.limit",
            found.len()
        )))
    }

    async fn pick(&self, part: &str, into: &mut BTreeMap<String, String>) -> Result<PickerBean> {
        let path = format!("{API}/groups/picker?query={}&maxResults={GROUPS}", encode(part));
        let picked: PickerBean = self.client.get(&path).await?.success()?.json()?;
        for group in &picked.groups {
            into.insert(group.name.to_lowercase(), group.name.clone());
        }
        Ok(picked)
    }
}

fn accounts(beans: Vec<UserBean>) -> Vec<Account> {
    let there = beans
        .into_iter()
        .filter(|bean| !bean.deleted && !bean.is_anonymised());
    there.map(Account::from).collect()
}

fn number(text: &str) -> Result<usize> {
    text.parse()
        .map_err(|_| ConnectorError::Refused(format!("{text:?} is no cursor")))
}
