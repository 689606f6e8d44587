//! Versions that are compiled and not active.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tidegate_runtime::Version;

/// Compiled versions kept beside the active ones, per process. More are compiled again
/// when they are needed, from the cache.
const KEPT: usize = 16;

/// Compiled versions by row number: deploying compiles, so that activating need not.
#[derive(Debug, Default)]
pub struct Staged(Mutex<HashMap<i64, Arc<Version>>>);

impl Staged {
    pub(super) fn take(&self, id: i64) -> Option<Arc<Version>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&id)
    }

    pub(super) fn keep(&self, id: i64, version: Arc<Version>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT
            && let Some(oldest) = kept.keys().min().copied()
        {
            kept.remove(&oldest);
        }
        kept.insert(id, version);
    }
}
