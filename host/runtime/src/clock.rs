//! The guest's clocks and randomness: fixed by the request, so that the same request
//! and the same version give the same plan.

use std::time::Duration;

use sha2::{Digest, Sha256};
use wasmtime_wasi::random::Deterministic;
use wasmtime_wasi::{HostMonotonicClock, HostWallClock};

/// A clock that stands still.
pub(crate) struct Fixed(pub(crate) u64);

impl HostWallClock for Fixed {
    fn resolution(&self) -> Duration {
        Duration::from_millis(1)
    }

    fn now(&self) -> Duration {
        Duration::from_millis(self.0)
    }
}

impl HostMonotonicClock for Fixed {
    fn resolution(&self) -> u64 {
        1_000_000
    }

    fn now(&self) -> u64 {
        self.0.saturating_mul(1_000_000)
    }
}

/// Bytes that depend on the seed alone.
pub(crate) fn randomness(seed: &str) -> Deterministic {
    Deterministic::new(Sha256::digest(seed.as_bytes()).to_vec())
}
