//! `tidegate:directory/lookup`: reads from a target through its connector.

use std::sync::Arc;

use tidegate_directory::connector::{self, Connector};

use crate::bindings::directory::lookup::{Account, Host, Page};
use crate::bindings::directory::types::Error;
use crate::bindings::directory_error;
use crate::state::HostState;

impl HostState {
    fn enter_lookup(&mut self, target: &str) -> Result<Arc<dyn Connector>, Error> {
        if !self.spend_call() {
            return Err(Error::Denied("the budget of host calls is used up".into()));
        }
        if !self.grants.lookup {
            return Err(Error::Denied(self.deny("lookup is not granted".into())));
        }
        self.capabilities
            .connector(self.scope(), target)
            .ok_or(Error::NotFound)
    }
}

impl Host for HostState {
    async fn find_account(
        &mut self,
        target: String,
        username: String,
    ) -> wasmtime::Result<Result<Option<Account>, Error>> {
        Ok(match self.enter_lookup(&target) {
            Ok(connector) => connector
                .find_account(&username)
                .await
                .map(|found| found.map(account))
                .map_err(directory_error),
            Err(denied) => Err(denied),
        })
    }

    async fn find_account_by_email(
        &mut self,
        target: String,
        email: String,
    ) -> wasmtime::Result<Result<Option<Account>, Error>> {
        Ok(match self.enter_lookup(&target) {
            Ok(connector) => connector
                .find_account_by_email(&email)
                .await
                .map(|found| found.map(account))
                .map_err(directory_error),
            Err(denied) => Err(denied),
        })
    }

    async fn account_groups(
        &mut self,
        target: String,
        username: String,
    ) -> wasmtime::Result<Result<Vec<String>, Error>> {
        Ok(match self.enter_lookup(&target) {
            Ok(connector) => connector.account_groups(&username).await.map_err(directory_error),
            Err(denied) => Err(denied),
        })
    }

    async fn group_exists(&mut self, target: String, name: String) -> wasmtime::Result<Result<bool, Error>> {
        Ok(match self.enter_lookup(&target) {
            Ok(connector) => connector.group_exists(&name).await.map_err(directory_error),
            Err(denied) => Err(denied),
        })
    }

    async fn group_members(
        &mut self,
        target: String,
        name: String,
        cursor: Option<String>,
    ) -> wasmtime::Result<Result<Page, Error>> {
        Ok(match self.enter_lookup(&target) {
            Ok(connector) => {
                let page = connector.group_members(&name, cursor.as_deref()).await;
                page.map(|page| Page {
                    names: page.names,
                    next: page.next,
                })
                .map_err(directory_error)
            }
            Err(denied) => Err(denied),
        })
    }
}

fn account(account: connector::Account) -> Account {
    Account {
        username: account.username,
        email: account.email,
        display_name: account.display_name,
        active: account.active,
        directory: account.directory,
    }
}
