//! A product's version, as far as abilities depend on it.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::connector::Result;

/// Major and minor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Version(pub(super) u64, pub(super) u64);

impl Version {
    /// Reads `10.3.24`, `9.5.0-rc1` and the like; what is no number counts as 0.
    pub(super) fn parse(text: &str) -> Self {
        let mut parts = text.split(['.', '-']).map(|part| part.parse().unwrap_or(0));
        Self(parts.next().unwrap_or(0), parts.next().unwrap_or(0))
    }
}

/// How long the version that a product said is not doubted, if it lacks what is wanted.
const BELIEVED: Duration = Duration::from_secs(60);

/// The version that a product said it has. Calls that it has not are not made.
#[derive(Debug, Default)]
pub(super) struct Learned(Mutex<Option<(Instant, String)>>);

impl Learned {
    pub(super) fn set(&self, version: &str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), version.to_owned()));
    }

    /// The version, if it is older. It is asked for where nobody did yet, and once more before anything is refused for
    /// one that was told a while ago: it may have been updated since.
    pub(super) async fn older_than(
        &self,
        since: Version,
        ask: impl Future<Output = Result<String>> + Send,
    ) -> Result<Option<String>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let older = |version: &String| Version::parse(version) < since;
        match known {
            Some((_, version)) if !older(&version) => Ok(None),
            Some((at, version)) if at.elapsed() < BELIEVED => Ok(Some(version)),
            _ => {
                let version = ask.await?;
                self.set(&version);
                Ok(Some(version).filter(older))
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_version_is_asked_for_again_before_anything_is_refused_for_it() {
        let learned = Learned::default();
        let says = |version: &str| std::future::ready(Ok(version.to_owned()));
        let since = Version(9, 3);
        let older = learned.older_than(since, says("9.2.1")).await.unwrap();
        assert_eq!(older.as_deref(), Some("9.2.1"), "nobody asked yet");
        let older = learned.older_than(since, says("9.4.0")).await.unwrap();
        assert_eq!(older.as_deref(), Some("9.2.1"), "a moment ago");
        tokio::time::advance(BELIEVED).await;
        assert_eq!(learned.older_than(since, says("9.4.0")).await.unwrap(), None);
        assert_eq!(
            learned.older_than(since, says("9.2.1")).await.unwrap(),
            None,
            "known to have it"
        );
    }

    #[test]
    fn versions_compare_as_numbers() {
        assert!(Version::parse("10.3.24") > Version::parse("9.12.1"));
        assert!(Version::parse("8.3.0") >= Version(8, 3));
        assert!(Version::parse("8.2.6-SNAPSHOT") < Version(8, 3));
        assert_eq!(Version::parse("nonsense"), Version(0, 0));
    }
}
