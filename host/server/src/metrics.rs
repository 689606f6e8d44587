//! Counters for Prometheus, and the names they go by. Units are in the names.

use std::sync::{Arc, Mutex};

use http::HeaderValue;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use tidegate_directory::transport::{Call, Observer};

use crate::clock::now_ms;
use crate::telemetry::spans;

/// Labels of a SCIM request. `endpoint` is one of ours, never a path that a client made up.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct RequestLabels {
    /// HTTP method.
    pub method: String,
    /// `Users`, `Groups`, `ServiceProviderConfig` and so on.
    pub endpoint: String,
    /// HTTP status.
    pub status: u16,
}

/// Labels of a decision.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct DecisionLabels {
    /// `planned`, `rejected` or the kind of failure.
    pub outcome: String,
}

/// Labels of a reconciler's try.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct TryLabels {
    /// The target's name.
    pub target: String,
    /// `applied`, or the short name of the error.
    pub outcome: String,
}

/// Labels of a target's rows.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct RowLabels {
    /// The target's name.
    pub target: String,
    /// `applied`, `pending`, `waiting` or `parked`.
    pub state: String,
}

/// A target.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct TargetLabels {
    /// The target's name.
    pub target: String,
}

/// Labels of a call to a product.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct CallLabels {
    /// The target's name.
    pub target: String,
    /// Method and path, with `{}` for every name.
    pub operation: String,
    /// `2xx` and the like, or the short name of the error.
    pub outcome: String,
}

/// Labels of what a reading found.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct DriftLabels {
    /// The target's name.
    pub target: String,
    /// `account`, `group` or `membership`.
    pub object: String,
    /// `missing`, `different` and so on.
    pub kind: String,
}

/// Labels of a reading of the TLS certificate and its key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct LoadLabels {
    /// `taken` or `refused`.
    pub outcome: &'static str,
}

/// All of them.
#[derive(Debug)]
pub struct Metrics {
    registry: Mutex<Registry>,
    /// SCIM requests.
    pub requests: Family<RequestLabels, Counter>,
    /// Seconds per SCIM request.
    pub request_seconds: Histogram,
    /// Decisions.
    pub decisions: Family<DecisionLabels, Counter>,
    /// What policies asked for beyond their grants.
    pub denials: Counter,
    /// Attempts of rules on protected names.
    pub alarms: Counter,
    /// Seconds per decision, without waiting.
    pub decision_seconds: Histogram,
    /// What became of rows that were due.
    pub tries: Family<TryLabels, Counter>,
    /// Rows of desired state.
    pub rows: Family<RowLabels, Gauge>,
    /// 1 for a target that is stopped until an administrator acts, else 0.
    pub stopped: Family<TargetLabels, Gauge>,
    /// Calls to products.
    pub calls: Family<CallLabels, Counter>,
    /// Seconds until a product had answered, without waiting for a turn.
    pub call_seconds: Family<TargetLabels, Histogram, fn() -> Histogram>,
    /// Calls at once that a target is given by now.
    pub at_once: Family<TargetLabels, Gauge>,
    /// Seconds by which our clock is ahead of a product's.
    pub clock_offset: Family<TargetLabels, Gauge>,
    /// What the last reading of a target found.
    pub drift: Family<DriftLabels, Gauge>,
    /// Open connections.
    pub connections: Gauge,
    /// Connections that ended before TLS was agreed on.
    pub tls_failures: Counter,
    /// Readings of the TLS certificate and its key.
    pub tls_loads: Family<LoadLabels, Counter>,
    /// When the TLS certificate that is shown ends, in seconds since 1970; 0 without TLS.
    pub tls_expiry: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("tidegate");
        // From a tenth of a millisecond to Okta's patience.
        let seconds = || Histogram::new([0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 60.0]);
        let (requests, request_seconds) = (Family::default(), seconds());
        let (decisions, decision_seconds) = (Family::default(), seconds());
        let (denials, alarms) = (Counter::default(), Counter::default());
        let (tries, rows, connections) = (Family::default(), Family::default(), Gauge::default());
        registry.register(
            "scim_requests",
            "SCIM requests answered",
            Family::clone(&requests),
        );
        registry.register(
            "scim_request_seconds",
            "Time to answer a SCIM request",
            request_seconds.clone(),
        );
        registry.register(
            "decisions",
            "Questions to policies, by outcome",
            Family::clone(&decisions),
        );
        registry.register(
            "decision_seconds",
            "Time in the sandbox",
            decision_seconds.clone(),
        );
        registry.register(
            "policy_denials",
            "What policies asked for beyond their grants",
            Counter::clone(&denials),
        );
        registry.register(
            "alarms",
            "Attempts of rules on protected names",
            Counter::clone(&alarms),
        );
        registry.register(
            "reconciler_tries",
            "Due rows worked on, by outcome",
            Family::clone(&tries),
        );
        registry.register("desired_rows", "Rows of desired state", Family::clone(&rows));
        let stopped = Family::default();
        registry.register(
            "target_stopped",
            "Whether a target is stopped until somebody mends its credentials",
            Family::clone(&stopped),
        );
        let calls = Family::default();
        registry.register("product_calls", "Calls to products", Family::clone(&calls));
        let call_seconds: Family<TargetLabels, Histogram, fn() -> Histogram> =
            Family::new_with_constructor(call_histogram);
        registry.register(
            "product_call_seconds",
            "Time until a product had answered",
            Family::clone(&call_seconds),
        );
        let at_once = Family::default();
        registry.register(
            "product_calls_at_once",
            "Rows of a target that are worked on at once",
            Family::clone(&at_once),
        );
        let clock_offset = Family::default();
        registry.register(
            "product_clock_offset_seconds",
            "How far our clock is ahead of a product's",
            Family::clone(&clock_offset),
        );
        let drift = Family::default();
        registry.register(
            "drift",
            "What the last reading of a target found",
            Family::clone(&drift),
        );
        registry.register(
            "connections",
            "Open connections to the SCIM endpoint",
            Gauge::clone(&connections),
        );
        let (tls_failures, tls_expiry) = (Counter::default(), Gauge::default());
        let tls_loads: Family<LoadLabels, Counter> = Family::default();
        // From 0: of a counter that begins with 1, Prometheus knows no increase.
        for outcome in ["taken", "refused"] {
            drop(tls_loads.get_or_create(&LoadLabels { outcome }));
        }
        registry.register(
            "tls_handshake_failures",
            "Connections that ended before TLS was agreed on",
            Counter::clone(&tls_failures),
        );
        registry.register(
            "tls_certificate_loads",
            "Readings of the TLS certificate and its key, by outcome",
            Family::clone(&tls_loads),
        );
        registry.register(
            "tls_certificate_expiry_timestamp_seconds",
            "When the TLS certificate ends; 0 without TLS",
            Gauge::clone(&tls_expiry),
        );
        Self {
            registry: Mutex::new(registry),
            requests,
            request_seconds,
            decisions,
            denials,
            alarms,
            decision_seconds,
            tries,
            rows,
            stopped,
            calls,
            call_seconds,
            at_once,
            clock_offset,
            drift,
            connections,
            tls_failures,
            tls_loads,
            tls_expiry,
        }
    }
}

fn call_histogram() -> Histogram {
    Histogram::new([0.005, 0.02, 0.1, 0.5, 1.0, 5.0, 30.0])
}

/// Counts the calls of one target.
struct Counted {
    target: TargetLabels,
    calls: Family<CallLabels, Counter>,
    seconds: Family<TargetLabels, Histogram, fn() -> Histogram>,
    clock_offset: Family<TargetLabels, Gauge>,
}

impl Observer for Counted {
    fn answered(&self, call: &Call) {
        let labels = CallLabels {
            target: self.target.target.clone(),
            operation: format!("{} {}", call.method, call.path),
            outcome: call.outcome.as_str().to_owned(),
        };
        self.calls.get_or_create(&labels).inc();
        let seconds = call.duration.as_secs_f64();
        self.seconds.get_or_create(&self.target).observe(seconds);
        if let Some(written) = call.written_ms {
            let ahead = now_ms().saturating_sub(written) / 1_000;
            self.clock_offset.get_or_create(&self.target).set(ahead);
        }
    }

    fn parent(&self) -> Option<HeaderValue> {
        spans::parent()
    }
}

impl Metrics {
    /// Counts a target's calls.
    pub(crate) fn observer(&self, target: &str) -> Arc<dyn Observer> {
        Arc::new(Counted {
            target: TargetLabels {
                target: target.to_owned(),
            },
            calls: self.calls.clone(),
            seconds: self.call_seconds.clone(),
            clock_offset: self.clock_offset.clone(),
        })
    }

    /// The text that Prometheus reads.
    #[must_use]
    pub fn render(&self) -> String {
        let mut page = String::new();
        let registry = self
            .registry
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if text::encode(&mut page, &registry).is_err() {
            tracing::error!("metrics were not written");
        }
        page
    }
}
