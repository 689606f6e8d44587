//! Changes as the products allow or deny them.

use super::{Data, Denied, SimAccount, lower};
use crate::config::SimProduct;

impl Data {
    /// Makes an account in the first writable directory.
    pub(crate) fn create_account(
        &mut self,
        account: SimAccount,
        default_groups: bool,
    ) -> Result<String, Denied> {
        if self.account(&account.name).is_some() {
            return Err(Denied::Exists);
        }
        if self.writable_directory().is_empty() {
            return Err(Denied::ReadOnly);
        }
        if default_groups && !self.seat_free() {
            return Err(Denied::Seats);
        }
        let name = account.name.clone();
        let key = self.insert_account(account);
        if default_groups {
            for group in self.groups.values_mut().filter(|group| group.default) {
                group.members.insert(lower(&name));
            }
        }
        Ok(key)
    }

    /// The account, if its directory lets us change it.
    pub(crate) fn writable_account(&mut self, name: &str) -> Result<&mut SimAccount, Denied> {
        let directory = self.account(name).ok_or(Denied::NoAccount)?.directory.clone();
        if !self.is_writable(&directory) {
            return Err(Denied::ReadOnly);
        }
        self.accounts.get_mut(&lower(name)).ok_or(Denied::NoAccount)
    }

    /// Renames; groups, password and permission go along.
    pub(crate) fn rename_account(&mut self, name: &str, new_name: &str) -> Result<(), Denied> {
        let (old, new) = (lower(name), lower(new_name));
        self.writable_account(name)?;
        if old != new && self.accounts.contains_key(&new) {
            return Err(Denied::Exists);
        }
        let Some(mut account) = self.accounts.remove(&old) else {
            return Err(Denied::NoAccount);
        };
        new_name.clone_into(&mut account.name);
        self.accounts.insert(new.clone(), account);
        for group in self.groups.values_mut() {
            if group.members.remove(&old) {
                group.members.insert(new.clone());
            }
        }
        for memory in [&mut self.permissions, &mut self.passwords] {
            if let Some(value) = memory.remove(&old) {
                memory.insert(new.clone(), value);
            }
        }
        Ok(())
    }

    pub(crate) fn delete_account(&mut self, name: &str) -> Result<SimAccount, Denied> {
        self.writable_account(name)?;
        let key = lower(name);
        for group in self.groups.values_mut() {
            group.members.remove(&key);
        }
        self.permissions.remove(&key);
        self.passwords.remove(&key);
        self.accounts.remove(&key).ok_or(Denied::NoAccount)
    }

    pub(crate) fn create_group(&mut self, name: &str) -> Result<(), Denied> {
        if self.group(name).is_some() {
            return Err(Denied::Exists);
        }
        let directory = self.writable_directory();
        if directory.is_empty() {
            return Err(Denied::ReadOnly);
        }
        self.insert_group(name, &directory);
        Ok(())
    }

    /// Deletes a group; the caller has looked after administrators' groups.
    pub(crate) fn delete_group(&mut self, name: &str) -> Result<(), Denied> {
        let directory = self.group(name).ok_or(Denied::NoGroup)?.directory.clone();
        if !self.is_writable(&directory) {
            return Err(Denied::ReadOnly);
        }
        self.groups.remove(&lower(name));
        for group in self.groups.values_mut() {
            group.children.remove(&lower(name));
        }
        Ok(())
    }

    /// Whether no other group makes administrators.
    pub(crate) fn is_last_admin_group(&self, name: &str) -> bool {
        self.group(name).is_some_and(|group| group.admin)
            && self.groups.values().filter(|group| group.admin).count() == 1
    }

    /// Adds a member; true where it was none before.
    pub(crate) fn join(&mut self, group: &str, account: &str) -> Result<bool, Denied> {
        let directory = self.group(group).ok_or(Denied::NoGroup)?.directory.clone();
        self.writable_account(account)?;
        if !self.is_writable(&directory) {
            return Err(Denied::ReadOnly);
        }
        let takes_seat = self.group(group).is_some_and(|group| group.licensed)
            && self.account(account).is_some_and(|it| it.active)
            && !self.is_licensed(account);
        // Confluence lets an administrator go over the limit by groups; the other two do not.
        if takes_seat && self.product != SimProduct::Confluence && !self.seat_free() {
            return Err(Denied::Seats);
        }
        Ok(self
            .group_mut(group)
            .is_some_and(|group| group.members.insert(lower(account))))
    }

    /// Takes a member out; true where it was one before.
    pub(crate) fn leave(&mut self, group: &str, account: &str) -> Result<bool, Denied> {
        let directory = self.group(group).ok_or(Denied::NoGroup)?.directory.clone();
        self.writable_account(account)?;
        if !self.is_writable(&directory) {
            return Err(Denied::ReadOnly);
        }
        Ok(self
            .group_mut(group)
            .is_some_and(|group| group.members.remove(&lower(account))))
    }
}
