//! A product's version, as far as abilities depend on it.

use std::sync::{Mutex, PoisonError};

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

/// The version that a product said it has, once it was probed. Calls that it has not yet are then not made.
#[derive(Debug, Default)]
pub(super) struct Learned(Mutex<Option<String>>);

impl Learned {
    pub(super) fn set(&self, version: &str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(version.to_owned());
    }

    /// The version, if it is known to be older.
    pub(super) fn older_than(&self, since: Version) -> Option<String> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        known.filter(|version| Version::parse(version) < since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_numbers() {
        assert!(Version::parse("10.3.24") > Version::parse("9.12.1"));
        assert!(Version::parse("8.3.0") >= Version(8, 3));
        assert!(Version::parse("8.2.6-SNAPSHOT") < Version(8, 3));
        assert_eq!(Version::parse("nonsense"), Version(0, 0));
    }
}
