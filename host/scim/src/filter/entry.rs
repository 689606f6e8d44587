//! The filter within `attribute[…]`: a condition on one entry of a multi-valued attribute.

use scim_v2::filter::{AttrExp, AttrPath, ValFilter};
use serde_json::Value;

use super::comparison::Comparison;
use crate::document::get;
use crate::error::ScimError;
use crate::path::sub_name;
use crate::schema::Attribute;
use crate::text::quote;

/// What an entry must fulfil.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum EntryCondition {
    /// A part of the entry is compared.
    Part {
        name: String,
        comparison: Comparison,
    },
    Not(Box<EntryCondition>),
    All(Vec<EntryCondition>),
    Any(Vec<EntryCondition>),
}

impl EntryCondition {
    /// Fits a filter to an attribute; none: no schema knows it, its parts may have any name.
    ///
    /// # Errors
    /// `invalidFilter`: the attribute has no such part, or the comparison does not fit it.
    pub(crate) fn new(attribute: Option<&Attribute>, filter: &ValFilter) -> Result<Self, ScimError> {
        let each = |terms: &[ValFilter]| -> Result<Vec<_>, ScimError> {
            terms.iter().map(|term| Self::new(attribute, term)).collect()
        };
        Ok(match filter {
            ValFilter::Attr(expression) => {
                let path = path_of(expression);
                Self::Part {
                    name: part(attribute, path)?,
                    comparison: Comparison::new(
                        attribute.and_then(|attribute| attribute.sub_attribute(&path.name)),
                        expression,
                    )?,
                }
            }
            ValFilter::Not(inner) => Self::Not(Box::new(Self::new(attribute, inner)?)),
            ValFilter::And(terms) => Self::All(each(terms)?),
            ValFilter::Or(terms) => Self::Any(each(terms)?),
        })
    }

    /// Whether an entry fulfils it. An entry that is no object is its own `value`.
    pub(crate) fn matches(&self, entry: &Value) -> bool {
        match self {
            Self::Part { name, comparison } => {
                let value = match entry {
                    Value::Object(object) => get(object, name),
                    scalar => name.eq_ignore_ascii_case("value").then_some(scalar),
                };
                value.map_or_else(
                    || comparison.holds_for_nothing(),
                    |value| comparison.holds(std::iter::once(value)),
                )
            }
            Self::Not(inner) => !inner.matches(entry),
            Self::All(terms) => terms.iter().all(|term| term.matches(entry)),
            Self::Any(terms) => terms.iter().any(|term| term.matches(entry)),
        }
    }
}

pub(super) fn path_of(expression: &AttrExp) -> &AttrPath {
    match expression {
        AttrExp::Present(path) | AttrExp::Comparison(path, ..) => path,
    }
}

fn part(attribute: Option<&Attribute>, path: &AttrPath) -> Result<String, ScimError> {
    let plain = path.uri.is_none() && path.sub_attr.is_none();
    let name = match attribute {
        Some(attribute) => sub_name(attribute, &path.name),
        None => Some(path.name.clone()),
    };
    name.filter(|_| plain).ok_or_else(|| {
        ScimError::invalid_filter(format!(
            "{} has no attribute \"{}\".",
            attribute.map_or("The list", |attribute| attribute.name.as_str()),
            quote(&path.to_string())
        ))
    })
}
