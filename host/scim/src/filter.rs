//! Filters (RFC 7644 section 3.4.2.2): parsing, fitting to a resource type, finding an index,
//! matching.
//!
//! A list request goes through here in this order: [`parse`]; [`Condition::new`], once for the
//! whole list (400 for attributes that do not exist); [`Condition::access`], which index narrows
//! the search; and, unless the index alone answers, [`Condition::matches`] on each candidate.

mod access;
mod comparison;
mod condition;
mod entry;
mod rewrite;
mod short;
mod subject;

pub use access::{Access, Lookup, Range};
pub use condition::Condition;
pub(crate) use entry::EntryCondition;
pub use scim_v2::filter::Filter;
pub use subject::{Candidate, Related, Subject};

use crate::error::ScimError;
use crate::limits::MAX_FILTER;
use crate::text::quote;

/// Parses a filter. Names and operators may be in any case; nesting and number of terms are
/// bounded while it is read.
///
/// # Errors
/// `invalidFilter`.
pub fn parse(text: &str) -> Result<Filter, ScimError> {
    if text.len() > MAX_FILTER {
        return Err(ScimError::invalid_filter(format!(
            "The filter is longer than {MAX_FILTER} bytes."
        )));
    }
    if let Some(filter) = short::parse(text) {
        return Ok(filter);
    }
    rewrite::value_paths(text).parse().map_err(|error| {
        ScimError::invalid_filter(format!("\"{}\" is not a SCIM filter.", quote(text)))
            .with_internal(format!("{error}"))
    })
}
