//! `tidegate:directory/actions`: writes outside the queue, by a grant of their own. A plan reaches
//! the same outcome, survives a crash and can be previewed.

use crate::bindings::directory::actions::Host;
use crate::bindings::directory::types::{Error, Operation, Outcome};
use crate::bindings::{directory_error, operation};
use crate::state::HostState;

impl Host for HostState {
    async fn apply(&mut self, target: String, asked: Operation) -> wasmtime::Result<Result<Outcome, Error>> {
        if !self.spend_call() {
            return Ok(Err(Error::Denied("the budget of host calls is used up".into())));
        }
        let operation = operation(asked);
        if !self.grants.permits_action(&operation, &target) {
            let kind = operation.kind();
            let what =
                format!("the action {kind} on {target:?} is not granted: return the operation in the plan");
            return Ok(Err(Error::Denied(self.deny(what))));
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
