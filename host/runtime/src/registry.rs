//! Which version serves which app. Swapped in one step; a request keeps what it began with.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use crate::version::Version;

/// The versions in force, by the app's row number.
#[derive(Debug, Default)]
pub struct Registry {
    active: RwLock<HashMap<i64, Arc<Version>>>,
}

impl Registry {
    /// The version that decides for an app now. The caller's clone pins it: a swap in the
    /// meantime changes nothing for this request.
    #[must_use]
    pub fn current(&self, app: i64) -> Option<Arc<Version>> {
        self.active
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&app)
            .cloned()
    }

    /// Publishes a version; returns the one it replaces, for draining.
    pub fn publish(&self, app: i64, version: Arc<Version>) -> Option<Arc<Version>> {
        self.active
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(app, version)
    }
}

/// Waits until nobody but the caller holds the version any more. `true`: nobody does; `false`: the
/// limits of a decision have passed and somebody still does, which is a defect of ours.
pub async fn drained(version: &Arc<Version>) -> bool {
    let limits = &version.grants().limits;
    let bound = std::time::Duration::from_millis(limits.wall_millis.saturating_mul(4));
    let free = async {
        while Arc::strong_count(version) > 1 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(bound, free).await.is_ok()
}
