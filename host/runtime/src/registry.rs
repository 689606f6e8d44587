//! Which version serves which app. Swapped in one step; a request keeps what it began with.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use sha2::{Digest, Sha256};

use crate::version::Version;

/// The versions in force, by the app's row number.
#[derive(Debug, Default)]
pub struct Registry {
    active: RwLock<HashMap<i64, Arc<Version>>>,
    canaries: RwLock<HashMap<i64, Canary>>,
}

/// A version that decides about a share of the resources.
#[derive(Debug, Clone)]
pub struct Canary {
    /// The version.
    pub version: Arc<Version>,
    /// Of a hundred resources.
    pub percent: u8,
}

impl Canary {
    /// Whether it decides about the resource of this id: always, or never, while the share stays; and a
    /// larger share has all that a smaller one had.
    #[must_use]
    pub fn decides_about(&self, id: &str) -> bool {
        let hash = Sha256::digest(id.as_bytes());
        let number = hash
            .iter()
            .take(8)
            .fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        number % 100 < u64::from(self.percent)
    }
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

    /// The version that decides about a share of an app's resources, if there is one.
    #[must_use]
    pub fn canary(&self, app: i64) -> Option<Canary> {
        let canaries = self.canaries.read().unwrap_or_else(PoisonError::into_inner);
        canaries.get(&app).cloned()
    }

    /// Lets a version decide about a share; none: the version in force decides about all again. Returns
    /// the one that did.
    pub fn set_canary(&self, app: i64, canary: Option<Canary>) -> Option<Canary> {
        let mut canaries = self.canaries.write().unwrap_or_else(PoisonError::into_inner);
        match canary {
            Some(canary) => canaries.insert(app, canary),
            None => canaries.remove(&app),
        }
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
