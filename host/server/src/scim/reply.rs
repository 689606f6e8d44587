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
    /// The version of the one resource that it is about, also where `meta` is not shown.
    pub(super) version: Option<i64>,
    /// Where that is, if it is new.
    pub(super) location: Option<String>,
}

impl Reply {
    /// 200.
    pub(crate) fn ok(body: Value) -> Self {
        Self {
            body: Some(body),
            ..Self::empty(StatusCode::OK)
        }
    }

    /// 200 with one resource.
    pub(crate) fn resource(body: Value, version: i64) -> Self {
        Self {
            version: Some(version),
            ..Self::ok(body)
        }
    }

    /// 201.
    pub(crate) fn created(body: Value, version: i64, location: String) -> Self {
        Self {
            status: StatusCode::CREATED,
            location: Some(location),
            ..Self::resource(body, version)
        }
    }

    /// 204.
    pub(crate) fn no_content() -> Self {
        Self::empty(StatusCode::NO_CONTENT)
    }

    /// 204 after a change.
    pub(crate) fn changed(version: i64) -> Self {
        Self {
            version: Some(version),
            ..Self::no_content()
        }
    }

    fn empty(status: StatusCode) -> Self {
        Self {
            status,
            body: None,
            version: None,
            location: None,
        }
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let mut headers = HeaderMap::new();
        headers.extend(self.version.and_then(tag).map(|tag| (ETAG, tag)));
        let location = self
            .location
            .and_then(|location| HeaderValue::from_str(&location).ok());
        headers.extend(location.map(|location| (LOCATION, location)));
        let Some(body) = self.body else {
            return (self.status, headers).into_response();
        };
        headers.insert(CONTENT_TYPE, SCIM_JSON);
        (self.status, headers, body.to_string()).into_response()
    }
}

fn tag(version: i64) -> Option<HeaderValue> {
    HeaderValue::from_str(&tidegate_scim::present::etag(version)).ok()
}

/// 200 with a body that is written while it is read.
pub(crate) fn streamed(version: Option<i64>, body: Body) -> Response {
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, SCIM_JSON);
    headers.extend(version.and_then(tag).map(|tag| (ETAG, tag)));
    (StatusCode::OK, headers, body).into_response()
}

/// 304: the client has this version.
pub(crate) fn not_modified(version: i64) -> Response {
    let headers: HeaderMap = tag(version).map(|tag| (ETAG, tag)).into_iter().collect();
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
