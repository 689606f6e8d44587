//! Entries of a multi-valued attribute without a filter: `emails`, `emails.value`.

use serde_json::{Map, Value};

use super::Verb;
use crate::document::Document;
use crate::error::ScimError;
use crate::normal;
use crate::path::Place;
use crate::schema::Attribute;
use crate::text::fold;

pub(super) fn assign(
    verb: Verb,
    container: &mut Document,
    place: &Place<'_>,
    attribute: &Attribute,
    value: &Value,
) -> Result<(), ScimError> {
    let old = match container.get_mut(&place.name) {
        Some(Value::Array(old)) => std::mem::take(old),
        _ => Vec::new(),
    };
    let list = match &place.sub {
        Some(sub) => with_sub(attribute, old, sub, value)?,
        None => match verb {
            Verb::Replace => normal::list(attribute, value)?,
            Verb::Add => joined(old, normal::list(attribute, value)?),
        },
    };
    normal::check_count(&attribute.name, list.len())?;
    store(container, place, list);
    Ok(())
}

/// Puts a list back; an empty one is an unassigned attribute (RFC 7643 section 2.5).
pub(super) fn store(container: &mut Document, place: &Place<'_>, list: Vec<Value>) {
    if list.is_empty() {
        container.shift_remove(&place.name);
    } else {
        container.insert(place.name.clone(), Value::Array(list));
    }
}

/// `emails.value` without a filter is clear as long as there is at most one entry.
fn with_sub(
    attribute: &Attribute,
    mut old: Vec<Value>,
    sub: &str,
    value: &Value,
) -> Result<Vec<Value>, ScimError> {
    if old.len() > 1 {
        let name = &attribute.name;
        return Err(ScimError::invalid_path(format!(
            "{name} has several values: say which one, such as {name}[type eq \"work\"].{sub}."
        )));
    }
    let object = Value::Object(Map::from_iter([(sub.to_owned(), value.clone())]));
    let Some(new) = normal::single(&attribute.name, attribute, &object)? else {
        return Ok(old);
    };
    match (old.first_mut(), new) {
        (Some(Value::Object(entry)), Value::Object(new)) => entry.extend(new),
        (_, new) => old = vec![new],
    }
    Ok(old)
}

/// `add`: an entry that is there already is completed, not doubled (RFC 7644 section 3.5.2.1); one
/// that claims `primary` takes it from the others.
fn joined(mut old: Vec<Value>, new: Vec<Value>) -> Vec<Value> {
    for item in new {
        let position = match old.iter().position(|entry| same(entry, &item)) {
            Some(position) => {
                if let (Some(Value::Object(entry)), Value::Object(item)) = (old.get_mut(position), item) {
                    entry.extend(item);
                }
                position
            }
            None => {
                old.push(item);
                old.len() - 1
            }
        };
        normal::keep_one_primary(&mut old, position);
    }
    old
}

/// Whether two entries are one: the same value, and the same type if a type is given. Entries
/// without a value (addresses) are one if all but `primary` is the same.
fn same(entry: &Value, item: &Value) -> bool {
    match (text(entry, "value"), text(item, "value")) {
        (Some(left), Some(right)) => {
            let label = text(item, "type");
            left == right && (label.is_none() || label == text(entry, "type"))
        }
        (None, None) => without_primary(entry) == without_primary(item),
        _ => false,
    }
}

fn text(entry: &Value, name: &str) -> Option<String> {
    entry.get(name).and_then(Value::as_str).map(fold)
}

fn without_primary(entry: &Value) -> Value {
    let mut entry = entry.clone();
    if let Some(object) = entry.as_object_mut() {
        object.shift_remove("primary");
    }
    entry
}
