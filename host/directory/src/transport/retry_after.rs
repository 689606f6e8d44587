//! How long a 429 asks us to wait.

use http::HeaderMap;
use jiff::Timestamp;
use jiff::fmt::rfc2822;

/// A 429 that asks for no wait is not believed: calling at once would meet the next.
const LEAST_MS: u64 = 1_000;
/// No answer may put a target to sleep for longer.
const MOST_MS: u64 = 3_600_000;

/// Milliseconds to wait, between a second and an hour. `retry-after` in seconds or as
/// an HTTP date; where it is absent or 0, the bucket's interval or the reset time.
pub(super) fn milliseconds(headers: &HeaderMap) -> u64 {
    let text = |name: &str| headers.get(name).and_then(|it| it.to_str().ok()).map(str::trim);
    let seconds = |name: &str| {
        text(name)
            .and_then(|it| it.parse::<u64>().ok())
            .filter(|it| *it > 0)
    };
    // The answer's own date, not our clock: the two may differ.
    let now = text("date").and_then(http_date);
    let until = |time: Timestamp| {
        u64::try_from(time.as_second() - now?.as_second())
            .ok()
            .filter(|it| *it > 0)
    };
    let wait = seconds("retry-after")
        .or_else(|| until(http_date(text("retry-after")?)?))
        .or_else(|| seconds("x-ratelimit-interval-seconds"))
        .or_else(|| until(text("x-ratelimit-reset")?.parse().ok()?))
        .unwrap_or(0);
    wait.saturating_mul(1_000).clamp(LEAST_MS, MOST_MS)
}

fn http_date(text: &str) -> Option<Timestamp> {
    rfc2822::parse(text).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wait(pairs: &[(&'static str, &'static str)]) -> u64 {
        let headers = pairs.iter().map(|(name, value)| {
            (
                http::HeaderName::from_static(name),
                http::HeaderValue::from_static(value),
            )
        });
        milliseconds(&headers.collect())
    }

    #[test]
    fn every_form_of_the_header_is_understood_and_bounded() {
        assert_eq!(wait(&[("retry-after", "7")]), 7_000);
        assert_eq!(
            wait(&[("retry-after", "0"), ("x-ratelimit-interval-seconds", "5")]),
            5_000
        );
        assert_eq!(wait(&[("x-ratelimit-interval-seconds", "5")]), 5_000);
        assert_eq!(wait(&[]), 1_000);
        assert_eq!(wait(&[("retry-after", "999999")]), 3_600_000);
        assert_eq!(wait(&[("retry-after", "nonsense")]), 1_000);
        let date = ("date", "Wed, 21 Oct 2026 07:28:00 GMT");
        assert_eq!(
            wait(&[date, ("retry-after", "Wed, 21 Oct 2026 07:28:30 GMT")]),
            30_000
        );
        assert_eq!(
            wait(&[date, ("x-ratelimit-reset", "2026-10-21T07:29:00Z")]),
            60_000
        );
    }
}
