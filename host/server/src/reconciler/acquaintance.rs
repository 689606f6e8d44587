//! A product is asked what it is before anything else is sent to it: that proves the credentials by one call, and its
//! connector then uses what that version has. What is known is asked for anew from time to time.

use std::sync::Arc;
use std::time::Duration;

use tidegate_directory::connector::{ConnectorError, TargetInfo};
use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;

use crate::apps::Target;
use crate::clock::now_ms;

/// How long what a product said of itself is good for. One that was away is asked anew when it is back.
const GOOD_FOR: Duration = Duration::from_hours(6);

/// Until a product that did not say what it is, is asked again; each time in a row twice as long …
const FIRST: Duration = Duration::from_millis(250);
/// … up to this.
const LONGEST: Duration = Duration::from_secs(60);

/// Who was asked, and the answer.
pub(super) type Asked = (Arc<Target>, Result<Arc<TargetInfo>, ConnectorError>);

/// One target's.
pub(super) struct Acquaintance {
    /// Who is meant: a target that is reached in another way is another.
    whom: Option<Arc<Target>>,
    asking: JoinSet<Asked>,
    /// Times in a row that it did not say.
    failures: u32,
    again_at: Instant,
    /// It was met once: what it refuses now may pass.
    was_met: bool,
    /// Its status says that it is left alone, for our sake.
    rests: bool,
}

impl Acquaintance {
    pub(super) fn new() -> Self {
        Self {
            whom: None,
            asking: JoinSet::new(),
            failures: 0,
            again_at: Instant::now(),
            was_met: false,
            rests: false,
        }
    }

    /// Asks, where that is due. Until when nothing else may be begun; none: it is known.
    pub(super) fn make(&mut self, target: &Arc<Target>) -> Option<Instant> {
        if self.whom.as_ref().is_none_or(|whom| !Arc::ptr_eq(whom, target)) {
            *self = Self {
                whom: Some(Arc::clone(target)),
                ..Self::new()
            };
        }
        let known = target.learned();
        if known.is_some() {
            self.was_met = true;
            self.rest(target, None);
        }
        let is_good = known.as_ref().is_some_and(|(age, _)| *age < GOOD_FOR);
        if !is_good && self.asking.is_empty() && self.again_at <= Instant::now() {
            let target = Arc::clone(target);
            self.asking.spawn(async move {
                let learned = target.learn().await;
                (target, learned)
            });
        }
        match (known, self.asking.is_empty()) {
            (Some(_), _) => None,
            (None, true) => Some(self.again_at),
            // The answer wakes the loop.
            (None, false) => Some(Instant::now() + LONGEST),
        }
    }

    fn rest(&mut self, target: &Target, why: Option<(String, i64)>) {
        // What the gate says of it is not ours to take back.
        if why.is_some() || self.rests {
            self.rests = why.is_some();
            target.rest(why);
        }
    }

    /// The next answer; never, where nothing was asked.
    pub(super) async fn asked(&mut self) -> Option<Result<Asked, JoinError>> {
        match self.asking.is_empty() {
            true => std::future::pending().await,
            false => self.asking.join_next().await,
        }
    }

    /// Takes note of an answer; an error is the caller's to heed as well.
    pub(super) fn met(&mut self, target: &Target, asked: Result<Asked, JoinError>) -> Option<ConnectorError> {
        let target_name = target.config.name.as_str();
        let learned = match asked {
            // Asked in another way than it is reached by now.
            Ok((asked, _)) if !std::ptr::eq(asked.as_ref(), target) => return None,
            Ok((_, learned)) => learned,
            Err(error) => Err(ConnectorError::Unavailable(error.to_string())),
        };
        match learned {
            Ok(info) => {
                tracing::info!(target_name, version = info.version, "the product says what it is");
                self.failures = 0;
                None
            }
            Err(error) => {
                tracing::warn!(target_name, %error, "the product does not say what it is");
                let wait = FIRST.saturating_mul(1 << self.failures.min(8)).min(LONGEST);
                self.failures = self.failures.saturating_add(1);
                self.again_at = Instant::now() + wait;
                if target.learned().is_none() {
                    let millis = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
                    self.rest(target, Some((error.to_string(), now_ms().saturating_add(millis))));
                }
                // A page of a gateway's, say: it was an administrator's account before.
                let passes = self.was_met && matches!(error, ConnectorError::Forbidden(_));
                (!passes).then_some(error)
            }
        }
    }
}
