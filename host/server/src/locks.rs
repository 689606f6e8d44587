//! One lock per resource: writes to one user or group happen one after the other, in this
//! process, so that two requests for one group cannot both decide on the same state.
//!
//! The store's version check stays behind it: the lock is for speed and order, not for safety.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::OwnedMutexGuard;

type Slot = tokio::sync::Mutex<()>;

/// Locks by key. A key without holders takes no memory for long.
#[derive(Debug, Default)]
pub struct Locks {
    slots: Mutex<HashMap<String, Weak<Slot>>>,
}

/// Beyond this many keys, those without holders are dropped.
const SWEEP_AT: usize = 1_024;

impl Locks {
    /// Waits until nobody else holds the key.
    pub async fn acquire(&self, key: String) -> OwnedMutexGuard<()> {
        let slot = {
            let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            if slots.len() >= SWEEP_AT {
                slots.retain(|_, slot| slot.strong_count() > 0);
            }
            let known = slots.get(&key).and_then(Weak::upgrade);
            known.unwrap_or_else(|| {
                let slot = Arc::new(Slot::new(()));
                slots.insert(key, Arc::downgrade(&slot));
                slot
            })
        };
        slot.lock_owned().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_key_excludes_itself_and_no_other() {
        let locks = Arc::new(Locks::default());
        let held = locks.acquire("a".into()).await;
        drop(locks.acquire("b".into()).await);
        let waiting = tokio::spawn({
            let locks = Arc::clone(&locks);
            async move { drop(locks.acquire("a".into()).await) }
        });
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop(held);
        waiting.await.expect("goes on");
    }

    #[tokio::test]
    async fn keys_nobody_holds_are_swept() {
        let locks = Locks::default();
        for key in 0..3 * SWEEP_AT {
            drop(locks.acquire(key.to_string()).await);
        }
        assert!(locks.slots.lock().unwrap_or_else(PoisonError::into_inner).len() <= SWEEP_AT);
    }
}
