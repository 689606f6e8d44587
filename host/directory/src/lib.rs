//! What Tidegate wants of the Atlassian directories, and how it talks to them.
//!
//! - [`plan`]: the vocabulary of outcomes that a policy returns.
//! - [`connector`]: what every product's connector can be asked.
//! - [`target`]: one connected directory, as an administrator describes it.
//! - [`products`]: the connectors themselves.
//! - [`recognise`]: which account that is there already is a user's.
//! - [`egress`]: HTTP on behalf of others, checked where the name leads.
//!
//! Nothing in here knows of WASM, of SCIM's wire format or of the store.

pub mod connector;
pub mod egress;
pub mod plan;
pub mod products;
pub mod protected;
pub mod recognise;
pub mod target;
pub mod transport;
