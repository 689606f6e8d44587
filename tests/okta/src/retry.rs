//! How Okta waits after 429, the only status that it retries by itself.

use std::time::Duration;

/// The waiting, with Okta's numbers as default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retries {
    /// How often a request is sent at most, the first time included.
    pub tries: u32,
    /// The first wait when `Retry-After` is not a number of whole seconds.
    pub default_wait: Duration,
}

impl Default for Retries {
    fn default() -> Self {
        Self {
            tries: 10,
            default_wait: Duration::from_secs(5 * 60),
        }
    }
}

impl Retries {
    /// The wait after a 429. The first takes what the server says; each further one is twice the
    /// one before, whatever the server says.
    pub(crate) fn wait(&self, before: Option<Duration>, retry_after: Option<&str>) -> Duration {
        match before {
            Some(before) => before.saturating_mul(2),
            None => retry_after.and_then(whole_seconds).unwrap_or(self.default_wait),
        }
    }
}

/// An HTTP date, `null` and `1.5` do not count.
fn whole_seconds(text: &str) -> Option<Duration> {
    let text = text.trim();
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits
        .then(|| text.parse().ok())
        .flatten()
        .map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_seconds_count_and_waits_double() {
        let retries = Retries::default();
        let first = |text| retries.wait(None, text).as_secs();
        assert_eq!(first(Some("7")), 7);
        for other in [
            None,
            Some("1.5"),
            Some("null"),
            Some("-1"),
            Some(""),
            Some("Wed, 21 Oct 2026 07:28:00 GMT"),
        ] {
            assert_eq!(first(other), 300, "{other:?}");
        }
        assert_eq!(
            retries.wait(Some(Duration::from_secs(7)), Some("1")).as_secs(),
            14
        );
    }
}
