//! Whether a filter makes sense for a resource (RFC 7644 section 3.4.2.2).
//!
//! An attribute that no schema has is a typing error: answered with an empty list it would look
//! like "no such user", and Okta would create the person a second time. So it is a 400 by name.

use scim_v2::ScimDateTime;
use scim_v2::filter::{AttrExp, AttrPath, CompValue, CompareOp, Filter, ValFilter, ValuePath};

use crate::ResourceKind;
use crate::error::ScimError;
use crate::path::{self, Place, Target, sub_name};
use crate::schema::{Attribute, AttributeType};
use crate::text::quote;

/// Checks names, and that operators fit types.
///
/// # Errors
/// `invalidFilter` with the attribute in the detail.
pub fn check(kind: ResourceKind, filter: &Filter) -> Result<(), ScimError> {
    match filter {
        Filter::Attr(expression) => {
            let path = path_of(expression);
            let place = place(kind, path)?;
            check_expression(compared(&place), expression)
        }
        Filter::ValuePath(ValuePath { attr, filter }) => match place(kind, attr)?.attribute {
            Some(attribute) if !attribute.sub_attributes.is_empty() => check_entry(attribute, filter),
            Some(attribute) => Err(ScimError::invalid_filter(format!(
                "{} has no parts to filter by.",
                attribute.name
            ))),
            None => Ok(()),
        },
        Filter::Not(inner) => check(kind, inner),
        Filter::And(terms) | Filter::Or(terms) => terms.iter().try_for_each(|term| check(kind, term)),
    }
}

/// Checks the filter within `attribute[…]`.
pub(crate) fn check_entry(attribute: &Attribute, filter: &ValFilter) -> Result<(), ScimError> {
    match filter {
        ValFilter::Attr(expression) => {
            let path = path_of(expression);
            let known =
                path.uri.is_none() && path.sub_attr.is_none() && sub_name(attribute, &path.name).is_some();
            if !known {
                return Err(unknown(&attribute.name, path));
            }
            check_expression(attribute.sub_attribute(&path.name), expression)
        }
        ValFilter::Not(inner) => check_entry(attribute, inner),
        ValFilter::And(terms) | ValFilter::Or(terms) => {
            terms.iter().try_for_each(|term| check_entry(attribute, term))
        }
    }
}

fn place(kind: ResourceKind, path: &AttrPath) -> Result<Place, ScimError> {
    match path::resolve(kind, path, None) {
        Some(Target::Attribute(place)) => Ok(place),
        _ => Err(unknown(kind.name(), path)),
    }
}

fn unknown(owner: &str, path: &AttrPath) -> ScimError {
    ScimError::invalid_filter(format!(
        "{owner} has no attribute \"{}\".",
        quote(&path.to_string())
    ))
}

fn path_of(expression: &AttrExp) -> &AttrPath {
    match expression {
        AttrExp::Present(path) | AttrExp::Comparison(path, ..) => path,
    }
}

/// The attribute whose values are compared: of a complex one its `value`.
pub(super) fn compared(place: &Place) -> Option<&'static Attribute> {
    let attribute = place.attribute?;
    match &place.sub {
        Some(sub) => attribute.sub_attribute(sub),
        None => Some(attribute.sub_attribute("value").unwrap_or(attribute)),
    }
}

fn check_expression(attribute: Option<&Attribute>, expression: &AttrExp) -> Result<(), ScimError> {
    let (Some(attribute), AttrExp::Comparison(path, op, value)) = (attribute, expression) else {
        return Ok(());
    };
    let equality = matches!(op, CompareOp::Eq | CompareOp::Ne);
    let ordered = matches!(op, CompareOp::Gt | CompareOp::Ge | CompareOp::Lt | CompareOp::Le);
    let fits = match (attribute.kind, value) {
        (_, CompValue::Null) => equality,
        (AttributeType::Complex, _) => false,
        // Entra compares booleans with "True".
        (AttributeType::Boolean, CompValue::True | CompValue::False | CompValue::Str(_)) => equality,
        (AttributeType::Binary, CompValue::Str(_)) => !ordered,
        (AttributeType::DateTime, CompValue::Str(text)) => {
            !(equality || ordered) || text.parse::<ScimDateTime>().is_ok()
        }
        (AttributeType::String | AttributeType::Reference, CompValue::Str(_)) => true,
        (AttributeType::Integer | AttributeType::Decimal, CompValue::Number(_)) => equality || ordered,
        _ => false,
    };
    if fits {
        return Ok(());
    }
    Err(ScimError::invalid_filter(format!(
        "\"{}\" cannot be compared by {op} with {}.",
        path,
        quote(&value.to_string())
    )))
}
