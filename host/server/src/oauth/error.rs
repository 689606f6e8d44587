//! Refusals of the token endpoint (RFC 6749 section 5.2).

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::WWW_AUTHENTICATE;
use http::{HeaderValue, StatusCode};
use serde_json::json;

use super::unstored;
use crate::scim::reply::Reason;

/// A refusal. What a client did wrong is told by keyword; why its credential is wrong is not.
#[derive(Debug)]
pub(super) struct TokenError {
    status: StatusCode,
    keyword: &'static str,
    description: String,
    internal: Option<String>,
}

impl TokenError {
    fn new(status: StatusCode, keyword: &'static str, description: impl Into<String>) -> Self {
        Self {
            status,
            keyword,
            description: description.into(),
            internal: None,
        }
    }

    /// Something is missing, twice there, or malformed.
    pub(super) fn invalid_request(description: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_request", description)
    }

    /// The client is not known, or did not show that it is the one.
    pub(super) fn invalid_client() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "invalid_client",
            "The client is not known to this issuer, or its secret or assertion is not valid.",
        )
    }

    /// The same, with what only operators may know.
    pub(super) fn invalid_client_because(internal: impl Into<String>) -> Self {
        Self {
            internal: Some(internal.into()),
            ..Self::invalid_client()
        }
    }

    /// Only client credentials are offered.
    pub(super) fn unsupported_grant_type() -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            "unsupported_grant_type",
            "grant_type must be client_credentials.",
        )
    }

    /// A fault of ours.
    pub(super) fn internal(internal: &str) -> Self {
        Self {
            internal: Some(internal.to_owned()),
            ..Self::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "server_error",
                "Tidegate failed to process this request. The cause is in its log.",
            )
        }
    }

    #[cfg(test)]
    pub(super) fn keyword(&self) -> &'static str {
        self.keyword
    }
}

impl IntoResponse for TokenError {
    fn into_response(self) -> Response {
        let mut headers = unstored();
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(
                WWW_AUTHENTICATE,
                HeaderValue::from_static("Basic realm=\"tidegate\""),
            );
        }
        let body = json!({"error": self.keyword, "error_description": self.description});
        let mut response = (self.status, headers, Json(body)).into_response();
        // For the log line of the request, which knows its id.
        response.extensions_mut().insert(Reason {
            detail: self.description,
            internal: self.internal,
        });
        response
    }
}
