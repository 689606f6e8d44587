//! For the benchmark alone (feature `bench`): the way of deciding that the host does not
//! take, to compare with. See `benches/decision.rs`.

use std::sync::Arc;

use tidegate_directory::plan::Plan;
use wasmtime::Store;

use crate::bindings::Policy;
use crate::capabilities::Nothing;
use crate::classify::{classify, instantiate};
use crate::failure::{Failure, Rejection};
use crate::request::Request;
use crate::state::{self, HostState, Purpose};
use crate::version::Version;

/// One instance that decides again and again. What one request leaves in it is there for
/// the next: the isolation that the host promises is what this saves.
pub struct Warm {
    store: Store<HostState>,
    policy: Policy,
}

impl std::fmt::Debug for Warm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Warm").finish_non_exhaustive()
    }
}

impl Warm {
    /// An instance of a snapshotted version.
    ///
    /// # Errors
    /// The instance cannot be made.
    pub async fn new(version: &Version) -> Result<Self, Failure> {
        let purpose = Purpose {
            app: "",
            policy: Arc::clone(&version.policy),
            request: "",
            digest: Arc::clone(&version.digest),
            now_ms: 0,
            // It lives for the whole benchmark.
            cpu_millis: u64::MAX,
            grants: Arc::clone(&version.grants),
            capabilities: Arc::new(Nothing),
        };
        let mut store = state::store(&version.runtime, purpose);
        state::arm(&mut store);
        let policy = instantiate(&mut store, &version.pre, u64::MAX).await?;
        Ok(Self { store, policy })
    }

    /// Decides.
    ///
    /// # Errors
    /// As a decision in a sandbox of its own.
    pub async fn decide(&mut self, request: &Request) -> Result<Result<Plan, Rejection>, Failure> {
        state::arm(&mut self.store);
        let decided = self.policy.decide(&mut self.store, request).await;
        decided.map_err(|error| classify(&error, self.store.data(), u64::MAX))
    }
}
