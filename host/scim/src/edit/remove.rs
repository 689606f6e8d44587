//! Removing (RFC 7644 section 3.5.2.2). What is gone already is no error: Okta and Entra repeat
//! requests whose answer they did not get, and the second time must succeed too.

use serde_json::Value;

use super::{drop_empty_extension, entries, matching, read_only};
use crate::ResourceKind;
use crate::document::{Document, get_key, is_reserved};
use crate::error::ScimError;
use crate::normal;
use crate::path::{Place, Target};
use crate::schema::{Attribute, Mutability, ResourceType};

/// Removes what a name stands for; with a value, only the entries that are in it (Entra).
pub(crate) fn remove(
    resource_type: &ResourceType,
    document: &mut Document,
    target: &Target<'_>,
    value: Option<&Value>,
) -> Result<(), ScimError> {
    match target {
        Target::Core => Err(ScimError::mutability(
            "A resource is removed by DELETE, not by PATCH.",
        )),
        Target::Extension { urn } => {
            document.shift_remove(urn);
            Ok(())
        }
        Target::Attribute(place) => {
            check(resource_type, place)?;
            let container = match &place.extension {
                None => &mut *document,
                Some(urn) => match document.get_mut(urn).and_then(Value::as_object_mut) {
                    Some(container) => container,
                    None => return Ok(()),
                },
            };
            remove_in(container, place, value)?;
            drop_empty_extension(document, place);
            Ok(())
        }
    }
}

fn check(resource_type: &ResourceType, place: &Place<'_>) -> Result<(), ScimError> {
    if place.mutability() == Mutability::ReadOnly {
        return Err(read_only(&place.name));
    }
    if place.extension.is_some() {
        return Ok(());
    }
    // An absent `active` means true: removing it would let a person in again who was shut out.
    if resource_type.kind() == ResourceKind::User && place.name == "active" {
        return Err(ScimError::invalid_value(
            "active cannot be removed: set it to true or false.",
        ));
    }
    if place.attribute.is_some_and(|attribute| attribute.required) {
        return Err(ScimError::mutability(format!(
            "{} is required: it cannot be removed.",
            place.name
        )));
    }
    Ok(())
}

fn remove_in(container: &mut Document, place: &Place<'_>, value: Option<&Value>) -> Result<(), ScimError> {
    if is_reserved(&place.name) && place.extension.is_none() {
        return Ok(());
    }
    match place.attribute {
        Some(attribute) if attribute.multi_valued => remove_entries(container, place, attribute, value),
        Some(attribute) if place.filter.is_some() => Err(ScimError::invalid_path(format!(
            "{} is not a list: a filter has no meaning there.",
            attribute.name
        ))),
        _ => {
            // What no schema has was stored as it was first written.
            let name = get_key(container, &place.name).unwrap_or(&place.name).to_owned();
            match &place.sub {
                None => {
                    container.shift_remove(&name);
                }
                Some(sub) => {
                    if let Some(Value::Object(object)) = container.get_mut(&name) {
                        let sub = get_key(object, sub).unwrap_or(sub).to_owned();
                        object.shift_remove(&sub);
                        if object.is_empty() {
                            container.shift_remove(&name);
                        }
                    }
                }
            }
            Ok(())
        }
    }
}

fn remove_entries(
    container: &mut Document,
    place: &Place<'_>,
    attribute: &Attribute,
    value: Option<&Value>,
) -> Result<(), ScimError> {
    let condition = match &place.filter {
        Some(filter) => Some(matching::condition(attribute, filter)?),
        None => None,
    };
    let given = match value {
        Some(value) if !value.is_null() && place.sub.is_none() => Some(normal::list(attribute, value)?),
        _ => None,
    };
    let Some(Value::Array(list)) = container.get_mut(&place.name) else {
        return Ok(());
    };
    let mut list = std::mem::take(list);
    list.retain_mut(|entry| {
        let selected = condition
            .as_ref()
            .is_none_or(|condition| condition.matches(entry))
            && given
                .as_ref()
                .is_none_or(|given| given.iter().any(|item| covers(item, entry)));
        !selected || place.sub.as_ref().is_some_and(|sub| survives(entry, sub))
    });
    entries::store(container, place, list);
    Ok(())
}

/// Takes one part out of an entry; an entry without its `value` says nothing and goes too.
fn survives(entry: &mut Value, sub: &str) -> bool {
    let Some(object) = entry.as_object_mut() else {
        return true;
    };
    object.shift_remove(sub);
    sub != "value" && !object.is_empty()
}

/// Whether everything that was given is true of an entry.
fn covers(given: &Value, entry: &Value) -> bool {
    match given {
        Value::Object(given) => given.iter().all(|(name, value)| entry.get(name) == Some(value)),
        scalar => scalar == entry,
    }
}
