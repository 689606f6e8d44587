//! Counters for Prometheus, and the names they go by. Units are in the names.

use std::sync::Mutex;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

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
    /// What the last reading of a target found.
    pub drift: Family<DriftLabels, Gauge>,
    /// Open connections.
    pub connections: Gauge,
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
            drift,
            connections,
        }
    }
}

impl Metrics {
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
