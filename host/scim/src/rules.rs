//! What a whole document must keep to, beyond the types of its values: `required` and `immutable`
//! attributes (RFC 7643 section 7).

use serde_json::{Map, Value};

use crate::document::{Document, from_body};
use crate::error::ScimError;
use crate::schema::{Attribute, Mutability, ResourceType};

/// Checks a document that is to be stored in the place of `current`; none: it is new.
pub(crate) fn check(
    resource_type: &ResourceType,
    current: Option<&Document>,
    document: &Document,
) -> Result<(), ScimError> {
    for extension in resource_type.extensions() {
        let urn = &extension.schema.id;
        match document.get(urn).and_then(Value::as_object) {
            Some(members) => {
                for attribute in &extension.schema.attributes {
                    check_required(&format!("{urn}:"), attribute, members)?;
                }
            }
            None if extension.required => {
                return Err(ScimError::invalid_value(format!(
                    "The extension {urn} is required."
                )));
            }
            None => {}
        }
    }
    match current {
        Some(current) => check_immutable(resource_type, current, document),
        None => Ok(()),
    }
}

/// A stored document in the form that its schemas give it: after one of them was registered.
///
/// # Errors
/// It does not keep to them.
pub fn conform(resource_type: &ResourceType, document: &Document) -> Result<Document, ScimError> {
    let conformed = from_body(resource_type, &Value::Object(document.clone()))?;
    check(resource_type, None, &conformed)?;
    Ok(conformed)
}

fn check_required(
    prefix: &str,
    attribute: &Attribute,
    members: &Map<String, Value>,
) -> Result<(), ScimError> {
    let missing = |name: &str| ScimError::invalid_value(format!("{prefix}{name} is required."));
    // What clients cannot set, or what is never kept, they need not send.
    let settable =
        |attribute: &Attribute| !matches!(attribute.mutability, Mutability::ReadOnly | Mutability::WriteOnly);
    let value = members.get(&attribute.name);
    if attribute.required && settable(attribute) && value.is_none() {
        return Err(missing(&attribute.name));
    }
    let required = attribute
        .sub_attributes
        .iter()
        .filter(|sub| sub.required && settable(sub));
    let entries = match value {
        Some(Value::Array(entries)) => entries.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    for sub in required {
        if entries.iter().any(|entry| entry.get(&sub.name).is_none()) {
            return Err(missing(&format!("{}.{}", attribute.name, sub.name)));
        }
    }
    Ok(())
}

/// What is set once stays (RFC 7644 section 3.5.1).
fn check_immutable(
    resource_type: &ResourceType,
    current: &Document,
    document: &Document,
) -> Result<(), ScimError> {
    for (urn, attribute) in attributes(resource_type) {
        let (held, new) = (value(current, urn, attribute), value(document, urn, attribute));
        let fixed = attribute.mutability == Mutability::Immutable;
        if fixed && held.is_some() && held != new {
            return Err(immutable(&format!("{urn}:{}", attribute.name)));
        }
        // Entries of a list have no identity: which part changed cannot be told.
        let subs = attribute
            .sub_attributes
            .iter()
            .filter(|_| !attribute.multi_valued);
        for sub in subs.filter(|sub| sub.mutability == Mutability::Immutable) {
            let part = |whole: Option<&Value>| whole.and_then(|whole| whole.get(&sub.name)).cloned();
            let (held, new) = (part(held), part(new));
            if held.is_some() && held != new {
                return Err(immutable(&format!("{urn}:{}.{}", attribute.name, sub.name)));
            }
        }
    }
    Ok(())
}

fn immutable(name: &str) -> ScimError {
    ScimError::mutability(format!(
        "{name} is immutable: it keeps the value that it was given first."
    ))
}

/// A PUT that leaves an immutable attribute out does not take it away.
pub(crate) fn keep_immutable(resource_type: &ResourceType, current: &Document, document: &mut Document) {
    let fixed = |attribute: &Attribute| attribute.mutability == Mutability::Immutable;
    for (urn, attribute) in attributes(resource_type).filter(|(_, attribute)| fixed(attribute)) {
        let Some(held) = value(current, urn, attribute) else {
            continue;
        };
        let members = document
            .entry(urn)
            .or_insert_with(|| Value::Object(Map::new()))
            .as_object_mut();
        if let Some(members) = members {
            members
                .entry(attribute.name.as_str())
                .or_insert_with(|| held.clone());
        }
    }
}

fn value<'d>(document: &'d Document, urn: &str, attribute: &Attribute) -> Option<&'d Value> {
    document.get(urn)?.get(&attribute.name)
}

/// Those of extensions. Of the core schemas only parts of members are immutable, and members are no
/// part of a document.
fn attributes(resource_type: &ResourceType) -> impl Iterator<Item = (&str, &Attribute)> {
    let schemas = resource_type
        .extensions()
        .iter()
        .map(|extension| &extension.schema);
    schemas.flat_map(|schema| {
        let urn = schema.id.as_str();
        schema.attributes.iter().map(move |attribute| (urn, attribute))
    })
}
