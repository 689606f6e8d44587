//! When to try again. Doubling, with jitter: a thousand rows that failed together must not
//! come back together.

use tidegate_directory::connector::ConnectorError;

/// Milliseconds before the first retry.
const FIRST: u64 = 1_000;
/// Milliseconds that a retry waits at most.
const LONGEST: u64 = 10 * 60_000;
/// Milliseconds before a licence seat may have become free: an administrator has to act.
const SEATS: u64 = 15 * 60_000;

/// Milliseconds to wait after a failure that may pass, between half and all of the step.
pub(super) fn delay_ms(error: &ConnectorError, attempts: u32) -> i64 {
    let step = match error {
        ConnectorError::RateLimited { retry_after_ms } => return with_spread(*retry_after_ms),
        ConnectorError::SeatsExhausted(_) => SEATS,
        _ => FIRST
            .saturating_mul(1_u64.checked_shl(attempts).unwrap_or(u64::MAX))
            .min(LONGEST),
    };
    let half = step / 2;
    millis(half.saturating_add(fastrand::u64(0..=half)))
}

/// Milliseconds between looks for something that is missing and must not be created.
pub(super) fn look_again_ms() -> i64 {
    millis(fastrand::u64(45 * 60_000..=75 * 60_000))
}

/// Not before the product said, and not all at that moment.
fn with_spread(millis_wanted: u64) -> i64 {
    millis(millis_wanted.min(LONGEST).saturating_add(fastrand::u64(0..=500)))
}

fn millis(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_bound_and_never_undercut_the_product() {
        let unavailable = ConnectorError::Unavailable(String::new());
        for attempts in 0..200 {
            let step = i64::try_from(FIRST.saturating_mul(1 << attempts.min(20)).min(LONGEST)).expect("fits");
            let delay = delay_ms(&unavailable, attempts);
            assert!((step / 2..=step).contains(&delay), "{attempts}: {delay}");
        }
        assert!(
            delay_ms(
                &ConnectorError::RateLimited {
                    retry_after_ms: 7_000
                },
                0
            ) >= 7_000
        );
        assert!(
            delay_ms(
                &ConnectorError::RateLimited {
                    retry_after_ms: u64::MAX
                },
                0
            ) <= 10 * 60_000 + 500
        );
    }
}
