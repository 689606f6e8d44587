//! Waiting for events.

use std::time::Duration;

use tokio::time::Instant;

/// Nothing here takes longer, even on a machine that is busy with other builds.
const PATIENCE: Duration = Duration::from_secs(120);

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(20);

/// Looks until there is something to see; else ends the test with what was seen last.
pub(crate) async fn until<T, F>(what: &str, mut look: impl FnMut() -> F) -> T
where
    F: Future<Output = Result<T, String>>,
{
    let deadline = Instant::now() + PATIENCE;
    loop {
        match look().await {
            Ok(seen) => return seen,
            Err(state) => assert!(Instant::now() < deadline, "still waiting: {what}\n{state}"),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// The same for a condition.
pub(crate) async fn until_true(what: &str, mut holds: impl FnMut() -> bool) {
    until(what, || {
        std::future::ready(if holds() { Ok(()) } else { Err(String::new()) })
    })
    .await;
}
