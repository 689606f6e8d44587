//! How much an app takes at once. Beyond a limit the answer is 429 with whole seconds, the one
//! refusal that Okta waits for and repeats by itself.

use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use tidegate_scim::error::ScimError;
use tidegate_store::apps::AppOptions;
use tidegate_store::{Store, StoreError};

use super::Target;

/// Milliseconds that a count of what is pending stays good: counting a large backlog takes a while.
const COUNT_EVERY: i64 = 1_000;
/// Seconds to wait where no target says how long.
const WAIT: u64 = 30;
/// Seconds that a client is asked to wait at most: Okta's own default.
const LONGEST_WAIT: u64 = 300;

/// The limits of one app, with what they count.
#[derive(Debug, Default)]
pub struct Limits {
    requests_per_second: Option<NonZeroU32>,
    requests: Option<DefaultDirectRateLimiter>,
    most_pending: Option<NonZeroU32>,
    /// When rows were counted, and how many there were.
    pending: Mutex<(i64, u64)>,
}

impl Limits {
    pub(super) fn new(options: &AppOptions) -> Self {
        let limiter = |rate| RateLimiter::direct(Quota::per_second(rate));
        Self {
            requests_per_second: options.requests_per_second,
            requests: options.requests_per_second.map(limiter),
            most_pending: options.most_pending,
            pending: Mutex::default(),
        }
    }

    /// Whether they are what the options say: then they go on counting.
    pub(super) fn are(&self, options: &AppOptions) -> bool {
        (self.requests_per_second, self.most_pending) == (options.requests_per_second, options.most_pending)
    }

    /// Counts one request.
    ///
    /// # Errors
    /// 429: too many in this second.
    pub fn admit(&self) -> Result<(), ScimError> {
        let Some(limiter) = &self.requests else {
            return Ok(());
        };
        limiter.check().map_err(|until| {
            let wait = until.wait_time_from(DefaultClock::default().now());
            ScimError::too_many_requests(whole_seconds(wait))
        })
    }

    /// Whether the targets keep up with what was written before.
    ///
    /// # Errors
    /// 429: more rows wait than may; the time is that for which a target asked to be left alone.
    pub fn admit_write(
        &self,
        store: &Store,
        targets: &[std::sync::Arc<Target>],
        now_ms: i64,
    ) -> Result<(), ScimError> {
        let Some(most) = self.most_pending else {
            return Ok(());
        };
        let pending = self
            .count(store, targets, now_ms)
            .map_err(|error| ScimError::internal(error.to_string()))?;
        if pending <= u64::from(most.get()) {
            return Ok(());
        }
        let paused = targets
            .iter()
            .map(|target| target.paused_until_ms().saturating_sub(now_ms))
            .max()
            .and_then(|ms| u64::try_from(ms).ok())
            .filter(|ms| *ms > 0);
        let wait = paused.map_or(WAIT, |ms| whole_seconds(Duration::from_millis(ms)));
        let mut refusal = ScimError::too_many_requests(wait.min(LONGEST_WAIT));
        refusal.detail = format!(
            "{pending} changes still wait for the Atlassian products. {}",
            refusal.detail
        );
        Err(refusal)
    }

    fn count(
        &self,
        store: &Store,
        targets: &[std::sync::Arc<Target>],
        now_ms: i64,
    ) -> Result<u64, StoreError> {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let (counted_ms, count) = *pending;
        if (counted_ms..counted_ms.saturating_add(COUNT_EVERY)).contains(&now_ms) {
            return Ok(count);
        }
        let mut count = 0;
        for target in targets {
            count += store.pending(target.seq)?;
        }
        *pending = (now_ms, count);
        Ok(count)
    }
}

/// Rounded up, and at least one: Okta ignores fractions.
fn whole_seconds(wait: Duration) -> u64 {
    wait.as_millis()
        .div_ceil(1_000)
        .max(1)
        .try_into()
        .unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_are_whole_and_never_too_few() {
        for (ms, seconds) in [(0, 1), (1, 1), (1_000, 1), (1_001, 2), (59_999, 60)] {
            assert_eq!(whole_seconds(Duration::from_millis(ms)), seconds, "{ms}");
        }
    }

    #[test]
    fn the_request_beyond_the_limit_is_told_when_to_come_back() {
        let limits = Limits::new(&AppOptions {
            requests_per_second: NonZeroU32::new(3),
            ..AppOptions::default()
        });
        let refused: Vec<ScimError> = (0..10).filter_map(|_| limits.admit().err()).collect();
        assert!(refused.len() >= 6, "three at once, no more: {}", refused.len());
        let first = refused.first().expect("one");
        assert_eq!((first.status, first.retry_after_seconds), (429, Some(1)));
        assert!(Limits::default().admit().is_ok(), "no limit where none is set");
    }
}
