//! Answers: `application/scim+json`, one way for all handlers.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, ETAG, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::Value;
use tidegate_scim::error::ScimError;

/// The media type of RFC 7644, section 3.1.
pub(super) const SCIM_JSON: HeaderValue = HeaderValue::from_static("application/scim+json");

/// A resource or a list, with its status.
#[derive(Debug)]
pub(crate) struct Reply {
    /// The status.
    pub(super) status: StatusCode,
    /// None: there is nothing to say.
    pub(super) body: Option<Value>,
}

impl Reply {
    /// 200.
    pub(crate) fn ok(body: Value) -> Self {
        Self {
            status: StatusCode::OK,
            body: Some(body),
        }
    }

    /// 201, with the location from `meta.location`.
    pub(crate) fn created(body: Value) -> Self {
        Self {
            status: StatusCode::CREATED,
            body: Some(body),
        }
    }

    /// 204.
    pub(crate) fn no_content() -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            body: None,
        }
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let Some(body) = self.body else {
            return self.status.into_response();
        };
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, SCIM_JSON);
        let meta = |name: &str| {
            let text = body.pointer(&format!("/meta/{name}")).and_then(Value::as_str)?;
            HeaderValue::from_str(text).ok()
        };
        headers.extend(meta("version").map(|version| (ETAG, version)));
        if self.status == StatusCode::CREATED {
            headers.extend(meta("location").map(|location| (LOCATION, location)));
        }
        (self.status, headers, body.to_string()).into_response()
    }
}

/// 200 with a body that is written while it is read.
pub(crate) fn streamed(version: Option<i64>, body: Body) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, SCIM_JSON);
    let tag = version.and_then(|version| HeaderValue::from_str(&tidegate_scim::present::etag(version)).ok());
    headers.extend(tag.map(|tag| (ETAG, tag)));
    (StatusCode::OK, headers, body).into_response()
}

/// 304: the client has this version.
pub(crate) fn not_modified(version: i64) -> Response {
    let tag = HeaderValue::from_str(&tidegate_scim::present::etag(version));
    let headers: HeaderMap = tag.into_iter().map(|tag| (ETAG, tag)).collect();
    (StatusCode::NOT_MODIFIED, headers).into_response()
}

/// An error as SCIM says it. Its `internal` part goes to the log, never to the client.
#[derive(Debug)]
pub(crate) struct Refused(pub(crate) ScimError);

/// What a handler returns.
pub(crate) type Answer<T = Reply> = Result<T, Refused>;

impl<E: Into<ScimError>> From<E> for Refused {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, SCIM_JSON);
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(
                WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"tidegate\""),
            );
        }
        if let Some(seconds) = self.0.retry_after_seconds {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        let mut response = (status, headers, self.0.body().to_string()).into_response();
        // For the log line of the request, which knows its id.
        response.extensions_mut().insert(Reason {
            detail: self.0.detail,
            internal: self.0.internal,
        });
        response
    }
}

/// Why a request was refused, for the log.
#[derive(Debug, Clone)]
pub(crate) struct Reason {
    /// What the client was told.
    pub(crate) detail: String,
    /// What only operators may see.
    pub(crate) internal: Option<String>,
}
