//! Times as SCIM writes them (RFC 7643 section 2.3.5) and as the store keeps them.

use jiff::Timestamp;

/// A time as a client reads it. One outside the calendar can only be a fault of ours; 1970 shows
/// that without failing reads.
pub(crate) fn format_ms(ms: i64) -> String {
    format!("{:.3}", Timestamp::from_millisecond(ms).unwrap_or_default())
}

/// Milliseconds since 1970, rounded down; none: no time that the calendar has.
pub(crate) fn parse_ms(text: &str) -> Option<i64> {
    let at: Timestamp = text.parse().ok()?;
    Some(at.as_nanosecond().div_euclid(1_000_000)).and_then(|ms| i64::try_from(ms).ok())
}

#[cfg(test)]
mod tests {
    use super::{format_ms, parse_ms};

    #[test]
    fn what_is_written_reads_back() {
        for ms in [0, 1_764_000_000_123, -1] {
            assert_eq!(parse_ms(&format_ms(ms)), Some(ms));
        }
        assert_eq!(
            parse_ms("2026-05-13T06:00:00.0019+02:00"),
            parse_ms("2026-05-13T04:00:00.001Z")
        );
        assert_eq!(parse_ms("1969-12-31T23:59:59.9999Z"), Some(-1));
    }
}
