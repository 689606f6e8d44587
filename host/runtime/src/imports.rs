//! The host's side of each import: grant, budget, work. One file per interface; those whose types differ between
//! versions of the contract are bound in `bindings/imports.rs`.

mod directory;
mod http;
mod log;
mod storage;

pub(crate) use directory::NotAllowed;
pub(crate) use log::clean;

use crate::bindings::scim;
use crate::state::HostState;

// Interfaces that hold only types have nothing to implement.
impl scim::types::Host for HostState {}

impl HostState {
    /// One host call less. `false`: the budget is used up.
    fn spend_call(&mut self) -> bool {
        let left = self.host_calls_left > 0;
        self.host_calls_left = self.host_calls_left.saturating_sub(1);
        if !left {
            self.deny("the budget of host calls is used up".into());
        }
        left
    }

    /// Remembers a denial for the audit trail; returns it for the guest.
    fn deny(&mut self, what: String) -> String {
        // A guest that asks a thousand times is one finding, not a thousand lines.
        if self.denied.len() < 8 {
            self.denied.push(what.clone());
        }
        what
    }
}
