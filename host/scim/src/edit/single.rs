//! Attributes that are no list of the schema's: simple ones, complex ones, unknown ones.

use serde_json::{Map, Value};

use super::Verb;
use crate::document::{Document, get_key};
use crate::error::ScimError;
use crate::normal;
use crate::path::{self, Place};
use crate::schema::Attribute;
use crate::text::quote;

/// A simple attribute is set; of a complex one the given parts are, and the others stay.
pub(super) fn known(
    container: &mut Document,
    place: &Place<'_>,
    attribute: &Attribute,
    value: &Value,
) -> Result<(), ScimError> {
    if let Some(sub) = &place.sub {
        let object = Value::Object(Map::from_iter([(sub.clone(), value.clone())]));
        let place = Place {
            sub: None,
            ..place.clone()
        };
        return known(container, &place, attribute, &object);
    }
    let nulls: Vec<String> = value
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, value)| normal::unassigns(attribute.sub_attribute(name), value))
        .map(|(name, _)| path::sub_name(attribute, name).unwrap_or_else(|| name.clone()))
        .collect();
    let new = normal::single(&attribute.name, attribute, value)?;
    match (container.get_mut(&place.name), new) {
        (Some(Value::Object(old)), Some(Value::Object(new))) => old.extend(new),
        (_, Some(new)) => {
            container.insert(place.name.clone(), new);
        }
        (_, None) => {}
    }
    if let Some(Value::Object(object)) = container.get_mut(&place.name) {
        nulls.iter().for_each(|name| {
            object.shift_remove(name);
        });
        if object.is_empty() {
            container.shift_remove(&place.name);
        }
    }
    Ok(())
}

/// What no schema knows is set as it is; `add` to a list adds what the list does not have yet.
pub(super) fn unknown(
    verb: Verb,
    container: &mut Document,
    place: &Place<'_>,
    value: &Value,
) -> Result<(), ScimError> {
    let new = match &place.sub {
        None => normal::unknown(&place.name, value),
        Some(_) => normal::unknown_part(&place.name, value),
    };
    let Some(new) = new? else {
        return Ok(());
    };
    let slot = match &place.sub {
        None => slot(container, &place.name),
        Some(sub) => {
            let slot = slot(container, &place.name);
            if slot.is_null() {
                *slot = Value::Object(Map::new());
            }
            let object = slot.as_object_mut().ok_or_else(|| {
                ScimError::invalid_path(format!("\"{}\" has no sub-attributes.", quote(&place.name)))
            })?;
            self::slot(object, sub)
        }
    };
    match (verb, slot, new) {
        (Verb::Add, Value::Array(old), Value::Array(new)) => {
            for item in new {
                if !old.contains(&item) {
                    old.push(item);
                }
            }
            normal::check_count(&quote(&place.name), old.len())?;
        }
        (_, slot, new) => *slot = new,
    }
    Ok(())
}

/// The place of a name, which is the same name in any case (RFC 7643 section 2.1).
fn slot<'d>(object: &'d mut Document, name: &str) -> &'d mut Value {
    let name = get_key(object, name).unwrap_or(name).to_owned();
    object.entry(name).or_insert(Value::Null)
}
