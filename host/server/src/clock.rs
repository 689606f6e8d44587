//! The one place that reads the wall clock.

use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since the Unix epoch.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the place")]
pub fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// A time for people: RFC 3339, to the second, UTC.
#[must_use]
pub fn rfc3339(ms: i64) -> String {
    format!("{:.0}", jiff::Timestamp::from_millisecond(ms).unwrap_or_default())
}
