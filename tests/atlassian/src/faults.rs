//! Faults to order: what goes wrong between a client and a healthy product.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What shall go wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// Answered with this status in the product's error shape; nothing changes.
    Status(u16),
    /// Answered with 429; nothing changes.
    RateLimited {
        /// Value of `retry-after`, in seconds.
        retry_after_seconds: u64,
    },
    /// Answered with 503 and a wait, as Cloud does above some limits; nothing changes.
    Overloaded {
        /// Value of `retry-after`, in seconds.
        retry_after_seconds: u64,
    },
    /// The connection is closed without an answer; nothing changes.
    Reset,
    /// The change happens, then the connection is closed: a lost answer.
    ResetAfter,
    /// Never answered; nothing changes. Ends when the client gives up.
    Hang,
    /// Answered rightly, after a wait.
    Slow(Duration),
}

/// One order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Part of "METHOD /path?query" as sent; absent: every call.
    pub matching: Option<String>,
    /// What happens.
    pub kind: FaultKind,
    /// To how many matching calls.
    pub times: u32,
}

impl Fault {
    /// One fault for the next call whose "METHOD /path?query" contains `matching`.
    #[must_use]
    pub fn once(matching: &str, kind: FaultKind) -> Self {
        Self {
            matching: Some(matching.to_owned()),
            kind,
            times: 1,
        }
    }
}

/// The orders that wait for their call. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Faults(Arc<Mutex<Vec<Fault>>>);

impl Faults {
    /// Orders a fault. Orders are tried in the sequence given.
    pub fn push(&self, fault: Fault) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(fault);
    }

    /// Takes back every order.
    pub fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// How many faults are still to happen.
    #[must_use]
    pub fn pending(&self) -> u32 {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .map(|fault| fault.times)
            .sum()
    }

    /// The fault for this call, used up.
    pub(crate) fn take(&self, call: &str) -> Option<FaultKind> {
        let mut orders = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let order = orders.iter_mut().find(|order| {
            order.times > 0 && order.matching.as_deref().is_none_or(|part| call.contains(part))
        })?;
        order.times -= 1;
        let kind = order.kind.clone();
        orders.retain(|order| order.times > 0);
        Some(kind)
    }
}
