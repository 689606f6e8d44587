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

/// What all of a guest's randomness comes from; depends on the request alone.
pub(crate) struct Seed([u8; 32]);

impl Seed {
    pub(crate) fn of(request: &str) -> Self {
        Self(Sha256::digest(request.as_bytes()).into())
    }

    /// For `wasi:random/random` and `insecure`.
    pub(crate) fn stream(&self) -> Deterministic {
        Deterministic::new(self.0.to_vec())
    }

    /// For `wasi:random/insecure-seed`, from which standard libraries seed their hash maps.
    pub(crate) fn number(&self) -> u128 {
        let (half, _) = self.0.split_first_chunk::<16>().unwrap_or((&[0; 16], &[]));
        u128::from_le_bytes(*half)
    }
}
