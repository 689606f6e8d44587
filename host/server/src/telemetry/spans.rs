//! What traces say: methods, patterns of routes, statuses, names of apps and targets, numbers. Never who somebody is, what is
//! in a body or a query, or a credential.
//!
//! All spans have one target, so that they are nothing at all where no traces are sent, and never in the log.

use http::{HeaderMap, HeaderValue};
use opentelemetry::Context;
use opentelemetry::propagation::{Extractor, Injector, TextMapPropagator};
use opentelemetry::trace::TraceContextExt;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tidegate_directory::transport::SPANS;
use tracing::field::Empty;
use tracing::{Span, info_span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// The header of W3C Trace Context. `tracestate` is others' and stays out.
const PARENT: &str = "traceparent";

/// A request, by the pattern that its address matched.
pub(crate) fn request(method: &http::Method, route: &str, id: &str) -> Span {
    // A method may be any word.
    let method = match method.as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS") => known,
        _ => "_OTHER",
    };
    info_span!(
        target: SPANS,
        "request",
        otel.name = format_args!("{method} {route}"),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
        tidegate.app = Empty,
        tidegate.request = id,
    )
}

/// How it was answered.
pub(crate) fn answered(span: &Span, status: u16, is_failure: bool) {
    span.record("http.response.status_code", status);
    if is_failure {
        span.record("otel.status_code", "ERROR");
    }
}

/// Which app the request under way is about.
pub(crate) fn about(app: &str) {
    Span::current().record("tidegate.app", app);
}

/// Where the client says that its own trace is. A proxy that is trusted is followed; of anybody else it is only noted: whoever
/// can choose the trace chooses what is recorded, and what it is mixed with.
pub(crate) fn caused(span: &Span, headers: &HeaderMap, trusted: bool) {
    if span.is_disabled() || !headers.contains_key(PARENT) {
        return;
    }
    let context = TraceContextPropagator::new().extract_with_context(&Context::new(), &Parent(headers));
    let client = context.span().span_context().clone();
    if !client.is_valid() {
        return;
    }
    if trusted {
        // It has just begun: it can still be set.
        drop(span.set_parent(context));
    } else {
        span.add_link(client);
    }
}

/// What a call carries, so that what the product records of it belongs to the span under way; none: nothing is traced.
pub(crate) fn parent() -> Option<HeaderValue> {
    let span = Span::current();
    if span.is_disabled() {
        return None;
    }
    let mut carried = Carried(None);
    TraceContextPropagator::new().inject_context(&span.context(), &mut carried);
    carried.0
}

/// One question to a policy.
pub(crate) fn decision(app: &str, digest: &str) -> Span {
    info_span!(
        target: SPANS,
        "decide",
        otel.status_code = Empty,
        tidegate.app = app,
        tidegate.policy = digest,
        tidegate.outcome = Empty,
    )
}

/// One transaction of a write: the resource, what is desired of it, its line in the audit trail.
pub(crate) fn storing(action: &str, steps: usize) -> Span {
    info_span!(target: SPANS, "store", tidegate.action = action, tidegate.steps = steps)
}

/// One row that is brought about in a product.
pub(crate) fn row(app: &str, target: &str, kind: &str) -> Span {
    info_span!(
        target: SPANS,
        "reconcile",
        otel.name = format_args!("reconcile {kind}"),
        otel.status_code = Empty,
        tidegate.app = app,
        tidegate.target = target,
        tidegate.row = kind,
        tidegate.outcome = Empty,
    )
}

/// How a decision or a row came out: a word.
pub(crate) fn ended(span: &Span, outcome: &str, is_failure: bool) {
    span.record("tidegate.outcome", outcome);
    if is_failure {
        span.record("otel.status_code", "ERROR");
    }
}

/// That header alone, once.
struct Parent<'h>(&'h HeaderMap);

impl Extractor for Parent<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        let mut all = self.0.get_all(PARENT).iter();
        let (one, more) = (all.next()?, all.next());
        one.to_str().ok().filter(|_| key == PARENT && more.is_none())
    }

    fn keys(&self) -> Vec<&str> {
        vec![PARENT]
    }
}

/// The same on its way out.
struct Carried(Option<HeaderValue>);

impl Injector for Carried {
    fn set(&mut self, key: &str, value: String) {
        if key == PARENT {
            self.0 = HeaderValue::try_from(value).ok();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_whole_traceparent_counts() {
        let of = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(PARENT, value.parse().expect("a header"));
            }
            let context =
                TraceContextPropagator::new().extract_with_context(&Context::new(), &Parent(&headers));
            context.span().span_context().is_valid()
        };
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert!(of(&[good]));
        for wrong in [
            "",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
        ] {
            assert!(!of(&[wrong]), "{wrong}");
        }
        assert!(!of(&[good, good]));
    }

    #[test]
    fn without_traces_nothing_is_carried() {
        assert_eq!(parent(), None);
    }
}
