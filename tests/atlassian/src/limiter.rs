//! The products' token bucket, one per user.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

use crate::config::RateLimit;

/// Buckets by user name.
#[derive(Debug)]
pub(crate) struct Limiter {
    limit: RateLimit,
    buckets: Mutex<HashMap<String, Bucket>>,
}

#[derive(Debug)]
struct Bucket {
    tokens: u32,
    filled: Instant,
}

/// What the headers of one answer tell.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Verdict {
    pub(crate) allowed: bool,
    pub(crate) remaining: u32,
    pub(crate) retry_after_seconds: u64,
    pub(crate) limit: RateLimit,
}

impl Limiter {
    pub(crate) fn new(limit: RateLimit) -> Self {
        Self {
            limit,
            buckets: Mutex::default(),
        }
    }

    /// Takes one token of the user's bucket, if it has one.
    pub(crate) fn take(&self, user: &str) -> Verdict {
        let now = Instant::now();
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.entry(user.to_owned()).or_insert_with(|| Bucket {
            tokens: self.limit.capacity,
            filled: now,
        });
        let interval = self.limit.interval.max(std::time::Duration::from_millis(1));
        let intervals = now.duration_since(bucket.filled).as_millis() / interval.as_millis();
        if let Ok(intervals @ 1..) = u32::try_from(intervals) {
            let given = self.limit.fill_rate.saturating_mul(intervals);
            bucket.tokens = bucket.tokens.saturating_add(given).min(self.limit.capacity);
            bucket.filled += interval.saturating_mul(intervals);
        }
        let allowed = bucket.tokens > 0;
        bucket.tokens = bucket.tokens.saturating_sub(1);
        // `retry-after: 0` accompanies good answers too, as the products do it.
        let wait = if allowed {
            0
        } else {
            // Rounded up: a whole second later the bucket must have a token.
            let left = interval.saturating_sub(now.duration_since(bucket.filled));
            u64::try_from(left.as_millis().div_ceil(1_000)).unwrap_or(u64::MAX)
        };
        Verdict {
            allowed,
            remaining: bucket.tokens,
            retry_after_seconds: wait,
            limit: self.limit,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_waits_as_long_as_told_gets_a_token() {
        let limiter = Limiter::new(RateLimit {
            capacity: 2,
            fill_rate: 1,
            interval: Duration::from_millis(2_500),
        });
        assert!(limiter.take("ann").allowed);
        assert!(limiter.take("ann").allowed);
        let refused = limiter.take("ann");
        assert!(!refused.allowed);
        assert_eq!(refused.retry_after_seconds, 3);
        assert!(limiter.take("bob").allowed, "buckets are per user");
        tokio::time::advance(Duration::from_secs(refused.retry_after_seconds)).await;
        assert!(limiter.take("ann").allowed);
        assert!(!limiter.take("ann").allowed);
        // Never more than the bucket holds.
        tokio::time::advance(Duration::from_secs(3600)).await;
        assert_eq!(limiter.take("ann").remaining, 1);
    }
}
