//! When a call may begin: the administrator's rate, and the product's bucket of tokens.

use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};
use tokio::time::{Instant, sleep, sleep_until};

use super::retry_after::Tokens;

/// Calls that may follow at once after a rest. Larger, and a product is hit by all of a
/// second's calls at its start; 1, and every single change waits for the beat.
const BURST: NonZeroU32 = NonZeroU32::new(5).unwrap();

/// A higher rate means this one: the runtime's timer counts milliseconds, and no product
/// answers that many calls of one client.
const MOST_PER_SECOND: NonZeroU32 = NonZeroU32::new(1_000).unwrap();

type Rate = RateLimiter<NotKeyed, InMemoryState, TokioClock, NoOpMiddleware<Nanos>>;

/// One target's turns.
pub(super) struct Pace {
    rate: Option<Rate>,
    bucket: Mutex<Bucket>,
    /// Who waits, waits in line: else a late call could pass an early one for ever.
    line: tokio::sync::Mutex<()>,
}

impl Pace {
    pub(super) fn new(calls_per_second: Option<NonZeroU32>) -> Self {
        let rate = calls_per_second.map(|rate| {
            let rate = rate.min(MOST_PER_SECOND);
            let quota = Quota::per_second(rate).allow_burst(BURST.min(rate));
            RateLimiter::direct_with_clock(quota, TokioClock(Instant::now()))
        });
        Self {
            rate,
            bucket: Mutex::default(),
            line: tokio::sync::Mutex::default(),
        }
    }

    /// Waits until the next call may begin.
    pub(super) async fn turn(&self) {
        let _first = self.line.lock().await;
        if let Some(rate) = &self.rate {
            while let Err(early) = rate.check() {
                sleep(early.wait_time_from(rate.clock().now())).await;
            }
        }
        // Last, and asked again after every wait: answers come in meanwhile.
        while let Some(until) = self.bucket(|bucket| bucket.begin(Instant::now())) {
            sleep_until(until).await;
        }
    }

    /// Takes note of what an answer said of the bucket.
    pub(super) fn learn(&self, tokens: Tokens) {
        self.bucket(|bucket| bucket.learn(tokens, Instant::now()));
    }

    /// Never held while waiting: answers must be able to say what they have to.
    fn bucket<T>(&self, with: impl FnOnce(&mut Bucket) -> T) -> T {
        with(&mut self.bucket.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The product's bucket, as far as its answers tell.
#[derive(Default)]
struct Bucket {
    /// No call begins before.
    closed_until: Option<Instant>,
    /// How far calls are apart, from an empty bucket until an answer says that it is not:
    /// all at once after the pause would empty it again.
    apart: Option<Duration>,
}

impl Bucket {
    /// Lets one call begin, or says until when to wait.
    fn begin(&mut self, now: Instant) -> Option<Instant> {
        if let Some(until) = self.closed_until.filter(|until| *until > now) {
            return Some(until);
        }
        self.closed_until = self.apart.map(|apart| now + apart);
        None
    }

    fn learn(&mut self, tokens: Tokens, now: Instant) {
        match tokens {
            Tokens::Left => self.apart = None,
            Tokens::Gone { wait, apart } => {
                self.closed_until = self.closed_until.max(Some(now + wait));
                self.apart = Some(apart);
            }
        }
    }
}

/// The runtime's clock, which tests can stop.
#[derive(Clone, Debug)]
struct TokioClock(Instant);

impl Clock for TokioClock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        self.0.elapsed().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Time that so many turns took; the clock stands still but for what is waited for.
    async fn took(pace: &Pace, turns: usize) -> Duration {
        let begun = Instant::now();
        for _ in 0..turns {
            pace.turn().await;
        }
        begun.elapsed()
    }

    fn between(time: Duration, low_ms: u64, high_ms: u64) {
        let range = Duration::from_millis(low_ms)..=Duration::from_millis(high_ms);
        assert!(range.contains(&time), "{time:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn a_rate_is_kept_after_a_small_burst() {
        let pace = Pace::new(NonZeroU32::new(10));
        assert_eq!(took(&pace, 5).await, Duration::ZERO);
        between(took(&pace, 20).await, 2_000, 2_100);
        // A long rest earns no more than the burst.
        tokio::time::advance(Duration::from_secs(3_600)).await;
        assert_eq!(took(&pace, 5).await, Duration::ZERO);
        between(took(&pace, 10).await, 1_000, 1_100);
    }

    #[tokio::test(start_paused = true)]
    async fn no_rate_is_no_wait_and_the_highest_is_no_panic() {
        assert_eq!(took(&Pace::new(None), 10_000).await, Duration::ZERO);
        let pace = Pace::new(Some(NonZeroU32::MAX));
        between(took(&pace, 2_005).await, 2_000, 2_200);
    }

    #[tokio::test(start_paused = true)]
    async fn an_empty_bucket_pauses_and_then_drips() {
        let pace = Pace::new(None);
        let gone = Tokens::Gone {
            wait: Duration::from_secs(8),
            apart: Duration::from_secs(2),
        };
        pace.learn(gone);
        between(took(&pace, 1).await, 8_000, 8_010);
        between(took(&pace, 3).await, 6_000, 6_030);
        pace.learn(Tokens::Left);
        // What was waited for already stays; the next ones are free.
        between(took(&pace, 1_000).await, 2_000, 2_010);
    }

    #[tokio::test(start_paused = true)]
    async fn a_later_answer_does_not_shorten_the_pause() {
        let pace = Pace::new(None);
        for seconds in [20, 5] {
            pace.learn(Tokens::Gone {
                wait: Duration::from_secs(seconds),
                apart: Duration::ZERO,
            });
        }
        pace.learn(Tokens::Left);
        between(took(&pace, 100).await, 20_000, 20_010);
    }
}
