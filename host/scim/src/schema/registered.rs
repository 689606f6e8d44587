//! Extensions that an administrator registers as a SCIM Schema document (RFC 7643 section 7).
//!
//! A document is read once, strictly: what it leaves unsaid becomes what the RFC says it means, and
//! every mistake is named with its place. What is stored and published is the complete form.

mod attributes;

use scim_v2::models::scim_schema::Schema as Definition;
use scim_v2::schema_urns;
use serde_json::{Map, Value, json};

use super::{Extension, Schema};
use crate::ResourceKind;
use crate::document::get;
use crate::limits::{MAX_PATH, MAX_SCHEMA, MAX_STRING};
use crate::text::quote;

/// Something in a document that cannot stay so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
pub struct Problem {
    /// JSON pointer into the document; empty: the whole.
    pub path: String,
    /// What is wrong and what would be right.
    pub message: String,
}

/// An extension as it is registered.
#[derive(Debug, Clone)]
pub struct Registered {
    /// The kinds of resource that it extends.
    pub kinds: Vec<ResourceKind>,
    /// Whether every resource of those kinds must have it.
    pub required: bool,
    definition: Definition,
}

impl Registered {
    /// Reads a SCIM Schema document.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn read(document: &Value, kinds: Vec<ResourceKind>, required: bool) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        if kinds.is_empty() {
            problems.push(problem("", "names no resource type: User, Group or both"));
        }
        let complete = complete(document, &mut problems);
        if !problems.is_empty() {
            return Err(problems);
        }
        let definition =
            serde_json::from_value(complete).map_err(|error| vec![problem("", &error.to_string())])?;
        Ok(Self {
            kinds,
            required,
            definition,
        })
    }

    /// Its URN.
    #[must_use]
    pub fn urn(&self) -> &str {
        &self.definition.id
    }

    /// Its name, or its URN where it has none.
    #[must_use]
    pub fn name(&self) -> &str {
        self.definition.name.as_deref().unwrap_or(&self.definition.id)
    }

    /// The complete document.
    #[must_use]
    pub fn document(&self) -> Value {
        serde_json::to_value(&self.definition).unwrap_or_default()
    }

    pub(super) fn extension(&self) -> Extension {
        Extension {
            schema: Schema::new(self.definition.clone(), Vec::new()),
            required: self.required,
        }
    }
}

fn problem(path: &str, message: &str) -> Problem {
    Problem {
        path: path.to_owned(),
        message: message.to_owned(),
    }
}

fn complete(document: &Value, problems: &mut Vec<Problem>) -> Value {
    let Some(object) = document.as_object() else {
        problems.push(problem("", "must be a JSON object, a SCIM Schema"));
        return Value::Null;
    };
    if document.to_string().len() > MAX_SCHEMA {
        problems.push(problem("", &format!("has more than {MAX_SCHEMA} bytes")));
        return Value::Null;
    }
    let mut complete = Map::new();
    complete.insert("schemas".into(), json!([schema_urns::SCHEMA]));
    let id = get(object, "id").and_then(Value::as_str).unwrap_or_default();
    if let Err(message) = check_urn(id) {
        problems.push(problem("/id", &message));
    }
    complete.insert("id".into(), id.into());
    for name in ["name", "description"] {
        match get(object, name) {
            None | Some(Value::Null) => {}
            Some(Value::String(text)) if text.len() <= MAX_STRING => {
                complete.insert(name.into(), text.as_str().into());
            }
            Some(_) => problems.push(problem(
                &format!("/{name}"),
                &format!("must be a string of at most {MAX_STRING} bytes"),
            )),
        }
    }
    let attributes = attributes::list(get(object, "attributes"), "/attributes", true, problems);
    complete.insert("attributes".into(), attributes);
    complete.insert("meta".into(), json!({}));
    Value::Object(complete)
}

/// A URN of the administrator's own (RFC 8141, RFC 7643 section 10.2.1).
fn check_urn(urn: &str) -> Result<(), String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._:~+".contains(c);
    let parts: Vec<&str> = urn.split(':').collect();
    let well_formed = parts.len() >= 3
        && parts
            .first()
            .is_some_and(|first| first.eq_ignore_ascii_case("urn"))
        && parts.iter().all(|part| !part.is_empty())
        && urn.chars().all(plain);
    if !well_formed || urn.len() > MAX_PATH {
        return Err(format!(
            "\"{}\" must be a URN such as urn:example:params:scim:schemas:2.0:User",
            quote(urn)
        ));
    }
    let lower = urn.to_ascii_lowercase();
    let taken = ["urn:ietf:params:scim:schemas:core:", "urn:ietf:params:scim:api:"];
    if taken.iter().any(|taken| lower.starts_with(taken))
        || lower.eq_ignore_ascii_case(schema_urns::ENTERPRISE_USER)
    {
        return Err(format!(
            "{urn} is one of SCIM's own: an extension has a URN of yours"
        ));
    }
    Ok(())
}
