//! What a policy may call while it decides, if the operator granted it. Never from `configure`.
//!
//! In the sandbox these are the host's; natively they are those of a [`fakes::World`](crate::fakes::World).

pub mod actions;
pub mod http;
pub mod lookup;
pub mod storage;
