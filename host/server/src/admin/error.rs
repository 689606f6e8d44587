//! Errors of the administrators' API: one sentence that says what to do.

use std::fmt;
use std::sync::Arc;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, StatusCode};
use tidegate_runtime::StageError;
use tidegate_store::StoreError;

use super::problem::{self, Fault, Place, Problem};
use crate::apps::{App, Target};
use crate::policies::PolicyError;
use crate::service::Service;
use crate::trust::TrustError;

/// A refusal.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    message: String,
    faults: Vec<Fault>,
    retry_after_seconds: Option<u64>,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            faults: Vec::new(),
            retry_after_seconds: None,
        }
    }

    /// What was sent can be read, and one field of it is not as it must be.
    pub(crate) fn unfit(field: &str, message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, message).of_field(field)
    }

    /// The same refusal, of that field of the body.
    pub(crate) fn of_field(self, field: &str) -> Self {
        self.at(Place::of_field([field]))
    }

    /// The same refusal, of that part of the address.
    pub(crate) fn of_parameter(self, name: &str) -> Self {
        self.at(Place::Parameter(name.to_owned()))
    }

    /// The same refusal, of what stands there.
    pub(crate) fn at(self, place: Place) -> Self {
        let detail = self.message.clone();
        Self {
            faults: vec![Fault { detail, place }],
            ..self
        }
    }

    /// The same refusal, with other words for the whole than beside the field.
    pub(crate) fn in_whole(self, message: String) -> Self {
        Self { message, ..self }
    }

    /// The same refusal, of those fields.
    pub(crate) fn of_all(self, faults: Vec<Fault>) -> Self {
        Self { faults, ..self }
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
        let media = (CONTENT_TYPE, HeaderValue::from_static(problem::MEDIA));
        let headers: HeaderMap = [media].into_iter().chain(wait).chain(known_by).collect();
        let problem = Problem {
            errors: self.faults,
            ..Problem::new(self.status, self.message)
        };
        (self.status, headers, Json(problem)).into_response()
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        let status = match error {
            // Unique attributes of SCIM resources are no fields of this API.
            StoreError::Taken { ref attribute, .. } if attribute == "name" => {
                return Self::new(StatusCode::CONFLICT, error.to_string()).of_field("name");
            }
            StoreError::Taken { .. } => StatusCode::CONFLICT,
            StoreError::Unfit { .. } | StoreError::Step(_) | StoreError::Stale => StatusCode::CONFLICT,
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
            PolicyError::Store(_) | PolicyError::Damaged(_) | PolicyError::Stage(StageError::Host(_)) => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let refusal = Self::new(status, error.to_string());
        match &error {
            PolicyError::Stage(StageError::Settings(problems)) => {
                let fault = |(pointer, words): &(String, String)| {
                    let names = std::iter::once("settings".to_owned()).chain(problem::names(pointer));
                    let names: Vec<String> = names.collect();
                    Fault {
                        detail: words.clone(),
                        place: Place::of_field(names.iter().map(String::as_str)),
                    }
                };
                refusal.of_all(problems.iter().map(fault).collect())
            }
            PolicyError::Stage(
                StageError::NotAComponent(_)
                | StageError::WrongWorld(_)
                | StageError::OtherVersion { .. }
                | StageError::TooLarge(_),
            ) => refusal.of_field("component"),
            PolicyError::Trust(TrustError::Digest { .. }) => refusal.of_field("digest"),
            PolicyError::Trust(_) => refusal.of_field("signature"),
            PolicyError::NoSuchPreview
            | PolicyError::OtherPreview(_)
            | PolicyError::StalePreview
            | PolicyError::PreviewRequired => refusal.of_field("preview"),
            _ => refusal,
        }
    }
}

impl From<anyhow::Error> for Refusal {
    fn from(error: anyhow::Error) -> Self {
        if crate::setup::is_taken(&error) {
            return Self::new(StatusCode::CONFLICT, error.to_string()).of_field("name");
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

/// The target of that name, without case.
pub(crate) fn target<'a>(app: &'a App, name: &str) -> Result<&'a Arc<Target>, Refusal> {
    let unknown = || Refusal::not_found(format!("the app has no target {name:?}"));
    app.target(name).ok_or_else(unknown)
}

/// Characters of a name.
const LONGEST_NAME: usize = 64;

/// A name that becomes part of paths of this API and of log lines, without white space around it.
pub(crate) fn check_name<'a>(whose: &str, name: &'a str) -> Result<&'a str, Refusal> {
    let name = name.trim();
    let plain = |c: char| c.is_alphanumeric() || " -_.".contains(c);
    if name.is_empty() || name.chars().count() > LONGEST_NAME || !name.chars().all(plain) {
        let message = format!("the name of {whose} has 1 to {LONGEST_NAME} letters, digits, spaces or - _ .");
        return Err(Refusal::unfit("name", message));
    }
    Ok(name)
}
