//! A product is asked what it is before anything else is sent to it: that proves the credentials by one call, and its
//! connector then uses what that version has. What is known is asked for anew from time to time.

use std::sync::Arc;
use std::time::Duration;

use tidegate_directory::connector::ConnectorError;
use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;

use crate::apps::{Probed, Target};
use crate::clock::now_ms;

/// How long what a product said of itself is good for. One that was away is asked anew when it is back.
const GOOD_FOR: Duration = Duration::from_hours(6);

/// Until a product that did not say what it is, is asked again; each time in a row twice as long …
const FIRST: Duration = Duration::from_millis(250);
/// … up to this.
const LONGEST: Duration = Duration::from_secs(60);

/// One target's.
pub(super) struct Probing {
    /// Whose: a target that is reached in another way is another.
    target: Option<Arc<Target>>,
    probes: JoinSet<Probed>,
    /// Times in a row that it did not say.
    failures: u32,
    again_at: Instant,
    /// It said so once: what it refuses now may pass.
    was_probed: bool,
    /// Its status says that it is left alone, for our sake.
    rests: bool,
}

impl Probing {
    pub(super) fn new() -> Self {
        Self {
            target: None,
            probes: JoinSet::new(),
            failures: 0,
            again_at: Instant::now(),
            was_probed: false,
            rests: false,
        }
    }

    /// From now on it is about this target; where that is another, what was asked of the one before is forgotten.
    pub(super) fn about(&mut self, target: &Arc<Target>) {
        let same = self
            .target
            .as_ref()
            .is_some_and(|known| Arc::ptr_eq(known, target));
        if !same {
            *self = Self {
                target: Some(Arc::clone(target)),
                ..Self::new()
            };
        }
    }

    /// Asks, where that is due. Until when nothing else may be begun; none: it is known.
    pub(super) fn probe(&mut self, target: &Arc<Target>) -> Option<Instant> {
        let known = target.probed();
        if known.is_some() {
            self.was_probed = true;
            self.rest(target, None);
        }
        let is_good = known.as_ref().is_some_and(|(age, _)| *age < GOOD_FOR);
        if !is_good && self.probes.is_empty() && self.again_at <= Instant::now() {
            let target = Arc::clone(target);
            self.probes.spawn(async move { target.probe().await });
        }
        match (known, self.probes.is_empty()) {
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
    pub(super) async fn answer(&mut self) -> Option<Result<Probed, JoinError>> {
        match self.probes.is_empty() {
            true => std::future::pending().await,
            false => self.probes.join_next().await,
        }
    }

    /// Takes note of an answer; an error is the caller's to heed as well.
    pub(super) fn note(
        &mut self,
        target: &Target,
        answer: Result<Probed, JoinError>,
    ) -> Option<ConnectorError> {
        let target_name = target.config.name.as_str();
        let answer = answer.unwrap_or_else(|error| Err(ConnectorError::Unavailable(error.to_string())));
        match answer {
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
                if target.probed().is_none() {
                    let millis = i64::try_from(wait.as_millis()).unwrap_or(i64::MAX);
                    self.rest(target, Some((error.to_string(), now_ms().saturating_add(millis))));
                }
                // A page of a gateway's, say: it was an administrator's account before.
                let passes = self.was_probed && matches!(error, ConnectorError::Forbidden(_));
                (!passes).then_some(error)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tidegate_directory::connector::TargetInfo;
    use tidegate_directory::target::{Credentials, Product, TargetConfig};
    use tidegate_store::targets::TargetRow;

    use super::*;
    use crate::metrics::Metrics;

    /// Its address answers nobody.
    fn target() -> Arc<Target> {
        let token = "token".to_owned();
        let config = TargetConfig::new(
            "jira",
            Product::Jira,
            "http://127.0.0.1:1",
            Credentials::Token { token },
        );
        let row = TargetRow {
            seq: 1,
            app: 1,
            config,
            stopped: None,
        };
        Arc::new(Target::new(row, Arc::default(), &Metrics::default()))
    }

    fn info() -> TargetInfo {
        TargetInfo {
            version: "10.3.24".into(),
            acting_as: None,
            directories: Vec::new(),
            capabilities: Vec::new(),
            seats_left: None,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_known_is_asked_for_anew_after_six_hours_beside_everything_else() {
        let (mut probing, target) = (Probing::new(), target());
        target.probed_now(info());
        probing.about(&target);
        tokio::time::advance(GOOD_FOR / 2).await;
        assert_eq!((probing.probe(&target), probing.probes.len()), (None, 0));
        tokio::time::advance(GOOD_FOR / 2).await;
        assert_eq!((probing.probe(&target), probing.probes.len()), (None, 1));
        target.forget();
        assert!(probing.probe(&target).is_some(), "what was away is asked first");
        assert_eq!(probing.probes.len(), 1, "once");
    }

    #[tokio::test(start_paused = true)]
    async fn who_does_not_say_is_asked_again_in_a_while_and_another_at_once() {
        let (mut probing, target) = (Probing::new(), target());
        let silent = || Ok(Err(ConnectorError::Unavailable("down".into())));
        probing.about(&target);
        for wait in [FIRST, 2 * FIRST, 4 * FIRST] {
            assert!(probing.note(&target, silent()).is_some());
            assert_eq!(probing.probe(&target), Some(Instant::now() + wait));
            assert!(target.resting().is_some_and(|(why, _)| why.contains("down")));
            tokio::time::advance(wait).await;
        }
        // Reached in another way: nothing of the one before counts.
        probing.note(&target, silent());
        let other = self::target();
        probing.about(&other);
        probing.probe(&other);
        assert_eq!(probing.probes.len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_right_that_lacks_stops_only_who_never_had_it() {
        let (mut probing, target) = (Probing::new(), target());
        let forbidden = || Ok(Err(ConnectorError::Forbidden("a page of a gateway".into())));
        probing.about(&target);
        assert!(matches!(
            probing.note(&target, forbidden()),
            Some(ConnectorError::Forbidden(_))
        ));
        target.probed_now(info());
        probing.probe(&target);
        assert_eq!(target.resting(), None, "it answers");
        assert_eq!(probing.note(&target, forbidden()), None);
    }
}
