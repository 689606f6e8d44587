//! What a simulated product remembers, and the handle through which tests and the
//! demo look at it and seed it.

mod changes;
mod data;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value, json};

pub(crate) use data::{Anonymization, Data, Denied, LongTask, SimGroup, at_least, lower};

use crate::config::{SimProduct, SimulatorConfig};

/// One account as the product keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SimAccount {
    /// Username, in the case it was given.
    pub name: String,
    /// The id that survives a rename: Jira `key`, Confluence `userKey`, Bitbucket `id`, Cloud's SCIM id, Jira Cloud
    /// `accountId`.
    /// Empty in a seed: the product gives one.
    pub key: String,
    /// Full name.
    pub display_name: String,
    /// E-mail address.
    pub email: String,
    /// Whether it can log in.
    pub active: bool,
    /// Name of the user directory. Empty in a seed: the first writable one.
    pub directory: String,
    /// First name (Crowd only).
    pub first_name: String,
    /// Last name (Crowd only).
    pub last_name: String,
    /// Attributes of an application's own (Crowd only).
    pub attributes: BTreeMap<String, Vec<String>>,
}

impl SimAccount {
    /// An active account of the first writable directory, to seed.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            key: String::new(),
            display_name: name.to_owned(),
            email: format!("{name}@example.com"),
            active: true,
            directory: String::new(),
            first_name: String::new(),
            last_name: String::new(),
            attributes: BTreeMap::new(),
        }
    }

    /// The same, in another user directory.
    #[must_use]
    pub fn in_directory(mut self, directory: &str) -> Self {
        directory.clone_into(&mut self.directory);
        self
    }
}

/// A handle on a product's memory. Clones share it; the lock is never held over an await.
#[derive(Debug, Clone)]
pub struct SimState {
    data: Arc<Mutex<Data>>,
    requests: Arc<AtomicU64>,
}

impl SimState {
    pub(crate) fn new(config: &SimulatorConfig) -> Self {
        Self {
            data: Arc::new(Mutex::new(Data::new(config))),
            requests: Arc::default(),
        }
    }

    pub(crate) fn with<R>(&self, look: impl FnOnce(&mut Data) -> R) -> R {
        look(&mut self.data.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn count_request(&self) {
        self.requests.fetch_add(1, Ordering::Relaxed);
    }

    /// Every account, sorted by name.
    #[must_use]
    pub fn accounts(&self) -> Vec<SimAccount> {
        self.with(|data| data.accounts.values().cloned().collect())
    }

    /// The account of that name, compared without case.
    #[must_use]
    pub fn account(&self, name: &str) -> Option<SimAccount> {
        self.with(|data| data.account(name).cloned())
    }

    /// Names of all groups, sorted.
    #[must_use]
    pub fn groups(&self) -> Vec<String> {
        self.with(|data| data.groups.values().map(|group| group.name.clone()).collect())
    }

    /// Names of the accounts in a group, sorted; empty where there is no such group.
    #[must_use]
    pub fn members(&self, group: &str) -> Vec<String> {
        self.with(|data| {
            data.members(group)
                .iter()
                .map(|account| account.name.clone())
                .collect()
        })
    }

    /// The global permission given to the account itself (Bitbucket only).
    #[must_use]
    pub fn permission(&self, account: &str) -> Option<String> {
        self.with(|data| data.permissions.get(&lower(account)).cloned())
    }

    /// Puts an account there as if an administrator had made it; replaces one of that
    /// name. Returns its key.
    pub fn seed_account(&self, account: SimAccount) -> String {
        self.with(|data| data.insert_account(account))
    }

    /// Puts an empty group there, in the first writable directory.
    pub fn seed_group(&self, name: &str) {
        self.with(|data| {
            let directory = data.writable_directory();
            data.insert_group(name, &directory);
        });
    }

    /// Puts an empty group into a named directory.
    pub fn seed_group_in(&self, name: &str, directory: &str) {
        self.with(|data| data.insert_group(name, directory));
    }

    /// Makes of a group of the directory one that gives default access to a product.
    pub fn give_default_access(&self, group: &str) {
        self.with(|data| {
            if let Some(group) = data.group_mut(group) {
                group.default = true;
            }
        });
    }

    /// Hides the address of a Jira Cloud account, as its owner may.
    pub fn hide_address(&self, account: &str) {
        self.with(|data| {
            let key = data.account(account).map(|it| it.key.clone());
            data.hidden.extend(key);
        });
    }

    /// Lets Jira Cloud not find an account for so many looks, as after it was written by SCIM.
    pub fn delay(&self, account: &str, looks: u32) {
        self.with(|data| {
            let key = data.account(account).map(|it| it.key.clone());
            data.unseen.extend(key.map(|key| (key, looks)));
        });
    }

    /// What else Cloud's directory keeps of an account, such as `name` and `title`.
    #[must_use]
    pub fn attributes(&self, account: &str) -> Map<String, Value> {
        self.with(|data| {
            let key = data.account(account).map(|it| it.key.clone()).unwrap_or_default();
            data.attributes.get(&key).cloned().unwrap_or_default()
        })
    }

    /// Puts an account into a group, whatever the directories allow. False where either is missing.
    pub fn add_member(&self, group: &str, account: &str) -> bool {
        self.with(|data| {
            let known = data.account(account).is_some();
            match data.group_mut(group) {
                Some(group) if known => {
                    group.members.insert(lower(account));
                    true
                }
                _ => false,
            }
        })
    }

    /// Lets an account have written something: Jira does not delete it then.
    pub fn make_author(&self, account: &str) {
        self.with(|data| {
            let key = data.account(account).map(|it| it.key.clone());
            data.authors.extend(key);
        });
    }

    /// Puts another account of that name into another user directory of Jira, active as the first is.
    pub fn duplicate(&self, account: &str, directory: &str) {
        self.with(|data| {
            let directories = data.elsewhere.entry(lower(account)).or_default();
            directories.push(directory.to_owned());
        });
    }

    /// Puts a group into another (Crowd and Jira). False where either is missing.
    pub fn nest_group(&self, group: &str, child: &str) -> bool {
        self.with(|data| {
            let known = data.group(child).is_some();
            match data.group_mut(group) {
                Some(group) if known => {
                    group.children.insert(lower(child));
                    true
                }
                _ => false,
            }
        })
    }

    /// Deletes an account, as an administrator would by hand. False where there is none.
    pub fn remove_account(&self, name: &str) -> bool {
        self.with(|data| data.delete_account(name).is_ok())
    }

    /// Deletes a group, as an administrator would by hand. False where there is none.
    pub fn remove_group(&self, name: &str) -> bool {
        self.with(|data| data.delete_group(name).is_ok())
    }

    /// Takes an account out of a group, as an administrator would by hand. False where it is in none.
    pub fn remove_member(&self, group: &str, account: &str) -> bool {
        self.with(|data| data.leave(group, account) == Ok(true))
    }

    /// Gives the account a global permission (Bitbucket only), such as `LICENSED_USER`.
    pub fn grant_permission(&self, account: &str, permission: &str) {
        self.with(|data| data.permissions.insert(lower(account), permission.to_owned()));
    }

    /// Gives the account a password, so that it can call the REST API.
    pub fn set_password(&self, account: &str, password: &str) {
        self.with(|data| data.passwords.insert(lower(account), password.to_owned()));
    }

    /// Lets an account with failed log-ins try again, as an administrator would.
    pub fn clear_captcha(&self, account: &str) {
        self.with(|data| data.failed_logins.remove(&lower(account)));
    }

    /// Changes the number of licence seats; `None`: unlimited.
    pub fn set_seats(&self, seats: Option<u32>) {
        self.with(|data| data.seats = seats);
    }

    /// Calls that reached the product, refused ones included.
    #[must_use]
    pub fn requests_served(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Accounts and groups as one document without ids, for tables and for comparing:
    /// `{"accounts": {NAME: {active, displayName, email, directory}}, "groups": {NAME: [MEMBER]}}`.
    #[must_use]
    pub fn snapshot(&self) -> Value {
        self.with(|data| {
            let mut accounts = Map::new();
            for account in data.accounts.values() {
                let mut shown = json!({
                    "active": account.active, "displayName": account.display_name,
                    "email": account.email, "directory": account.directory,
                });
                if let (Some(permission), Some(shown)) =
                    (data.permissions.get(&lower(&account.name)), shown.as_object_mut())
                {
                    shown.insert("permission".to_owned(), json!(permission));
                }
                if let (SimProduct::Crowd, Some(shown)) = (data.product, shown.as_object_mut()) {
                    shown.insert("firstName".to_owned(), json!(account.first_name));
                    shown.insert("lastName".to_owned(), json!(account.last_name));
                    shown.insert("attributes".to_owned(), json!(account.attributes));
                }
                accounts.insert(account.name.clone(), shown);
            }
            let mut groups = Map::new();
            for group in data.groups.values() {
                let members: Vec<_> = data
                    .members(&group.name)
                    .iter()
                    .map(|it| it.name.clone())
                    .collect();
                groups.insert(group.name.clone(), json!(members));
            }
            json!({ "accounts": accounts, "groups": groups })
        })
    }
}
