//! What a page says instead.

use askama::Template;
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::StatusCode;

use crate::admin::problem::Problem;

/// Why a page could not be made.
#[derive(Debug, thiserror::Error)]
pub(super) enum PageError {
    /// Nobody is signed in.
    #[error("sign in first")]
    SignIn,
    /// The API refused, in its words: the whole in `detail`, what stands beside a field in `errors`.
    #[error("{}", .1.detail)]
    Refused(StatusCode, Problem),
    /// The form is none of ours.
    #[error("the form cannot be read: go back, load the page again, and try once more")]
    Form,
    /// The answer is longer than a page may be.
    #[error("the answer is too long for a page: use the command line")]
    TooLong,
    /// A defect of ours.
    #[error("the page could not be made: {0}")]
    Defect(String),
}

impl PageError {
    /// A refusal of no field.
    pub(super) fn refused(status: StatusCode, words: impl Into<String>) -> Self {
        Self::Refused(status, Problem::new(status, words))
    }
}

impl From<serde_json::Error> for PageError {
    fn from(error: serde_json::Error) -> Self {
        Self::Defect(error.to_string())
    }
}

impl From<http::Error> for PageError {
    /// An address that is none: something in it is far too long.
    fn from(_: http::Error) -> Self {
        Self::Form
    }
}

impl From<askama::Error> for PageError {
    fn from(error: askama::Error) -> Self {
        Self::Defect(error.to_string())
    }
}

impl From<std::convert::Infallible> for PageError {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}

#[derive(Template)]
#[template(
    source = "{% extends \"base.html\" %}{% block main %}<section class=\"narrow\"><h1>That did not work</h1>\
              <p class=\"failed\" role=\"alert\">{{ words }}</p><p><a href=\"/admin\">Back to the overview</a></p></section>{% endblock %}",
    ext = "html"
)]
struct Failed {
    words: String,
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let status = match &self {
            Self::SignIn => return Redirect::to("/admin/sign-in").into_response(),
            Self::Refused(status, _) => *status,
            Self::Form => StatusCode::BAD_REQUEST,
            Self::TooLong => StatusCode::INSUFFICIENT_STORAGE,
            Self::Defect(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let page = Failed {
            words: self.to_string(),
        };
        match page.render() {
            Ok(text) => (status, Html(text)).into_response(),
            Err(_) => status.into_response(),
        }
    }
}
