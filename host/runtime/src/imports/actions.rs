//! `tidegate:directory/actions`: writes outside the queue. No grant opens it yet: a plan
//! reaches the same outcome, survives a crash and can be previewed.

use crate::bindings::directory::actions::Host;
use crate::bindings::directory::types::{Error, Operation, Outcome};
use crate::state::HostState;

impl Host for HostState {
    async fn apply(&mut self, target: String, _: Operation) -> wasmtime::Result<Result<Outcome, Error>> {
        let what =
            format!("direct actions on target {target:?} are not granted: return the operation in the plan");
        Ok(Err(Error::Denied(self.deny(what))))
    }
}
