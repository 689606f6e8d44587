//! How long a 429 asks us to wait.

use http::HeaderMap;
use jiff::Timestamp;
use jiff::fmt::rfc2822;

/// A 429 that asks for no wait is not believed: calling at once would meet the next.
const LEAST_MS: u64 = 1_000;
/// No answer may put a target to sleep for longer.
const MOST_MS: u64 = 3_600_000;

/// Whether a refusal that is no 429 asks for a wait as one does: Cloud answers some calls
/// above its limits with 503. A `retry-after: 0` asks for nothing.
pub(super) fn is_asked_for(headers: &HeaderMap) -> bool {
    let text = headers.get("retry-after").and_then(|it| it.to_str().ok());
    text.map(str::trim)
        .is_some_and(|it| it.parse::<u64>().map_or(http_date(it).is_some(), |it| it > 0))
}

/// Milliseconds to wait, between a second and an hour. `retry-after` in seconds or as
/// an HTTP date; where it is absent or 0, the bucket's interval (Data Center) or the time
/// of the reset (Cloud).
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
        .or_else(|| until(iso_time(text("x-ratelimit-reset")?)?))
        .unwrap_or(0);
    wait.saturating_mul(1_000).clamp(LEAST_MS, MOST_MS)
}

/// ISO 8601 as Cloud writes it: with seconds, or without (`2026-10-21T07:29Z`).
fn iso_time(text: &str) -> Option<Timestamp> {
    let minutes = || text.strip_suffix('Z').map(|start| format!("{start}:00Z"));
    text.parse().ok().or_else(|| minutes()?.parse().ok())
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
        assert_eq!(wait(&[date, ("x-ratelimit-reset", "2026-10-21T07:30Z")]), 120_000);
        assert_eq!(
            wait(&[date, ("x-ratelimit-reset", "2026-10-21T07:20:00Z")]),
            1_000
        );
    }

    #[test]
    fn a_wait_of_nothing_is_not_asked_for() {
        let asked = |value: Option<&'static str>| {
            let headers = value.map(|it| {
                let name = http::HeaderName::from_static("retry-after");
                (name, http::HeaderValue::from_static(it))
            });
            is_asked_for(&headers.into_iter().collect())
        };
        assert!(asked(Some("5")) && asked(Some("Wed, 21 Oct 2026 07:28:30 GMT")));
        assert!(!asked(Some("0")) && !asked(Some("soon")) && !asked(None));
    }
}
