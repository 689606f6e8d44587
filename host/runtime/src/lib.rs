//! Everything that touches wasmtime: engine, limits, bindings, versions, decisions.
//!
//! Invariants:
//! - One [`Store`](wasmtime::Store) per decision, dropped afterwards whatever happened:
//!   nothing leaks between people, apps or decisions, and a trap poisons nothing.
//! - A [`Version`] is code, settings and grants as one immutable unit. A request that
//!   began with a version ends with it.
//! - No generated binding leaves [`bindings`]: the rest of the host sees
//!   `tidegate_directory::plan` and `tidegate_scim::view`.
//! - Same request, same version, same plan: the clock is the request's, randomness is
//!   seeded from its id.

#[cfg(feature = "bench")]
pub mod bench;
#[allow(
    clippy::duplicate_mod,
    reason = "one text, compiled against each version of the contract"
)]
mod bindings;
pub mod capabilities;
mod classify;
mod clock;
mod decide;
pub mod engine;
pub mod failure;
pub mod grants;
mod imports;
pub mod limits;
pub mod registry;
pub mod request;
mod snapshot;
pub mod stage;
mod state;
pub mod vectors;
pub mod version;

pub use decide::{Decided, Stats};
pub use engine::Runtime;
pub use failure::{Failure, Rejection, StageError};
pub use request::{Change, Occasion, Request, TargetView};
pub use version::Version;
