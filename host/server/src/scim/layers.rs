//! What every request passes, whatever it asks for: one layer, read from top to bottom. A layer for each
//! thing would cost a microsecond or two each, more than the things do.

use std::panic::AssertUnwindSafe;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use http::header::{ACCEPT, ALLOW, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use tidegate_scim::error::ScimError;
use tracing::Instrument;

use super::leftover::Leftover;
use super::observe::Observed;
use super::reply::SCIM_JSON;
use super::{Endpoint, Refused, auth, origin};

/// The general media type of JSON.
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// The way of a SCIM request.
pub(crate) async fn scim(State(endpoint): State<Endpoint>, mut request: Request, next: Next) -> Response {
    let observed = Observed::begin(&mut request);
    let leftover = Leftover::lend(&mut request);
    let takes_general_json_only = takes_general_json_only(request.headers());
    let asks_for_options = request.method() == Method::OPTIONS;
    let trusted = origin::locate(&endpoint, &mut request);
    let span = observed.span(request.headers(), trusted);
    let handled = async {
        match auth::authenticate(&endpoint, &mut request) {
            Ok(()) => next.run(request).await,
            Err(refusal) => *refusal,
        }
    };
    let mut response = contain(bound(&endpoint, handled)).instrument(span).await;
    if asks_for_options {
        response = options(response);
    }
    if takes_general_json_only && response.headers().get(CONTENT_TYPE) == Some(&SCIM_JSON) {
        response.headers_mut().insert(CONTENT_TYPE, JSON);
    }
    leftover.read(&mut response).await;
    observed.end(&endpoint, &mut response);
    response
}

/// The way of a request for an access token: nobody is known yet.
pub(crate) async fn oauth(State(endpoint): State<Endpoint>, mut request: Request, next: Next) -> Response {
    let observed = Observed::begin(&mut request);
    let leftover = Leftover::lend(&mut request);
    let trusted = origin::locate(&endpoint, &mut request);
    let span = observed.span(request.headers(), trusted);
    let mut response = contain(bound(&endpoint, next.run(request)))
        .instrument(span)
        .await;
    leftover.read(&mut response).await;
    observed.end(&endpoint, &mut response);
    response
}

/// Ends a request before Okta closes the connection, so that it hears why.
async fn bound(endpoint: &Endpoint, handled: impl Future<Output = Response>) -> Response {
    match tokio::time::timeout(endpoint.request_timeout, handled).await {
        Ok(response) => response,
        // 429 and not 503: Okta tries a 429 again by itself, and a write may be under way.
        Err(_) => Refused(ScimError::too_many_requests(5)).into_response(),
    }
}

/// A panic ends one request, not the connection with others on it.
async fn contain(handled: impl Future<Output = Response>) -> Response {
    match AssertUnwindSafe(handled).catch_unwind().await {
        Ok(response) => response,
        Err(_) => Refused(ScimError::internal("a handler panicked")).into_response(),
    }
}

/// OPTIONS is asked of an address, not of a resource: the answer is what the address takes (RFC 9110
/// section 9.3.7). Browsers' pre-flights get no permission by it.
fn options(response: Response) -> Response {
    if response.status() != StatusCode::METHOD_NOT_ALLOWED {
        return response;
    }
    let allow = response.headers().get(ALLOW).cloned();
    let headers: HeaderMap = allow.into_iter().map(|allow| (ALLOW, allow)).collect();
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// RFC 7644 section 3.8: a client that takes JSON by its general name only is given it by that name.
fn takes_general_json_only(headers: &HeaderMap) -> bool {
    let Some(accept) = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()) else {
        return false;
    };
    let mut ranges = accept
        .split(',')
        .map(|range| range.split(';').next().unwrap_or_default().trim());
    let ours = ["application/scim+json", "application/*", "*/*"];
    let mut general = false;
    let takes_ours = ranges.any(|range| {
        general |= range.eq_ignore_ascii_case("application/json");
        ours.iter().any(|ours| range.eq_ignore_ascii_case(ours))
    });
    general && !takes_ours
}

#[cfg(test)]
mod tests {
    use super::*;

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
            let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(accept))]);
            assert_eq!(takes_general_json_only(&headers), general, "{accept}");
        }
    }
}
