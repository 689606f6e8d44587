//! Durable state: SCIM resources, desired state, policies, audit. SQLite.
//!
//! Invariants, each with a test that names it:
//! - A write is acknowledged only after the transaction that holds it is on disk
//!   ([`writer`]): WAL with full sync, group commit by the one writer thread.
//! - A SCIM change, the desired state that follows from it and its audit line are one
//!   transaction ([`commit`]). There is no moment in which one is there without the others.
//! - Membership is a table. No write reads or rewrites all members of a group.
//! - Secrets are sealed ([`seal`]), tokens are stored as hashes ([`apps`]).
//!
//! Every method that takes `now_ms` takes milliseconds since the Unix epoch; the store
//! has no clock of its own.

pub mod access;
pub mod anonymise;
pub mod apps;
pub mod audit;
pub mod backup;
mod blocks;
pub mod brake;
pub mod commit;
mod connection;
pub mod copy;
pub mod credentials;
pub mod desired;
pub mod difference;
pub mod entries;
pub mod error;
pub mod find;
pub mod groups;
pub mod oauth;
pub mod offered;
mod owned;
pub mod people;
pub mod policies;
pub mod previews;
pub mod questions;
pub mod resolve;
pub mod restatement;
pub mod schemas;
pub mod seal;
pub mod status;
pub mod survey;
pub mod targets;
pub mod unique;
pub mod users;
pub mod why;
pub mod work;
mod writer;

pub use connection::Store;
pub use error::{Result, StoreError};

/// Folds a name for comparison: the same wherever a key is made, and as filters compare.
pub use tidegate_scim::fold;
