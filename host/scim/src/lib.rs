//! SCIM 2.0 semantics (RFC 7643, RFC 7644), without I/O and without async.
//!
//! What the clients really send is wider than the RFCs: Okta writes PATCH without paths and echoes
//! our read-only attributes in PUT, Entra writes `"op": "Replace"` and `"active": "False"`. This
//! crate takes all of it and turns it into one shape, the [`Document`].
//!
//! - [`user`] and [`group`] turn request bodies into documents and deltas;
//! - [`patch`] parses PATCH requests and applies them, all or nothing;
//! - [`filter`] and [`query`] read the query string of a list request;
//! - [`present`] and [`discovery`] write what the client is answered;
//! - [`view`] is the resource as the rules see it.
//!
//! Nothing here panics on input, and every input has a bound (see [`limits`]).

pub mod bulk;
pub mod canonical;
pub mod discovery;
mod document;
mod edit;
pub mod error;
pub mod filter;
pub mod group;
mod kind;
pub mod limits;
mod normal;
pub mod patch;
mod path;
pub mod present;
pub mod query;
mod rules;
pub mod schema;
pub mod sort;
mod text;
mod time;
pub mod user;
pub mod view;

pub use document::Document;
pub use error::ScimError;
pub use kind::ResourceKind;
pub use rules::conform;
pub use text::fold;
