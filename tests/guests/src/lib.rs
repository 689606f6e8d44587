//! Policies as tests need them: real components, compiled from real crates and named by
//! constants. Building this crate builds them; it needs the target `wasm32-wasip2`.

/// A policy that does on request what a policy must not do; see `misbehave/src/lib.rs` for its settings.
pub const MISBEHAVE: &[u8] = include_bytes!(env!("TIDEGATE_GUEST_MISBEHAVE"));

/// A policy that was built for `tidegate:policy@0.1.0`.
pub const OLDER: &[u8] = include_bytes!(env!("TIDEGATE_GUEST_OLDER"));

/// The policy that ships with Tidegate.
pub const STANDARD: &[u8] = include_bytes!(env!("TIDEGATE_GUEST_STANDARD"));

/// The example with usernames from names.
pub const NAMES: &[u8] = include_bytes!(env!("TIDEGATE_GUEST_NAMES"));

/// The example with a freeze window.
pub const FREEZE: &[u8] = include_bytes!(env!("TIDEGATE_GUEST_FREEZE"));
