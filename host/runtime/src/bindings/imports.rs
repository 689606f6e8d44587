//! The host's side of `tidegate:directory`: grant, budget, work. One text for every version of the contract:
//! see [`super`]. What does not differ between versions is in [`crate::imports`].

use tidegate_directory::connector;

use super::answer::{directory_error, operation};
use super::directory::types::{Error, Operation, Outcome};
use super::directory::{actions, lookup};
use crate::imports::NotAllowed;
use crate::state::HostState;

// Interfaces that hold only types have nothing to implement.
impl super::directory::types::Host for HostState {}
impl super::policy::types::Host for HostState {}

impl From<NotAllowed> for Error {
    fn from(why: NotAllowed) -> Self {
        match why {
            NotAllowed::Denied(text) => Self::Denied(text),
            NotAllowed::NoTarget => Self::NotFound,
        }
    }
}

impl lookup::Host for HostState {
    async fn find_account(
        &mut self,
        target: String,
        username: String,
    ) -> wasmtime::Result<Result<Option<lookup::Account>, Error>> {
        Ok(match self.enter_lookup(&target) {
            Ok(connector) => connector
                .find_account(&username)
                .await
                .map(|found| found.map(account))
                .map_err(directory_error),
            Err(denied) => Err(denied.into()),
        })
    }

    async fn find_account_by_email(
        &mut self,
        target: String,
        email: String,
    ) -> wasmtime::Result<Result<Option<lookup::Account>, Error>> {
        Ok(match self.enter_lookup(&target) {
            Ok(connector) => connector
                .find_account_by_email(&email)
                .await
                .map(|found| found.map(account))
                .map_err(directory_error),
            Err(denied) => Err(denied.into()),
        })
    }

    async fn account_groups(
        &mut self,
        target: String,
        username: String,
    ) -> wasmtime::Result<Result<Vec<String>, Error>> {
        Ok(match self.enter_lookup(&target) {
            Ok(connector) => connector.account_groups(&username).await.map_err(directory_error),
            Err(denied) => Err(denied.into()),
        })
    }

    async fn group_exists(&mut self, target: String, name: String) -> wasmtime::Result<Result<bool, Error>> {
        Ok(match self.enter_lookup(&target) {
            Ok(connector) => connector.group_exists(&name).await.map_err(directory_error),
            Err(denied) => Err(denied.into()),
        })
    }

    async fn group_members(
        &mut self,
        target: String,
        name: String,
        cursor: Option<String>,
    ) -> wasmtime::Result<Result<lookup::Page, Error>> {
        Ok(match self.enter_lookup(&target) {
            Ok(connector) => {
                let page = connector.group_members(&name, cursor.as_deref()).await;
                page.map(|page| lookup::Page {
                    names: page.names,
                    next: page.next,
                })
                .map_err(directory_error)
            }
            Err(denied) => Err(denied.into()),
        })
    }
}

/// Writes outside the queue, by a grant of their own. A plan reaches the same outcome, survives a crash and
/// can be previewed.
impl actions::Host for HostState {
    async fn apply(&mut self, target: String, asked: Operation) -> wasmtime::Result<Result<Outcome, Error>> {
        let operation = operation(asked);
        if let Err(denied) = self.enter_action(&operation, &target) {
            return Ok(Err(denied.into()));
        }
        let done = self.capabilities.act(self.scope(), &target, operation).await;
        Ok(done
            .map(|changed| Outcome {
                remote_id: None,
                changed,
            })
            .map_err(directory_error))
    }
}

fn account(account: connector::Account) -> lookup::Account {
    lookup::Account {
        username: account.username,
        email: account.email,
        display_name: account.display_name,
        active: account.active,
        directory: account.directory,
    }
}
