//! The stored form of a resource.

use serde_json::{Map, Value};

use crate::canonical;
use crate::edit::{Edit, Verb};
use crate::error::ScimError;
use crate::limits::{MAX_ATTRIBUTES, MAX_DOCUMENT};
use crate::schema::ResourceType;

/// A resource as it is stored: attribute names in the schema's spelling, extensions under their
/// URNs, no nulls and no empty lists, and none of what the server adds or keeps elsewhere: `id`,
/// `meta`, `schemas`, `groups`, `members`, `password`. Values are as they were sent.
pub type Document = Map<String, Value>;

/// Names that never enter a document, whatever the kind: the server's own, memberships, secrets.
const RESERVED: [&str; 6] = ["id", "meta", "schemas", "groups", "members", "password"];

pub(crate) fn is_reserved(name: &str) -> bool {
    RESERVED
        .iter()
        .any(|reserved| reserved.eq_ignore_ascii_case(name))
}

/// The document in the body of a POST or PUT.
pub(crate) fn from_body(resource_type: &ResourceType, body: &Value) -> Result<Document, ScimError> {
    let object = body.as_object().ok_or_else(|| {
        ScimError::invalid_syntax(format!(
            "The body of a {} must be a JSON object.",
            resource_type.name()
        ))
    })?;
    check_schemas(resource_type, object)?;
    let mut document = Document::new();
    Edit::body(resource_type, Verb::Replace).merge(&mut document, object)?;
    check_size(&document)?;
    Ok(document)
}

/// `schemas` may be left out, and may name what we do not know (Entra's group URN from 2006), but a
/// body that says it is something else is refused (RFC 7643 section 3).
fn check_schemas(resource_type: &ResourceType, object: &Map<String, Value>) -> Result<(), ScimError> {
    let Some(schemas) = get(object, "schemas").filter(|schemas| !schemas.is_null()) else {
        return Ok(());
    };
    let named = schemas.as_array().is_some_and(|schemas| {
        let mut urns = schemas.iter().filter_map(Value::as_str);
        schemas.iter().all(Value::is_string)
            && urns.any(|urn| urn.eq_ignore_ascii_case(&resource_type.core().id))
    });
    if named {
        return Ok(());
    }
    Err(ScimError::invalid_syntax(format!(
        "schemas must be a list that has {}.",
        resource_type.core().id
    )))
}

/// Bounds on the whole, after every change.
pub(crate) fn check_size(document: &Document) -> Result<(), ScimError> {
    if document.len() > MAX_ATTRIBUTES {
        return Err(ScimError::too_many(format!(
            "A resource has at most {MAX_ATTRIBUTES} attributes."
        )));
    }
    if canonical::object_to_string(document).len() > MAX_DOCUMENT {
        return Err(ScimError::invalid_value(format!(
            "A resource has at most {MAX_DOCUMENT} bytes."
        )));
    }
    Ok(())
}

/// The key under which a name is present, whatever its case.
pub(crate) fn get_key<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    let exact = object.get_key_value(name).map(|(key, _)| key.as_str());
    exact.or_else(|| {
        object
            .keys()
            .map(String::as_str)
            .find(|key| key.eq_ignore_ascii_case(name))
    })
}

/// The value of a name, whatever its case.
pub(crate) fn get<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    get_key(object, name).and_then(|key| object.get(key))
}

/// A string of a document.
pub(crate) fn text(document: &Map<String, Value>, name: &str) -> Option<String> {
    document.get(name).and_then(Value::as_str).map(str::to_owned)
}
