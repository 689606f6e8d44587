//! What every page for somebody who is signed in has around it.

use std::fmt::Display;

use http::request::Parts;
use serde::Deserialize;

use super::steps::Step;
use super::{Api, PageError};

/// Who reads the page.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Session {
    name: String,
    role: String,
    #[serde(default)]
    csrf_token: Option<String>,
}

/// The frame.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub(super) name: String,
    pub(super) role: String,
    /// Goes with every form.
    pub(super) csrf: String,
    /// Whether forms of operators are shown. What may be done is the API's to say.
    pub(super) operates: bool,
    /// Whether forms of administrators are shown.
    pub(super) administers: bool,
    /// Which page it is, for the menu.
    pub(super) here: &'static str,
    /// The app that the page is about.
    pub(super) app: Option<String>,
    /// The way to a first provisioned user, while somebody is on it.
    pub(super) steps: Vec<Step>,
    /// What was just done.
    pub(super) said: Option<String>,
    /// What did not work.
    pub(super) failed: Option<String>,
}

impl Frame {
    /// For whoever is signed in.
    pub(super) async fn of(
        api: &Api,
        browser: &Parts,
        here: &'static str,
        app: Option<&str>,
    ) -> Result<Self, PageError> {
        let session: Session = api.get(browser, "/session").await?;
        Ok(Self {
            operates: session.role != "viewer",
            administers: session.role == "administrator",
            steps: Vec::new(),
            name: session.name,
            role: session.role,
            csrf: session.csrf_token.unwrap_or_default(),
            here,
            app: app.map(str::to_owned),
            said: None,
            failed: None,
        })
    }

    /// With the outcome of a form above the page.
    pub(super) fn after<T>(self, outcome: &Result<T, PageError>, done: impl FnOnce(&T) -> String) -> Self {
        match outcome {
            Ok(value) => Self {
                said: Some(done(value)),
                ..self
            },
            Err(error) => Self {
                failed: Some(error_words(error)),
                ..self
            },
        }
    }
}

fn error_words(error: &impl Display) -> String {
    error.to_string()
}
