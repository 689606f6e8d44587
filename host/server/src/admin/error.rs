//! Errors of the administrators' API: one sentence that says what to do.

use std::fmt;
use std::sync::Arc;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::json;
use tidegate_store::StoreError;

use crate::apps::App;
use crate::policies::PolicyError;
use crate::service::Service;

/// A refusal.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    message: String,
    retry_after_seconds: Option<u64>,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            retry_after_seconds: None,
        }
    }

    /// Not now; after so many seconds.
    pub(crate) fn later(message: impl Into<String>, seconds: u64) -> Self {
        Self {
            retry_after_seconds: Some(seconds),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, message)
        }
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let wait = self
            .retry_after_seconds
            .map(|seconds| (RETRY_AFTER, HeaderValue::from(seconds)));
        // RFC 9110 section 15.5.2: who is not known is told what would make them known.
        let scheme = HeaderValue::from_static("Bearer realm=\"tidegate\"");
        let known_by = (self.status == StatusCode::UNAUTHORIZED).then_some((WWW_AUTHENTICATE, scheme));
        let headers: HeaderMap = wait.into_iter().chain(known_by).collect();
        (self.status, headers, Json(json!({"error": self.message}))).into_response()
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        let status = match error {
            StoreError::Taken { .. } | StoreError::Unfit { .. } | StoreError::Step(_) => StatusCode::CONFLICT,
            StoreError::NotFound => StatusCode::NOT_FOUND,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self::new(status, error.to_string())
    }
}

impl From<PolicyError> for Refusal {
    fn from(error: PolicyError) -> Self {
        let status = match error {
            PolicyError::NoSuchVersion(_) => StatusCode::NOT_FOUND,
            PolicyError::Store(_) | PolicyError::Damaged(_) => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Self::new(status, error.to_string())
    }
}

impl From<anyhow::Error> for Refusal {
    fn from(error: anyhow::Error) -> Self {
        if crate::setup::is_taken(&error) {
            return Self::new(StatusCode::CONFLICT, error.to_string());
        }
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, format!("{error:#}"))
    }
}

/// The app of that name.
pub(crate) fn app(service: &Service, name: &str) -> Result<Arc<App>, Refusal> {
    let apps = service.apps();
    apps.by_name(name).cloned().ok_or_else(|| {
        let names: Vec<&str> = apps.all().into_iter().map(|app| app.name.as_str()).collect();
        Refusal::not_found(format!(
            "there is no app {name:?}; there are: {}",
            names.join(", ")
        ))
    })
}

/// Characters of a name.
const LONGEST_NAME: usize = 64;

/// A name that becomes part of paths of this API and of log lines, without white space around it.
pub(crate) fn check_name<'a>(whose: &str, name: &'a str) -> Result<&'a str, Refusal> {
    let name = name.trim();
    let plain = |c: char| c.is_alphanumeric() || " -_.".contains(c);
    if name.is_empty() || name.chars().count() > LONGEST_NAME || !name.chars().all(plain) {
        let message = format!("the name of {whose} has 1 to {LONGEST_NAME} letters, digits, spaces or - _ .");
        return Err(Refusal::new(StatusCode::BAD_REQUEST, message));
    }
    Ok(name)
}
