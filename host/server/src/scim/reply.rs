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
    /// The entity tag of the resource. Not read from the body: the client may have left `meta` out.
    pub(super) version: Option<String>,
    /// Where the resource is, if it was created.
    location: Option<String>,
    content: Content,
}

/// What there is to say.
#[derive(Debug)]
enum Content {
    Nothing,
    Json(Value),
    /// JSON that is written while it is read.
    Streamed(Body),
}

impl Reply {
    fn new(status: StatusCode, content: Content) -> Self {
        Self {
            status,
            version: None,
            location: None,
            content,
        }
    }

    /// 200.
    pub(crate) fn ok(body: Value) -> Self {
        Self::new(StatusCode::OK, Content::Json(body))
    }

    /// 200 with a body that is written while it is read.
    pub(super) fn streamed(body: Body) -> Self {
        Self::new(StatusCode::OK, Content::Streamed(body))
    }

    /// 204.
    pub(crate) fn no_content() -> Self {
        Self::new(StatusCode::NO_CONTENT, Content::Nothing)
    }

    /// 304: the client has it.
    pub(super) fn not_modified() -> Self {
        Self::new(StatusCode::NOT_MODIFIED, Content::Nothing)
    }

    /// 201 instead of 200 (RFC 7644 section 3.3).
    pub(super) fn created(self, location: String) -> Self {
        Self {
            status: StatusCode::CREATED,
            location: Some(location),
            ..self
        }
    }

    /// About this version of a resource (RFC 7644 section 3.14).
    pub(super) fn of_version(self, version: i64) -> Self {
        Self {
            version: Some(tidegate_scim::present::etag(version)),
            ..self
        }
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        let mut headers = HeaderMap::new();
        for (name, text) in [(ETAG, self.version), (LOCATION, self.location)] {
            headers.extend(text.and_then(|text| Some((name, HeaderValue::from_str(&text).ok()?))));
        }
        let body = match self.content {
            Content::Nothing => return (self.status, headers).into_response(),
            Content::Json(body) => Body::from(body.to_string()),
            Content::Streamed(body) => body,
        };
        headers.insert(CONTENT_TYPE, SCIM_JSON);
        (self.status, headers, body).into_response()
    }
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
