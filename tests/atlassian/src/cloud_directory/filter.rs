//! The one filter that Cloud takes: `ATTRIBUTE eq "value"`.

use axum::response::Response;

use super::beans::error;
use crate::request::Call;

/// The value asked for, and the attribute; `None` without a filter.
pub(super) fn parse<'a>(call: &Call, known: &[&'a str]) -> Result<Option<(&'a str, String)>, Response> {
    let Some(filter) = call.query("filter") else {
        return Ok(None);
    };
    let bad = || {
        error(
            400,
            Some("invalidFilter"),
            &format!("Filter is not supported: {filter}"),
        )
    };
    let (attribute, rest) = filter.split_once(' ').ok_or_else(bad)?;
    let value = rest
        .trim_start()
        .strip_prefix("eq ")
        .and_then(|value| serde_json::from_str::<String>(value.trim()).ok())
        .ok_or_else(bad)?;
    let known = known.iter().find(|it| it.eq_ignore_ascii_case(attribute));
    known.map(|&attribute| Some((attribute, value))).ok_or_else(bad)
}
