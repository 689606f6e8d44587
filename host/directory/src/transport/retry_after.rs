//! How long the product's headers ask us to wait.

use std::time::Duration;

use http::HeaderMap;
use jiff::Timestamp;
use jiff::fmt::rfc2822;

/// A 429 that asks for no wait is not believed: calling at once would meet the next.
const LEAST_MS: u64 = 1_000;
/// No answer may put a target to sleep for longer.
const MOST_MS: u64 = 3_600_000;
/// An empty bucket closes the line for no longer, since nobody sees that wait. What must be
/// longer, the 429 that follows asks for, and that one is shown.
const MOST_UNSEEN: Duration = Duration::from_secs(60);

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
    let text = |name: &str| text(headers, name);
    let seconds = |name: &str| number(headers, name).filter(|it| *it > 0);
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

/// What an answer that is no 429 says of the caller's token bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tokens {
    /// The next call has one.
    Left,
    /// The next call would be a 429.
    Gone {
        /// Until there are new ones.
        wait: Duration,
        /// How far apart calls may be made from then on; zero where it is not told.
        apart: Duration,
    },
}

/// Data Center's `X-RateLimit-*`; `None` where there is no limit for us.
pub(super) fn tokens(headers: &HeaderMap) -> Option<Tokens> {
    if number(headers, "x-ratelimit-remaining")? > 0 {
        return Some(Tokens::Left);
    }
    let interval = number(headers, "x-ratelimit-interval-seconds").unwrap_or(0);
    let rate = number(headers, "x-ratelimit-fillrate").unwrap_or(0);
    let apart = interval.saturating_mul(1_000).checked_div(rate).unwrap_or(0);
    Some(Tokens::Gone {
        wait: Duration::from_millis(milliseconds(headers)).min(MOST_UNSEEN),
        apart: Duration::from_millis(apart).min(MOST_UNSEEN),
    })
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    text(headers, name)?.parse().ok()
}

/// ISO 8601 as Cloud writes it: with seconds, or without (`2026-10-21T07:29Z`).
fn iso_time(text: &str) -> Option<Timestamp> {
    let minutes = || text.strip_suffix('Z').map(|start| format!("{start}:00Z"));
    text.parse().ok().or_else(|| minutes()?.parse().ok())
}

/// The `Date` of an answer.
pub(super) fn written_ms(headers: &HeaderMap) -> Option<i64> {
    http_date(text(headers, "date")?).map(Timestamp::as_millisecond)
}

fn http_date(text: &str) -> Option<Timestamp> {
    rfc2822::parse(text).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let headers = pairs.iter().map(|(name, value)| {
            (
                http::HeaderName::from_static(name),
                http::HeaderValue::from_static(value),
            )
        });
        headers.collect()
    }

    fn wait(pairs: &[(&'static str, &'static str)]) -> u64 {
        milliseconds(&headers(pairs))
    }

    #[test]
    fn an_empty_bucket_says_when_it_fills_and_how_fast() {
        let gone = |wait_ms, apart_ms| {
            Some(Tokens::Gone {
                wait: Duration::from_millis(wait_ms),
                apart: Duration::from_millis(apart_ms),
            })
        };
        let read = |pairs: &[_]| tokens(&headers(pairs));
        let (empty, rate) = (("x-ratelimit-remaining", "0"), ("x-ratelimit-fillrate", "10"));
        let interval = ("x-ratelimit-interval-seconds", "5");
        assert_eq!(read(&[]), None);
        assert_eq!(read(&[rate, interval, ("retry-after", "0")]), None);
        assert_eq!(read(&[("x-ratelimit-remaining", "1"), rate]), Some(Tokens::Left));
        assert_eq!(
            read(&[empty, rate, interval, ("retry-after", "3")]),
            gone(3_000, 500)
        );
        assert_eq!(
            read(&[empty, rate, interval, ("retry-after", "0")]),
            gone(5_000, 500)
        );
        assert_eq!(read(&[empty]), gone(1_000, 0));
        assert_eq!(
            read(&[empty, interval, ("x-ratelimit-fillrate", "0")]),
            gone(5_000, 0)
        );
        assert_eq!(
            read(&[
                empty,
                ("x-ratelimit-interval-seconds", "86400"),
                ("x-ratelimit-fillrate", "1")
            ]),
            gone(60_000, 60_000)
        );
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
