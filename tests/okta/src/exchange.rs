//! A record of what was sent and answered, within bounds.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::Method;

/// How many exchanges are kept; older ones are only counted. Enough for a long test, and a load
/// run does not fill the memory.
const KEPT: usize = 10_000;

/// One request and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// The method.
    pub method: Method,
    /// Path and query, below the base URL.
    pub path: String,
    /// The status; none if no answer came.
    pub status: Option<u16>,
    /// From sending to the last byte of the answer.
    pub duration: Duration,
}

impl Exchange {
    /// Whether Okta would take it as a failure.
    #[must_use]
    pub fn is_failure(&self) -> bool {
        self.status.is_none_or(|status| status >= 400)
    }
}

/// Counts over everything that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// All requests, also those that were sent again.
    pub requests: u64,
    /// Those without an answer, or with a status of 400 and above.
    pub failures: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Record(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    totals: Totals,
    last: VecDeque<Exchange>,
}

impl Record {
    pub(crate) fn push(&self, exchange: Exchange) {
        let mut kept = self.lock();
        kept.totals.requests += 1;
        kept.totals.failures += u64::from(exchange.is_failure());
        if kept.last.len() == KEPT {
            kept.last.pop_front();
        }
        kept.last.push_back(exchange);
    }

    pub(crate) fn last(&self) -> Vec<Exchange> {
        self.lock().last.iter().cloned().collect()
    }

    pub(crate) fn totals(&self) -> Totals {
        self.lock().totals
    }

    /// Counting goes on after a panic elsewhere: nothing here can be left half-done.
    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
