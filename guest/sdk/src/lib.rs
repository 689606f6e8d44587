//! The Rust kit for authors of Tidegate policies.
//!
//! A policy decides what one SCIM change means for the directories. It is a library
//! crate of type `cdylib`, built for `wasm32-wasip2`, that implements [`Policy`] and
//! exports it:
//!
//! ```
//! use tidegate_sdk::{Description, Plan, Policy, Problem, Rejection, Request, step};
//! use tidegate_sdk::types::Change;
//!
//! struct Interns {
//!     group: String,
//! }
//!
//! impl Policy for Interns {
//!     fn describe() -> Description {
//!         Description {
//!             name: "interns".into(),
//!             version: "1.0.0".into(),
//!             summary: "Puts interns into one group.".into(),
//!             settings_schema: r#"{"type":"object"}"#.into(),
//!         }
//!     }
//!
//!     fn configure(_settings: &str) -> Result<Self, Vec<Problem>> {
//!         Ok(Self { group: "interns".into() })
//!     }
//!
//!     fn decide(&self, request: &Request) -> Result<Plan, Rejection> {
//!         let mut plan = Plan::default();
//!         if let Change::User(change) = &request.change
//!             && let Some(user) = &change.after
//!             && user.title.as_deref() == Some("Intern")
//!         {
//!             plan.steps.push(step("Interns share a group").members(self.group.as_str(), [user]));
//!         }
//!         Ok(plan)
//!     }
//! }
//!
//! tidegate_sdk::export_policy!(Interns);
//! # fn main() {}
//! ```
//!
//! A component imports exactly what its policy calls: one that calls neither
//! [`imports`] nor anything built on it comes out as the world `pure-policy`, to which
//! nothing needs to be granted. The same crate compiles natively, so that `cargo test`
//! runs the rules without a sandbox, in a [`fakes::World`].

mod bindings;
mod export;
#[cfg(not(target_arch = "wasm32"))]
pub mod fakes;
pub mod imports;
pub mod log;
mod policy;
pub mod settings;
mod steps;

pub use bindings::types;
pub use policy::Policy;
/// For `#[derive(schemars::JsonSchema)]` on settings.
pub use schemars;
/// For `#[derive(serde::Deserialize)]` on settings.
pub use serde;
pub use steps::{StepBuilder, step};
pub use types::{Description, Plan, Problem, Rejection, Request, Step};

#[doc(hidden)]
pub use bindings::generated as __generated;
