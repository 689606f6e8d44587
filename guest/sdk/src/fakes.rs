//! The world around a policy, for native tests: what is stored, what HTTP answers, what targets hold.
//!
//! ```
//! use tidegate_sdk::fakes::World;
//! use tidegate_sdk::imports::{http, storage};
//!
//! let mut world = World::default().answers("GET", "https://hr.example.com/u1", 200, "engineering");
//! let department = world.run(|| {
//!     let answer = http::send(&http::get("https://hr.example.com/u1", None)).unwrap();
//!     storage::put("seen", "u1", &answer.body, Some(0)).unwrap();
//!     String::from_utf8(answer.body).unwrap()
//! });
//! assert_eq!(department, "engineering");
//! assert_eq!(world.stored("seen", "u1").as_deref(), Some("engineering"));
//! ```

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::imports::http::{Request, Response};
use crate::imports::lookup::Account;
use crate::types::{DirectoryError, Operation};

thread_local! {
    static WORLD: RefCell<Option<World>> = const { RefCell::new(None) };
}

/// A world. What a policy does to it can be looked at afterwards.
#[derive(Debug, Default)]
pub struct World {
    storage: BTreeMap<(String, String), (Vec<u8>, u64)>,
    answers: Vec<(String, String, Response)>,
    accounts: Vec<(String, Account)>,
    groups: BTreeMap<(String, String), BTreeSet<String>>,
    /// Requests that were sent, in order.
    pub sent: Vec<Request>,
    /// Operations that were carried out at once, in order, with their targets.
    pub done: Vec<(String, Operation)>,
}

impl World {
    /// HTTP answers so.
    #[must_use]
    pub fn answers(mut self, method: &str, url: &str, status: u16, body: &str) -> Self {
        let response = Response {
            status,
            headers: Vec::new(),
            body: body.as_bytes().to_vec(),
        };
        self.answers.push((method.to_owned(), url.to_owned(), response));
        self
    }

    /// This is stored, with revision 1.
    #[must_use]
    pub fn stores(mut self, namespace: &str, key: &str, text: &str) -> Self {
        let key = (namespace.to_owned(), key.to_owned());
        self.storage.insert(key, (text.as_bytes().to_vec(), 1));
        self
    }

    /// A target has this account.
    #[must_use]
    pub fn account(mut self, target: &str, account: Account) -> Self {
        self.accounts.push((target.to_owned(), account));
        self
    }

    /// A target has this group, with these in it.
    #[must_use]
    pub fn group(mut self, target: &str, name: &str, members: &[&str]) -> Self {
        let members = members.iter().map(|&member| member.to_owned()).collect();
        self.groups.insert((target.to_owned(), name.to_owned()), members);
        self
    }

    /// Runs something in this world.
    ///
    /// # Panics
    /// Where `work` panics, or runs another world within this one.
    pub fn run<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let before = WORLD.replace(Some(std::mem::take(self)));
        assert!(before.is_none(), "one world at a time");
        let result = work();
        *self = WORLD.take().unwrap_or_default();
        result
    }

    /// What is stored under a key, as text.
    #[must_use]
    pub fn stored(&self, namespace: &str, key: &str) -> Option<String> {
        let found = self.storage.get(&(namespace.to_owned(), key.to_owned()));
        found.map(|(value, _)| String::from_utf8_lossy(value).into_owned())
    }
}

fn with<T>(what: &str, work: impl FnOnce(&mut World) -> T) -> T {
    WORLD.with_borrow_mut(|world| match world {
        Some(world) => work(world),
        None => panic!("{what} was called outside the sandbox: run the test in a tidegate_sdk::fakes::World"),
    })
}

pub(crate) mod storage {
    use super::with;
    use crate::imports::storage::{Entry, Error, Page};

    fn key(namespace: &str, key: &str) -> (String, String) {
        (namespace.to_owned(), key.to_owned())
    }

    pub(crate) fn get(namespace: &str, name: &str) -> Result<Option<Entry>, Error> {
        let found = with("storage", |world| {
            world.storage.get(&key(namespace, name)).cloned()
        });
        Ok(found.map(|(value, revision)| Entry { value, revision }))
    }

    pub(crate) fn put(namespace: &str, name: &str, value: &[u8], expect: Option<u64>) -> Result<u64, Error> {
        with("storage", |world| {
            let entry = world.storage.entry(key(namespace, name)).or_default();
            if expect.is_some_and(|expected| expected != entry.1) {
                return Err(Error::Conflict);
            }
            *entry = (value.to_vec(), entry.1 + 1);
            Ok(entry.1)
        })
    }

    pub(crate) fn delete(namespace: &str, name: &str) -> Result<(), Error> {
        with("storage", |world| world.storage.remove(&key(namespace, name)));
        Ok(())
    }

    pub(crate) fn list_keys(
        namespace: &str,
        prefix: &str,
        cursor: Option<&str>,
        limit: u32,
    ) -> Result<Page, Error> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX).max(1);
        with("storage", |world| {
            let mut keys: Vec<String> = world
                .storage
                .keys()
                .filter(|(found, key)| found == namespace && key.starts_with(prefix))
                .filter(|(_, key)| cursor.is_none_or(|cursor| key.as_str() > cursor))
                .map(|(_, key)| key.clone())
                .take(limit.saturating_add(1))
                .collect();
            let more = keys.len() > limit;
            keys.truncate(limit);
            let next = keys.last().filter(|_| more).cloned();
            Ok(Page { keys, next })
        })
    }
}

pub(crate) mod http {
    use super::with;
    use crate::imports::http::{Error, Request, Response};

    pub(crate) fn send(request: &Request) -> Result<Response, Error> {
        with("http", |world| {
            world.sent.push(request.clone());
            let answer = world
                .answers
                .iter()
                .find(|(method, url, _)| method.eq_ignore_ascii_case(&request.method) && *url == request.url);
            answer.map(|(_, _, response)| response.clone()).ok_or_else(|| {
                Error::Transport(format!(
                    "the world gives no answer to {} {}",
                    request.method, request.url
                ))
            })
        })
    }
}

pub(crate) mod lookup {
    use super::{DirectoryError, with};
    use crate::imports::lookup::{Account, Page};

    type Found<T> = Result<T, DirectoryError>;

    fn find(target: &str, is: impl Fn(&Account) -> bool) -> Option<Account> {
        with("lookup", |world| {
            let mut accounts = world.accounts.iter();
            let found = accounts.find(|(found, account)| found == target && is(account));
            found.map(|(_, account)| account.clone())
        })
    }

    pub(crate) fn find_account(target: &str, username: &str) -> Found<Option<Account>> {
        Ok(find(target, |account| account.username == username))
    }

    pub(crate) fn find_account_by_email(target: &str, email: &str) -> Found<Option<Account>> {
        Ok(find(target, |account| account.email.as_deref() == Some(email)))
    }

    pub(crate) fn account_groups(target: &str, username: &str) -> Found<Vec<String>> {
        with("lookup", |world| {
            let groups = world.groups.iter();
            let of = groups.filter(|((found, _), members)| found == target && members.contains(username));
            Ok(of.map(|((_, name), _)| name.clone()).collect())
        })
    }

    pub(crate) fn group_exists(target: &str, name: &str) -> Found<bool> {
        let key = (target.to_owned(), name.to_owned());
        Ok(with("lookup", |world| world.groups.contains_key(&key)))
    }

    pub(crate) fn group_members(target: &str, name: &str, _: Option<&str>) -> Found<Page> {
        let key = (target.to_owned(), name.to_owned());
        let members = with("lookup", |world| world.groups.get(&key).cloned());
        let names = members.ok_or(DirectoryError::NotFound)?.into_iter().collect();
        Ok(Page { names, next: None })
    }
}

pub(crate) mod actions {
    use super::{DirectoryError, with};
    use crate::types::{Operation, Outcome};

    pub(crate) fn apply(target: &str, operation: &Operation) -> Result<Outcome, DirectoryError> {
        with("actions", |world| {
            world.done.push((target.to_owned(), operation.clone()))
        });
        Ok(Outcome {
            remote_id: None,
            changed: true,
        })
    }
}
