//! A request's id, its log line and its metrics.

use std::time::Duration;

use axum::extract::{MatchedPath, Request};
use axum::response::Response;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use tokio::time::Instant;
use tracing::Span;

use super::Endpoint;
use super::reply::Reason;
use crate::metrics::RequestLabels;
use crate::telemetry::spans;

/// The correlation id that we give to a request. A client's own is not taken: it could
/// name another's.
#[derive(Debug, Clone, Default)]
pub(crate) struct RequestId(pub(crate) String);

/// A request under way.
pub(crate) struct Observed {
    id: String,
    method: Method,
    endpoint: String,
    started: Instant,
    span: Span,
}

impl Observed {
    /// Gives the request its id.
    pub(crate) fn begin(request: &mut Request) -> Self {
        let id = uuid::Uuid::now_v7().to_string();
        request.extensions_mut().insert(RequestId(id.clone()));
        let path = request.extensions().get::<MatchedPath>();
        let route = path.map_or("none", MatchedPath::as_str);
        Self {
            span: spans::request(request.method(), route, &id),
            id,
            method: request.method().clone(),
            endpoint: endpoint_name(path),
            started: Instant::now(),
        }
    }

    /// In what all that is done for it is traced. The client's own trace is known from its headers; `trusted`: a proxy
    /// that is believed sent them.
    pub(crate) fn span(&self, headers: &HeaderMap, trusted: bool) -> Span {
        spans::caused(&self.span, headers, trusted);
        self.span.clone()
    }

    /// Writes the log line and the metrics, and tells the client the id.
    pub(crate) fn end(self, endpoint: &Endpoint, response: &mut Response) {
        let Self {
            id,
            method,
            endpoint: name,
            started,
            span,
        } = self;
        let (status, took) = (response.status().as_u16(), started.elapsed());
        spans::answered(&span, status, is_failure(status));
        let labels = RequestLabels {
            method: method.to_string(),
            endpoint: name.clone(),
            status,
        };
        let metrics = &endpoint.service.metrics;
        metrics.requests.get_or_create(&labels).inc();
        metrics.request_seconds.observe(took.as_secs_f64());
        let reason = response.extensions().get::<Reason>();
        let (detail, internal) = reason.map_or(("", ""), |reason| {
            (&reason.detail, reason.internal.as_deref().unwrap_or(""))
        });
        let took_ms = micros(took) / 1_000.0;
        let method = method.as_str();
        if is_failure(status) {
            tracing::error!(
                request = id,
                method,
                endpoint = name,
                status,
                took_ms,
                detail,
                internal,
                "request failed"
            );
        } else if status >= 400 {
            tracing::info!(
                request = id,
                method,
                endpoint = name,
                status,
                took_ms,
                detail,
                "request refused"
            );
        } else {
            tracing::debug!(
                request = id,
                method,
                endpoint = name,
                status,
                took_ms,
                "request answered"
            );
        }
        if let Ok(id) = HeaderValue::from_str(&id) {
            response.headers_mut().insert("x-request-id", id);
        }
    }
}

/// Whether operators have something to mend. That something is not implemented is an answer.
fn is_failure(status: u16) -> bool {
    status >= 500 && status != StatusCode::NOT_IMPLEMENTED.as_u16()
}

/// The part of the path that is ours to choose: labels must not grow with what clients send.
fn endpoint_name(path: Option<&MatchedPath>) -> String {
    let path = path.map(MatchedPath::as_str).unwrap_or_default();
    if path.starts_with("/admin") {
        return "admin".to_owned();
    }
    if path.contains("/oauth/") {
        return "oauth".to_owned();
    }
    let after_version = path.split("/v2/").nth(1);
    after_version
        .and_then(|rest| rest.split('/').next())
        .unwrap_or("none")
        .to_owned()
}

fn micros(duration: Duration) -> f64 {
    duration.as_micros() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_implemented_is_no_failure() {
        assert_eq!([404, 500, 501, 502].map(is_failure), [false, true, false, true]);
    }
}
