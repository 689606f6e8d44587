//! Entries that a filter selects: `emails[type eq "work"].value` (RFC 7644 section 3.5.2).

use scim_v2::filter::{AttrExp, CompValue, CompareOp, ValFilter};
use serde_json::{Map, Value};

use super::{Edit, Verb, entries};
use crate::document::Document;
use crate::error::ScimError;
use crate::filter::EntryCondition;
use crate::normal;
use crate::path::{Place, sub_name};
use crate::schema::Attribute;

pub(super) fn assign(
    edit: Edit<'_>,
    container: &mut Document,
    place: &Place<'_>,
    attribute: &Attribute,
    filter: &ValFilter,
    value: &Value,
) -> Result<(), ScimError> {
    let condition = condition(attribute, filter)?;
    let new = entry(attribute, place, value)?;
    let mut list = match container.get(&place.name) {
        Some(Value::Array(list)) => list.clone(),
        _ => Vec::new(),
    };
    // An entry that is replaced as a whole stays what the path calls it: a work address.
    let mut replacement = described(attribute, filter)?.unwrap_or_default();
    replacement.extend(new.clone());
    let mut touched = None;
    for (position, item) in list.iter_mut().enumerate() {
        if condition.matches(item) {
            touched = touched.or(Some(position));
            if edit.verb == Verb::Replace && place.sub.is_none() {
                *item = Value::Object(replacement.clone());
            } else if let Some(item) = item.as_object_mut() {
                item.extend(new.clone());
            }
        }
    }
    let touched = match touched {
        Some(position) => position,
        None => {
            list.push(missing(edit, attribute, filter, new)?);
            list.len() - 1
        }
    };
    normal::keep_one_primary(&mut list, touched);
    normal::check_count(&attribute.name, list.len())?;
    entries::store(container, place, list);
    Ok(())
}

/// A filter belongs to a list of objects, and may name only their parts.
pub(super) fn condition(attribute: &Attribute, filter: &ValFilter) -> Result<EntryCondition, ScimError> {
    if !attribute.multi_valued || attribute.sub_attributes.is_empty() {
        return Err(ScimError::invalid_path(format!(
            "{} is not a list: a filter has no meaning there.",
            attribute.name
        )));
    }
    EntryCondition::new(Some(attribute), filter).map_err(|error| ScimError::invalid_path(error.detail))
}

/// The given value as (part of) an entry.
fn entry(attribute: &Attribute, place: &Place<'_>, value: &Value) -> Result<Map<String, Value>, ScimError> {
    let value = match &place.sub {
        Some(sub) => Value::Object(Map::from_iter([(sub.clone(), value.clone())])),
        None => value.clone(),
    };
    match normal::single(&attribute.name, attribute, &value)? {
        Some(Value::Object(entry)) => Ok(entry),
        _ => Err(ScimError::invalid_value(format!(
            "{} needs a value.",
            attribute.name
        ))),
    }
}

/// The entry that does not exist yet: Entra adds a work address by naming it, and nothing else
/// says that it is one.
fn missing(
    edit: Edit<'_>,
    attribute: &Attribute,
    filter: &ValFilter,
    new: Map<String, Value>,
) -> Result<Value, ScimError> {
    let none = || ScimError::no_target(format!("{}[{filter}] matches no value.", attribute.name));
    let mut entry = match described(attribute, filter)? {
        Some(entry) if edit.create_missing => entry,
        _ => return Err(none()),
    };
    entry.extend(new);
    Ok(Value::Object(entry))
}

/// The entry that a filter describes, if it does.
fn described(attribute: &Attribute, filter: &ValFilter) -> Result<Option<Map<String, Value>>, ScimError> {
    let mut template = Map::new();
    if !describe(attribute, filter, &mut template) {
        return Ok(None);
    }
    match normal::single(&attribute.name, attribute, &Value::Object(template))? {
        Some(Value::Object(entry)) => Ok(Some(entry)),
        _ => Ok(None),
    }
}

/// Reads a filter as a description: only `eq` and `and` describe.
fn describe(attribute: &Attribute, filter: &ValFilter, template: &mut Map<String, Value>) -> bool {
    match filter {
        ValFilter::Attr(AttrExp::Comparison(path, CompareOp::Eq, value)) => {
            let value = match value {
                CompValue::Str(text) => Value::String(text.clone()),
                CompValue::True => Value::Bool(true),
                CompValue::False => Value::Bool(false),
                CompValue::Number(number) => Value::Number(number.clone()),
                CompValue::Null => return false,
            };
            let Some(name) = sub_name(attribute, &path.name) else {
                return false;
            };
            template.insert(name, value).is_none()
        }
        ValFilter::And(terms) => terms.iter().all(|term| describe(attribute, term, template)),
        _ => false,
    }
}
