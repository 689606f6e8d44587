//! Writes to targets, at once and outside the queue. Prefer returning the operation in the plan.

#[cfg(target_arch = "wasm32")]
use crate::bindings::generated::tidegate::directory::actions as host;
#[cfg(not(target_arch = "wasm32"))]
use crate::fakes::actions as host;

pub use crate::bindings::generated::tidegate::directory::actions::{Error, Operation, Outcome};

/// Brings an outcome about.
///
/// # Errors
/// Not granted, managed by a plan, or refused by the product.
pub fn apply(target: &str, operation: &Operation) -> Result<Outcome, Error> {
    host::apply(target, operation)
}
