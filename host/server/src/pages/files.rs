//! The style sheet, the script and the icon, and the headers of every page.

use axum::Router;
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::HeaderValue;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};

/// Nothing from elsewhere, nothing inline, nobody's frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

pub(super) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route(
            "/admin/static/style.css",
            get(|| file("text/css", include_str!("../../static/style.css"))),
        )
        .route(
            "/admin/static/pages.js",
            get(|| file("text/javascript", include_str!("../../static/pages.js"))),
        )
        .route(
            "/admin/static/icon.svg",
            get(|| file("image/svg+xml", include_str!("../../static/icon.svg"))),
        )
}

async fn file(kind: &'static str, text: &'static str) -> Response {
    ([(CONTENT_TYPE, kind)], text).into_response()
}

/// On every answer, files included.
pub(crate) async fn guard(request: Request, next: Next) -> Response {
    let is_file = request.uri().path().starts_with("/admin/static/");
    let mut answer = next.run(request).await;
    let headers = answer.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(CONTENT_SECURITY_POLICY, POLICY);
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    // With `no-referrer` browsers send `Origin: null` with forms, and a form of ours would look like anybody's.
    set(REFERRER_POLICY, "same-origin");
    set(CACHE_CONTROL, if is_file { "no-cache" } else { "no-store" });
    answer
}
