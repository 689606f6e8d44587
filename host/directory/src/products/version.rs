//! A product's version, as far as abilities depend on it.

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
