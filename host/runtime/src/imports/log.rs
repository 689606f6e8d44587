//! `tidegate:host/log`: guest lines become events of ours, budgeted and escaped.

use crate::bindings::host::log::{Host, Level};
use crate::state::HostState;

/// Characters of one line that are kept.
const LINE: usize = 1_000;
/// Fields of one line that are kept.
const FIELDS: usize = 16;

impl Host for HostState {
    async fn emit(
        &mut self,
        level: Level,
        message: String,
        fields: Vec<(String, String)>,
    ) -> wasmtime::Result<()> {
        if self.log_lines_left == 0 {
            return Ok(());
        }
        self.log_lines_left -= 1;
        if self.log_lines_left == 0 {
            tracing::warn!(target: "guest", request = self.request, digest = &*self.digest, "log budget used up");
        }
        // The guest's fields travel as one value of ours: it cannot set our field names.
        let fields: Vec<String> = fields
            .iter()
            .take(FIELDS)
            .map(|(key, value)| format!("{}={}", clean(key), clean(value)))
            .collect();
        let (message, fields) = (clean(&message), fields.join(" "));
        let (request, digest) = (self.request.as_str(), &*self.digest);
        match level {
            Level::Trace => tracing::trace!(target: "guest", request, digest, fields, "{message}"),
            Level::Debug => tracing::debug!(target: "guest", request, digest, fields, "{message}"),
            Level::Info => tracing::info!(target: "guest", request, digest, fields, "{message}"),
            Level::Warn => tracing::warn!(target: "guest", request, digest, fields, "{message}"),
            Level::Error => tracing::error!(target: "guest", request, digest, fields, "{message}"),
        }
        Ok(())
    }
}

/// Bounded, and without control characters: a line stays one line.
pub(crate) fn clean(text: &str) -> String {
    text.chars()
        .take(LINE)
        .flat_map(|c| {
            if c.is_control() {
                c.escape_default().collect()
            } else {
                vec![c]
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_line_stays_one_line_and_short() {
        assert_eq!(super::clean("a\nb\u{1b}[31m"), "a\\nb\\u{1b}[31m");
        assert_eq!(super::clean(&"x".repeat(5_000)).len(), 1_000);
    }
}
