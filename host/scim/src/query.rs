//! The query string of a request (RFC 7644 sections 3.4.2 and 3.9).
//!
//! Unknown parameters are ignored: Entra's tenant URL carries `aadOptscim062020`, which then
//! stands in every request.

mod projection;
mod search;

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

pub use projection::Projection;
pub use search::search;

use crate::error::ScimError;
use crate::filter::{self, Filter};
use crate::limits::{DEFAULT_COUNT, MAX_PATH, MAX_QUERY, MAX_RESULTS};
use crate::text::quote;

/// What a list request asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct ListParams {
    /// Which resources; to be [checked](filter::check) against their kind.
    pub filter: Option<Filter>,
    /// The first wanted, from 1 (section 3.4.2.4).
    pub start_index: u64,
    /// How many are wanted at most; 0 asks for the total only.
    pub count: Option<u64>,
    /// The cursor (RFC 9865): empty for the first page; none for pages by `startIndex`.
    pub cursor: Option<String>,
    /// Which attributes.
    pub projection: Projection,
    /// `sortBy` as sent; see [`Sorting`](crate::sort::Sorting).
    pub sort_by: Option<String>,
    /// Whether `sortOrder` is `descending`.
    pub descending: bool,
}

impl Default for ListParams {
    /// Everything by default: what an empty query string asks for.
    fn default() -> Self {
        Self {
            filter: None,
            start_index: 1,
            count: None,
            cursor: None,
            projection: Projection::default(),
            sort_by: None,
            descending: false,
        }
    }
}

impl ListParams {
    /// How many resources the page may have: what was asked for, within [`MAX_RESULTS`].
    #[must_use]
    pub fn limit(&self) -> u64 {
        self.count.unwrap_or(DEFAULT_COUNT).min(MAX_RESULTS)
    }

    /// What a cursor belongs to: with another filter or another order it leads nowhere (RFC 9865
    /// section 2 asks for identical parameters).
    #[must_use]
    pub fn identity(&self) -> String {
        let filter = self.filter.as_ref().map(ToString::to_string).unwrap_or_default();
        let sort_by = self.sort_by.as_deref().unwrap_or_default();
        format!("{filter}\n{sort_by}\n{}", self.descending)
    }
}

/// Parses a raw query string. Also for requests on one resource, for their [`Projection`].
///
/// # Errors
/// `invalidFilter`, or `invalidValue` with the parameter in the detail.
pub fn parse(raw: Option<&str>) -> Result<ListParams, ScimError> {
    let raw = raw.unwrap_or_default();
    if raw.len() > MAX_QUERY {
        return Err(ScimError::invalid_value(format!(
            "The query string is longer than {MAX_QUERY} bytes."
        )));
    }
    let mut query = Raw::default();
    for pair in raw.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        query.set(&decode(name)?, value)?;
    }
    let projection = Projection::parse(query.attributes.as_deref(), query.excluded.as_deref())?;
    let filter = query.filter.filter(|text| !text.trim().is_empty());
    let by_cursor = query.cursor.is_some();
    Ok(ListParams {
        filter: filter.map(|text| filter::parse(&text)).transpose()?,
        start_index: integer("startIndex", query.start_index.as_deref())?
            .unwrap_or(1)
            .max(1),
        count: integer("count", query.count.as_deref()).map_err(|error| invalid_count(error, by_cursor))?,
        cursor: query.cursor,
        projection,
        sort_by: query.sort_by.filter(|name| !name.is_empty()),
        descending: query
            .sort_order
            .is_some_and(|order| order.eq_ignore_ascii_case("descending")),
    })
}

/// RFC 9865 has a keyword of its own for a count that is none.
fn invalid_count(error: ScimError, by_cursor: bool) -> ScimError {
    match by_cursor {
        true => ScimError::invalid_count(error.detail),
        false => error,
    }
}

#[derive(Default)]
struct Raw {
    filter: Option<String>,
    start_index: Option<String>,
    count: Option<String>,
    cursor: Option<String>,
    attributes: Option<String>,
    excluded: Option<String>,
    sort_by: Option<String>,
    sort_order: Option<String>,
}

impl Raw {
    fn set(&mut self, name: &str, value: &str) -> Result<(), ScimError> {
        let slot = match name.to_ascii_lowercase().as_str() {
            "filter" => &mut self.filter,
            "startindex" => &mut self.start_index,
            "count" => &mut self.count,
            "cursor" => &mut self.cursor,
            "attributes" => &mut self.attributes,
            "excludedattributes" => &mut self.excluded,
            "sortby" => &mut self.sort_by,
            "sortorder" => &mut self.sort_order,
            _ => return Ok(()),
        };
        let value = decode(value)?;
        if name.eq_ignore_ascii_case("sortBy") && value.len() > MAX_PATH {
            return Err(ScimError::invalid_value(format!(
                "sortBy is longer than {MAX_PATH} bytes."
            )));
        }
        *slot = Some(value);
        Ok(())
    }
}

/// Form encoding: `+` is a space, a plus is `%2B`.
fn decode(text: &str) -> Result<String, ScimError> {
    let spaced = if text.contains('+') {
        Cow::Owned(text.replace('+', " "))
    } else {
        Cow::Borrowed(text)
    };
    percent_decode_str(&spaced)
        .decode_utf8()
        .map(Cow::into_owned)
        .map_err(|_| ScimError::invalid_value("The query string is not UTF-8."))
}

/// A whole number; one below 0 counts as 0 (section 3.4.2.4), one beyond `u64` as the largest.
fn integer(name: &str, text: Option<&str>) -> Result<Option<u64>, ScimError> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ScimError::invalid_value(format!(
            "{name} is \"{}\": must be a whole number.",
            quote(text)
        )));
    }
    Ok(Some(if negative {
        0
    } else {
        digits.parse().unwrap_or(u64::MAX)
    }))
}
