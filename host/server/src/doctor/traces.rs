//! The collector of traces, where one is configured.

use super::{Finding, bad, good};
use crate::config::Config;
use crate::telemetry::Collector;

const TRACES: &str = "traces";

/// Whether it takes what is sent: a batch without a span.
pub(super) async fn look(config: &Config) -> Option<Finding> {
    let collector = match Collector::of(config) {
        Ok(collector) => collector?,
        Err((setting, message)) => {
            return Some(bad(TRACES, format!("{setting}: {message}"), "mend the setting"));
        }
    };
    let address = collector.address();
    Some(match collector.check().await {
        Ok(()) => good(TRACES, format!("{address} takes them")),
        Err(seen) => bad(
            TRACES,
            format!("{address}: {seen}"),
            "look whether the collector takes OTLP over HTTP there, and at otlp-headers-file",
        ),
    })
}
