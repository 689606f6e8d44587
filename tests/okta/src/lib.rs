//! A SCIM client that talks as Okta does, from recorded shapes.
//!
//! For tests and for `tidegate demo`: it sends Okta's headers, Okta's requests in Okta's order, and
//! waits as Okta waits. What Okta cannot do this client does not do either: it never deletes a
//! user, never falls back from PATCH to PUT, and retries nothing but 429.
//!
//! It speaks plain HTTP only. The real Okta insists on https; a test has no certificate.

mod client;
mod error;
mod exchange;
mod groups;
mod import;
mod profile;
mod retry;
pub mod session;
mod users;

pub use client::{Answer, Dialect, OktaClient};
pub use error::OktaError;
pub use exchange::{Exchange, Totals};
pub use groups::{BATCH, Member};
pub use profile::Profile;
pub use retry::Retries;
pub use session::Session;
pub use users::Assigned;
