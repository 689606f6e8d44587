//! What `tidegate:directory` asks of grants and budget, whatever the version of the contract.

use std::sync::Arc;

use tidegate_directory::connector::Connector;
use tidegate_directory::plan::Operation;

use crate::state::HostState;

/// Why a call is not made.
pub(crate) enum NotAllowed {
    /// In words.
    Denied(String),
    /// The app has no such target.
    NoTarget,
}

impl HostState {
    /// Reads from a target.
    pub(crate) fn enter_lookup(&mut self, target: &str) -> Result<Arc<dyn Connector>, NotAllowed> {
        self.enter()?;
        if !self.grants.lookup {
            return Err(NotAllowed::Denied(self.deny("lookup is not granted".into())));
        }
        self.capabilities
            .connector(self.scope(), target)
            .ok_or(NotAllowed::NoTarget)
    }

    /// Changes something in a target at once.
    pub(crate) fn enter_action(&mut self, operation: &Operation, target: &str) -> Result<(), NotAllowed> {
        self.enter()?;
        if self.grants.permits_action(operation, target) {
            return Ok(());
        }
        let kind = operation.kind();
        let what =
            format!("the action {kind} on {target:?} is not granted: return the operation in the plan");
        Err(NotAllowed::Denied(self.deny(what)))
    }

    fn enter(&mut self) -> Result<(), NotAllowed> {
        match self.spend_call() {
            true => Ok(()),
            false => Err(NotAllowed::Denied("the budget of host calls is used up".into())),
        }
    }
}
