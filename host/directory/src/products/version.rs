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

/// The version that a product said it has, once it was probed. Calls that it has not yet are then not made.
#[derive(Debug, Default)]
pub(super) struct Learned(Mutex<Option<(Instant, String)>>);

impl Learned {
    pub(super) fn set(&self, version: &str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), version.to_owned()));
    }

    /// The version, if it is known to be older. One that was told a while ago may have been updated since: it is asked
    /// for once more before anything is refused for it.
    pub(super) async fn older_than(
        &self,
        since: Version,
        ask: impl Future<Output = Result<String>> + Send,
    ) -> Result<Option<String>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let older = |version: &String| Version::parse(version) < since;
        match known.filter(|(_, version)| older(version)) {
            None => Ok(None),
            Some((at, version)) if at.elapsed() < BELIEVED => Ok(Some(version)),
            Some(_) => {
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
        let updated = || async { Ok("9.4.0".to_owned()) };
        let since = Version(9, 3);
        assert_eq!(
            learned.older_than(since, updated()).await.unwrap(),
            None,
            "nobody asked yet"
        );
        learned.set("9.2.1");
        let older = learned.older_than(since, updated()).await.unwrap();
        assert_eq!(older.as_deref(), Some("9.2.1"));
        tokio::time::advance(BELIEVED).await;
        assert_eq!(learned.older_than(since, updated()).await.unwrap(), None);
    }

    #[test]
    fn versions_compare_as_numbers() {
        assert!(Version::parse("10.3.24") > Version::parse("9.12.1"));
        assert!(Version::parse("8.3.0") >= Version(8, 3));
        assert!(Version::parse("8.2.6-SNAPSHOT") < Version(8, 3));
        assert_eq!(Version::parse("nonsense"), Version(0, 0));
    }
}
