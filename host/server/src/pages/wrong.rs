//! What the API refused of a form: in one sentence above it, and beside the fields that are at fault.

use http::StatusCode;

use super::PageError;
use crate::admin::problem::Problem;

/// Nothing, mostly.
#[derive(Debug, Clone, Default)]
pub(super) struct Wrong(Option<(StatusCode, Problem)>);

impl Wrong {
    /// Of a refusal. Other errors have pages of their own.
    pub(super) fn of(error: PageError) -> Result<Self, PageError> {
        match error {
            PageError::Refused(status, problem) => Ok(Self(Some((status, problem)))),
            other => Err(other),
        }
    }

    /// In one sentence.
    pub(super) fn whole(&self) -> Option<&str> {
        self.0.as_ref().map(|(_, problem)| problem.detail.as_str())
    }

    /// What is wrong with a field of the form: it is called as in the API, with `_` for `-`.
    pub(super) fn of_field(&self, name: &str) -> Option<&str> {
        let (_, problem) = self.0.as_ref()?;
        let name = name.replace('_', "-");
        let at = |parent: &str| problem.at(&format!("{parent}/{name}"));
        at("")
            .or_else(|| at("/credentials"))
            .or_else(|| at("/client-certificate"))
            .or_else(|| at("/brake"))
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.of_field(name).is_some()
    }

    /// The page's status: a browser shows it all the same.
    pub(super) fn status(&self) -> StatusCode {
        self.0.as_ref().map_or(StatusCode::OK, |(status, _)| *status)
    }

    /// Each field at fault below a pointer, with what is wrong.
    pub(super) fn below(&self, pointer: &str) -> Vec<(String, String)> {
        self.0
            .as_ref()
            .map(|(_, problem)| problem.below(pointer))
            .unwrap_or_default()
    }
}
