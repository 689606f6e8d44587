//! What every request passes, whatever it asks for.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use http::header::{ACCEPT, ALLOW, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use tidegate_scim::error::ScimError;
use tokio::time::Instant;

use super::reply::{Reason, SCIM_JSON};
use super::{Endpoint, Refused};
use crate::metrics::RequestLabels;

/// The general media type of JSON.
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The correlation id that we give to a request. A client's own is not taken: it could
/// name another's.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(pub(crate) String);

/// A panic ends one request, not the connection with others on it.
pub(crate) async fn contain(request: Request, next: Next) -> Response {
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(_) => Refused(ScimError::internal("a handler panicked")).into_response(),
    }
}

/// RFC 7644 section 3.8: a client that takes JSON by its general name only is given it by that name.
pub(crate) async fn negotiate(request: Request, next: Next) -> Response {
    let general = request
        .headers()
        .get(ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(takes_general_json_only);
    let mut response = next.run(request).await;
    if general && response.headers().get(CONTENT_TYPE) == Some(&SCIM_JSON) {
        response.headers_mut().insert(CONTENT_TYPE, JSON);
    }
    response
}

fn takes_general_json_only(accept: &str) -> bool {
    let types = || {
        accept.split(',').map(|range| {
            range
                .split(';')
                .next()
                .unwrap_or_default()
                .trim()
                .to_ascii_lowercase()
        })
    };
    let ours = ["application/scim+json", "application/*", "*/*"];
    types().any(|range| range == "application/json") && !types().any(|range| ours.contains(&range.as_str()))
}

/// OPTIONS is asked of an address, not of a resource: the answer is what the address takes (RFC 9110
/// section 9.3.7). Browsers' pre-flights get no permission by it.
pub(crate) async fn options(request: Request, next: Next) -> Response {
    let asked = request.method() == Method::OPTIONS;
    let response = next.run(request).await;
    if !asked || response.status() != StatusCode::METHOD_NOT_ALLOWED {
        return response;
    }
    let allow = response.headers().get(ALLOW).cloned();
    let headers: HeaderMap = allow.into_iter().map(|allow| (ALLOW, allow)).collect();
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// Gives the request its id, and writes its log line and metrics when it is answered.
pub(crate) async fn observe(State(endpoint): State<Endpoint>, mut request: Request, next: Next) -> Response {
    let id = uuid::Uuid::now_v7().to_string();
    let started = Instant::now();
    let method = request.method().to_string();
    let name = endpoint_name(request.extensions().get::<MatchedPath>());
    request.extensions_mut().insert(RequestId(id.clone()));
    let mut response = next.run(request).await;
    let (status, took) = (response.status().as_u16(), started.elapsed());
    let labels = RequestLabels {
        method: method.clone(),
        endpoint: name.clone(),
        status,
    };
    endpoint.service.metrics.requests.get_or_create(&labels).inc();
    endpoint
        .service
        .metrics
        .request_seconds
        .observe(took.as_secs_f64());
    let reason = response.extensions().get::<Reason>();
    let (detail, internal) = reason.map_or(("", ""), |reason| {
        (&reason.detail, reason.internal.as_deref().unwrap_or(""))
    });
    let took_ms = micros(took) / 1_000.0;
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
    response
}

/// Whether operators have something to mend. That something is not implemented is an answer.
fn is_failure(status: u16) -> bool {
    status >= 500 && status != StatusCode::NOT_IMPLEMENTED.as_u16()
}

/// Ends a request before Okta closes the connection, so that it hears why.
pub(crate) async fn bound(State(endpoint): State<Endpoint>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(endpoint.request_timeout, next.run(request)).await {
        Ok(response) => response,
        // 429 and not 503: Okta tries a 429 again by itself, and a write may be under way.
        Err(_) => Refused(ScimError::too_many_requests(5)).into_response(),
    }
}

/// The part of the path that is ours to choose: labels must not grow with what clients send.
fn endpoint_name(path: Option<&MatchedPath>) -> String {
    let path = path.map(MatchedPath::as_str).unwrap_or_default();
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

    #[test]
    fn scim_s_own_type_is_given_to_all_who_take_it() {
        for (accept, general) in [
            ("application/json", true),
            ("text/html, Application/JSON; charset=utf-8", true),
            ("application/scim+json, application/json;q=0.9", false),
            ("application/json, */*", false),
            ("text/html", false),
            ("", false),
        ] {
            assert_eq!(takes_general_json_only(accept), general, "{accept}");
        }
    }
}
