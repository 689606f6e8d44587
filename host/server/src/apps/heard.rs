//! Whether the identity provider has come, and when last: what turns "waiting for Okta" green.

use std::sync::atomic::{AtomicI64, Ordering};

use tidegate_store::apps;

/// It is noted so often, in milliseconds: not every request writes.
const EVERY_MS: i64 = 60_000;

/// Characters of a `User-Agent` that are kept.
const LONGEST_CLIENT: usize = 120;

/// When it was last noted that a client came with the app's credential.
#[derive(Debug, Default)]
pub struct Heard(AtomicI64);

impl Heard {
    /// What is to be written down about a request that came now; mostly nothing.
    pub(crate) fn of(&self, client: Option<&str>, now_ms: i64) -> Option<apps::Heard> {
        let before = self.0.load(Ordering::Relaxed);
        if now_ms - before < EVERY_MS {
            return None;
        }
        // Of requests that came at once, one writes.
        self.0
            .compare_exchange(before, now_ms, Ordering::Relaxed, Ordering::Relaxed)
            .ok()?;
        let shown = |c: &char| !c.is_control();
        Some(apps::Heard {
            at_ms: now_ms,
            client: client
                .unwrap_or("")
                .chars()
                .filter(shown)
                .take(LONGEST_CLIENT)
                .collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_request_a_minute_is_noted() {
        let heard = Heard::default();
        let first = heard.of(Some("Okta SCIM Client 1.0.0\n"), 1_000_000);
        let first = first.expect("the first is");
        assert_eq!(
            (first.at_ms, first.client.as_str()),
            (1_000_000, "Okta SCIM Client 1.0.0")
        );
        assert_eq!(heard.of(None, 1_000_000 + EVERY_MS - 1), None);
        let later = heard.of(Some(&"x".repeat(1_000)), 1_000_000 + EVERY_MS);
        assert_eq!(later.map(|heard| heard.client.len()), Some(LONGEST_CLIENT));
    }
}
