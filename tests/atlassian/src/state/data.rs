//! The memory itself. Names are keyed by lower case: the products match
//! usernames and group names without case.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::SimAccount;
use crate::config::{SimDirectory, SimProduct, SimulatorConfig};

/// The key of a name.
pub(crate) fn lower(name: &str) -> String {
    name.to_lowercase()
}

/// One group.
#[derive(Debug, Clone)]
pub(crate) struct SimGroup {
    pub(crate) name: String,
    /// Cloud's id of the group.
    pub(crate) id: String,
    /// Keys (lower case) of the members.
    pub(crate) members: BTreeSet<String>,
    /// Keys of the groups inside it (Crowd and Jira).
    pub(crate) children: BTreeSet<String>,
    /// Crowd only.
    pub(crate) description: String,
    pub(crate) directory: String,
    /// Its members are administrators: the products guard the last such group.
    pub(crate) admin: bool,
    /// Its members take a licence seat.
    pub(crate) licensed: bool,
    /// New accounts are put into it.
    pub(crate) default: bool,
}

/// A Confluence long task: done after so many looks at it.
#[derive(Debug, Clone)]
pub(crate) struct LongTask {
    pub(crate) account: String,
    pub(crate) looks_left: u32,
}

/// Jira's anonymisation of one user, the last that was asked for: done after so many looks at it.
#[derive(Debug, Clone)]
pub(crate) struct Anonymization {
    pub(crate) id: u64,
    pub(crate) account: SimAccount,
    pub(crate) looks_left: u32,
}

/// Why a change is not made; each product words and numbers it in its own way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Denied {
    NoAccount,
    NoGroup,
    ReadOnly,
    Exists,
    Seats,
}

#[derive(Debug)]
pub(crate) struct Data {
    pub(crate) product: SimProduct,
    pub(crate) directories: Vec<SimDirectory>,
    pub(crate) accounts: BTreeMap<String, SimAccount>,
    pub(crate) groups: BTreeMap<String, SimGroup>,
    pub(crate) permissions: BTreeMap<String, String>,
    pub(crate) passwords: BTreeMap<String, String>,
    pub(crate) failed_logins: BTreeMap<String, u32>,
    pub(crate) tasks: BTreeMap<String, LongTask>,
    pub(crate) anonymization: Option<Anonymization>,
    /// Keys of accounts that wrote something: Jira does not delete those.
    pub(crate) authors: BTreeSet<String>,
    /// Usernames of deleted accounts that Bitbucket still shows beside what they wrote.
    pub(crate) erasable: BTreeSet<String>,
    /// Other user directories that hold an account of that name too, by lower-case username.
    pub(crate) elsewhere: BTreeMap<String, Vec<String>>,
    /// What else Cloud's directory keeps of an account, by SCIM id: `name`, `title` and so on.
    pub(crate) attributes: BTreeMap<String, Map<String, Value>>,
    /// Ids of Jira Cloud accounts whose address is hidden.
    pub(crate) hidden: BTreeSet<String>,
    /// Looks until Jira Cloud has heard of an account, by id.
    pub(crate) unseen: BTreeMap<String, u32>,
    pub(crate) seats: Option<u32>,
    next_id: u64,
}

impl Data {
    pub(crate) fn new(config: &SimulatorConfig) -> Self {
        let mut data = Self {
            product: config.product,
            directories: config.directories.clone(),
            accounts: BTreeMap::new(),
            groups: BTreeMap::new(),
            permissions: BTreeMap::new(),
            passwords: BTreeMap::new(),
            failed_logins: BTreeMap::new(),
            tasks: BTreeMap::new(),
            anonymization: None,
            authors: BTreeSet::new(),
            erasable: BTreeSet::new(),
            elsewhere: BTreeMap::new(),
            attributes: BTreeMap::new(),
            hidden: BTreeSet::new(),
            unseen: BTreeMap::new(),
            seats: config.seats,
            next_id: 10_000,
        };
        let (admins, users) = match config.product {
            SimProduct::Jira => ("jira-administrators", "jira-software-users"),
            SimProduct::Confluence => ("confluence-administrators", "confluence-users"),
            SimProduct::Bitbucket => ("bitbucket-administrators", "stash-users"),
            SimProduct::Crowd => ("crowd-administrators", "crowd-users"),
            SimProduct::CloudDirectory => ("org-admins", "jira-users"),
            SimProduct::JiraCloud => ("site-admins", "jira-software-users"),
        };
        let directory = match config.product {
            // Theirs are the organisation's own groups, outside the directory.
            SimProduct::CloudDirectory => data.other_directory(),
            _ => data.writable_directory(),
        };
        for (name, is_admin) in [(admins, true), (users, false)] {
            data.insert_group(name, &directory);
            if let Some(group) = data.group_mut(name) {
                group.admin = is_admin;
                // Jira's administrators need no application access; the others' take a seat. Crowd's
                // groups are other products' to give meaning to.
                group.licensed = match config.product {
                    SimProduct::Jira | SimProduct::JiraCloud => !is_admin,
                    SimProduct::Crowd => false,
                    _ => true,
                };
                group.default = !is_admin && config.product != SimProduct::Crowd;
            }
        }
        if config.product == SimProduct::CloudDirectory {
            return data;
        }
        let (name, password) = &config.admin;
        data.insert_account(SimAccount::new(name));
        data.passwords.insert(lower(name), password.clone());
        for group in [admins, users] {
            if let Some(group) = data.group_mut(group) {
                group.members.insert(lower(name));
            }
        }
        data
    }

    pub(crate) fn next_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    /// The first directory that the product may change: new accounts and groups go there.
    pub(crate) fn writable_directory(&self) -> String {
        self.directories
            .iter()
            .find(|it| it.writable)
            .map(|it| it.name.clone())
            .unwrap_or_default()
    }

    /// The first directory that the product may not change.
    fn other_directory(&self) -> String {
        let other = self.directories.iter().find(|it| !it.writable);
        other.map(|it| it.name.clone()).unwrap_or_default()
    }

    pub(crate) fn is_writable(&self, directory: &str) -> bool {
        self.directories
            .iter()
            .any(|it| it.name == directory && it.writable)
    }

    pub(crate) fn account(&self, name: &str) -> Option<&SimAccount> {
        self.accounts.get(&lower(name))
    }

    pub(crate) fn account_by_key(&self, key: &str) -> Option<&SimAccount> {
        self.accounts.values().find(|account| account.key == key)
    }

    /// Whether Jira Cloud has heard of the account by now; each question is a look.
    pub(crate) fn is_seen(&mut self, key: &str) -> bool {
        match self.unseen.get_mut(key) {
            Some(looks) if *looks > 0 => {
                *looks -= 1;
                false
            }
            _ => true,
        }
    }

    pub(crate) fn group(&self, name: &str) -> Option<&SimGroup> {
        self.groups.get(&lower(name))
    }

    pub(crate) fn group_mut(&mut self, name: &str) -> Option<&mut SimGroup> {
        self.groups.get_mut(&lower(name))
    }

    pub(crate) fn group_by_id(&self, id: &str) -> Option<&SimGroup> {
        self.groups.values().find(|group| group.id == id)
    }

    pub(crate) fn members(&self, group: &str) -> Vec<&SimAccount> {
        let members = self.group(group).map(|group| &group.members);
        members
            .into_iter()
            .flatten()
            .filter_map(|key| self.accounts.get(key))
            .collect()
    }

    /// Keys of the group and of all groups inside it, at any depth. Circles are walked once.
    pub(crate) fn within(&self, group: &str) -> BTreeSet<String> {
        let mut seen = BTreeSet::new();
        let mut left = vec![lower(group)];
        while let Some(key) = left.pop() {
            let children = self.groups.get(&key).map(|it| &it.children);
            if seen.insert(key) {
                left.extend(children.into_iter().flatten().cloned());
            }
        }
        seen
    }

    /// Members of the group and of all groups inside it.
    pub(crate) fn members_within(&self, group: &str) -> Vec<&SimAccount> {
        let groups = self.within(group);
        let groups = groups.iter().filter_map(|key| self.groups.get(key));
        let keys: BTreeSet<&String> = groups.flat_map(|it| &it.members).collect();
        keys.into_iter()
            .filter_map(|key| self.accounts.get(key))
            .collect()
    }

    /// Groups that the account is in, by itself or by a group inside.
    pub(crate) fn groups_around(&self, account: &str) -> Vec<&SimGroup> {
        let account = lower(account);
        let has = |key: &String| {
            self.groups
                .get(key)
                .is_some_and(|it| it.members.contains(&account))
        };
        let groups = self.groups.values();
        groups
            .filter(|group| self.within(&group.name).iter().any(has))
            .collect()
    }

    pub(crate) fn groups_of(&self, account: &str) -> Vec<&SimGroup> {
        let key = lower(account);
        self.groups
            .values()
            .filter(|group| group.members.contains(&key))
            .collect()
    }

    pub(crate) fn is_admin(&self, account: &str) -> bool {
        let by_permission = self
            .permissions
            .get(&lower(account))
            .is_some_and(|it| it.ends_with("ADMIN"));
        by_permission || self.groups_of(account).iter().any(|group| group.admin)
    }

    pub(crate) fn is_licensed(&self, account: &str) -> bool {
        self.permissions.contains_key(&lower(account))
            || self.groups_of(account).iter().any(|group| group.licensed)
    }

    pub(crate) fn seats_used(&self) -> usize {
        // Thousands of groups, few of them licensed.
        let licensed: Vec<&SimGroup> = self.groups.values().filter(|group| group.licensed).collect();
        let has_seat = |(key, account): &(&String, &SimAccount)| {
            let by_group = || licensed.iter().any(|group| group.members.contains(*key));
            account.active && (self.permissions.contains_key(*key) || by_group())
        };
        self.accounts.iter().filter(has_seat).count()
    }

    /// Whether one more account can be licensed.
    pub(crate) fn seat_free(&self) -> bool {
        self.seats.is_none_or(|seats| self.seats_used() < seats as usize)
    }

    pub(crate) fn insert_account(&mut self, mut account: SimAccount) -> String {
        if account.key.is_empty() {
            let id = self.next_id();
            account.key = match self.product {
                SimProduct::Jira => format!("JIRAUSER{id}"),
                SimProduct::Confluence => format!("8a7f808a9b0c1d2e019a{id:012x}"),
                SimProduct::Bitbucket => id.to_string(),
                SimProduct::Crowd => format!("32769:5f3b8c1e-{id:012x}"),
                SimProduct::JiraCloud => format!("5b10ac8d82e05b22{id:08x}"),
                SimProduct::CloudDirectory => format!("{id:08x}-5c1d-4e7a-9b20-6f3d8e{id:06x}"),
            };
        }
        if self.product == SimProduct::JiraCloud && account.name.contains('@') {
            account.name.clone_into(&mut account.email);
        }
        if account.directory.is_empty() {
            account.directory = self.writable_directory();
        }
        let key = account.key.clone();
        self.accounts.insert(lower(&account.name), account);
        key
    }

    pub(crate) fn insert_group(&mut self, name: &str, directory: &str) {
        let (members, directory) = (BTreeSet::new(), directory.to_owned());
        let id = self.next_id();
        let group = SimGroup {
            name: name.to_owned(),
            id: format!("{id:08x}-2f6b-4d19-8a3c-70e5b1{id:06x}"),
            members,
            children: BTreeSet::new(),
            description: String::new(),
            directory,
            admin: false,
            licensed: false,
            default: false,
        };
        self.groups.insert(lower(name), group);
    }
}

/// Whether a version such as `8.3.0` is this or a later one.
pub(crate) fn at_least(version: &str, wanted: (u64, u64)) -> bool {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) >= wanted
}
