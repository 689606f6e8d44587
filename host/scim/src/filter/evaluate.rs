//! Whether a resource matches a filter.

use scim_v2::filter::{AttrExp, AttrPath, CompValue, CompareOp, Filter, ValFilter, ValuePath};
use serde_json::Value;

use super::check::compared;
use super::compare::{Case, holds, is_present};
use crate::ResourceKind;
use crate::document::get;
use crate::path::{self, Place, Target};
use crate::schema::{Attribute, AttributeType};

/// Whether a full resource, as [`present`](crate::present) writes it, matches. An attribute that no
/// schema has matches as an absent one does; [`check`](super::check()) refuses it before.
#[must_use]
pub fn matches(kind: ResourceKind, filter: &Filter, resource: &Value) -> bool {
    match filter {
        Filter::Attr(AttrExp::Present(path)) => {
            find(kind, path, resource).is_some_and(|(place, value)| present(&place, value))
        }
        Filter::Attr(AttrExp::Comparison(path, op, expected)) => match find(kind, path, resource) {
            Some((place, value)) => compare(&place, value, op, expected),
            None => absent(op, expected),
        },
        Filter::ValuePath(ValuePath { attr, filter }) => match find(kind, attr, resource) {
            Some((place, value)) => entries(value)
                .iter()
                .any(|entry| entry_matches(place.attribute, filter, entry)),
            None => false,
        },
        Filter::Not(inner) => !matches(kind, inner, resource),
        Filter::And(terms) => terms.iter().all(|term| matches(kind, term, resource)),
        Filter::Or(terms) => terms.iter().any(|term| matches(kind, term, resource)),
    }
}

/// Whether one entry of a multi-valued attribute matches the filter within `attribute[…]`.
pub(crate) fn entry_matches(attribute: Option<&Attribute>, filter: &ValFilter, entry: &Value) -> bool {
    match filter {
        ValFilter::Attr(expression) => {
            let (AttrExp::Present(path) | AttrExp::Comparison(path, ..)) = expression;
            let value = match entry {
                Value::Object(object) => get(object, &path.name),
                // An entry that is not an object is its own value.
                scalar => path.name.eq_ignore_ascii_case("value").then_some(scalar),
            };
            let sub = attribute.and_then(|attribute| attribute.sub_attribute(&path.name));
            match (expression, value) {
                (AttrExp::Present(_), value) => value.is_some_and(is_present),
                (AttrExp::Comparison(_, op, expected), Some(value)) => any(case(sub), value, op, expected),
                (AttrExp::Comparison(_, op, expected), None) => absent(op, expected),
            }
        }
        ValFilter::Not(inner) => !entry_matches(attribute, inner, entry),
        ValFilter::And(terms) => terms.iter().all(|term| entry_matches(attribute, term, entry)),
        ValFilter::Or(terms) => terms.iter().any(|term| entry_matches(attribute, term, entry)),
    }
}

fn find<'a>(kind: ResourceKind, path: &AttrPath, resource: &'a Value) -> Option<(Place, &'a Value)> {
    let Some(Target::Attribute(place)) = path::resolve(kind, path, None) else {
        return None;
    };
    let resource = resource.as_object()?;
    let container = match &place.extension {
        None => resource,
        Some(urn) => get(resource, urn)?.as_object()?,
    };
    let value = get(container, &place.name)?;
    Some((place, value))
}

fn entries(value: &Value) -> &[Value] {
    match value {
        Value::Array(entries) => entries,
        one => std::slice::from_ref(one),
    }
}

fn present(place: &Place, value: &Value) -> bool {
    match &place.sub {
        None => is_present(value),
        Some(sub) => entries(value)
            .iter()
            .filter_map(|entry| get(entry.as_object()?, sub))
            .any(is_present),
    }
}

/// `emails eq "x"` means `emails.value eq "x"`.
fn compare(place: &Place, value: &Value, op: &CompareOp, expected: &CompValue) -> bool {
    let case = case(compared(place));
    let sub = place.sub.as_deref().unwrap_or("value");
    let values: Vec<&Value> = entries(value)
        .iter()
        .filter_map(|entry| match entry {
            Value::Object(object) => get(object, sub),
            scalar => place.sub.is_none().then_some(scalar),
        })
        .collect();
    if values.is_empty() {
        return absent(op, expected);
    }
    match op {
        // "Not identical": none of the values is the one.
        CompareOp::Ne => !values
            .iter()
            .any(|value| any(case, value, &CompareOp::Eq, expected)),
        op => values.iter().any(|value| any(case, value, op, expected)),
    }
}

fn any(case: Case, value: &Value, op: &CompareOp, expected: &CompValue) -> bool {
    match (value, op) {
        (Value::Array(values), CompareOp::Ne) => !values
            .iter()
            .any(|value| holds(case, value, &CompareOp::Eq, expected)),
        (Value::Array(values), op) => values.iter().any(|value| holds(case, value, op, expected)),
        (value, CompareOp::Ne) => !holds(case, value, &CompareOp::Eq, expected),
        (value, op) => holds(case, value, op, expected),
    }
}

/// What is not there equals null and differs from everything else.
fn absent(op: &CompareOp, expected: &CompValue) -> bool {
    match op {
        CompareOp::Eq => *expected == CompValue::Null,
        CompareOp::Ne => *expected != CompValue::Null,
        _ => false,
    }
}

fn case(attribute: Option<&Attribute>) -> Case {
    match attribute {
        Some(attribute) if attribute.kind == AttributeType::DateTime => Case::DateTime,
        Some(attribute) if attribute.case_exact => Case::Exact,
        _ => Case::Ignored,
    }
}
