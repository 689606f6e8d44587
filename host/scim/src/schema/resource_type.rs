//! A resource type (RFC 7643 section 6): a kind with its core schema and its extensions.

use serde_json::{Map, Value};

use super::{Attribute, Schema, Uniqueness, definitions};
use crate::ResourceKind;

/// A kind of resource as one app has it.
#[derive(Debug, Clone)]
pub struct ResourceType {
    kind: ResourceKind,
    core: Schema,
    extensions: Vec<Extension>,
    hidden: Vec<Hidden>,
}

/// An attribute that is not shown as a whole unless it is asked for.
#[derive(Debug, Clone)]
pub(crate) struct Hidden {
    /// Its extension.
    pub(crate) urn: Option<String>,
    /// Itself.
    pub(crate) attribute: Attribute,
}

/// A schema extension of a resource type (RFC 7643 section 3.3).
#[derive(Debug, Clone)]
pub struct Extension {
    /// The schema.
    pub schema: Schema,
    /// Whether every resource must have it.
    pub required: bool,
}

/// A value that no other resource of the kind may have in this app.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct UniqueValue {
    /// Which attribute: `urn:…:name`, in lower case.
    pub attribute: String,
    /// The value in the form in which it is compared.
    pub value: String,
}

impl ResourceType {
    pub(super) fn new(kind: ResourceKind, extensions: Vec<Extension>) -> Self {
        let urn = kind.schema();
        let core = Schema::new(definitions::one(urn), definitions::common(urn));
        let of = |urn: Option<&str>, schema: &Schema| {
            let hidden = schema.attributes.iter().filter(|attribute| attribute.hides());
            let urn = urn.map(str::to_owned);
            hidden
                .map(|attribute| Hidden {
                    urn: urn.clone(),
                    attribute: attribute.clone(),
                })
                .collect::<Vec<_>>()
        };
        let mut hidden = of(None, &core);
        for Extension { schema, .. } in &extensions {
            hidden.extend(of(Some(&schema.id), schema));
        }
        Self {
            kind,
            core,
            extensions,
            hidden,
        }
    }

    /// Attributes that are never returned, or on request only, and those with such parts.
    pub(crate) fn hidden(&self) -> &[Hidden] {
        &self.hidden
    }

    /// Which kind.
    #[must_use]
    pub fn kind(&self) -> ResourceKind {
        self.kind
    }

    /// Its name, as in `meta.resourceType`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.kind.name()
    }

    /// The core schema, with the common attributes (RFC 7643 section 3.1).
    #[must_use]
    pub fn core(&self) -> &Schema {
        &self.core
    }

    /// Its extensions, in the order in which discovery lists them.
    #[must_use]
    pub fn extensions(&self) -> &[Extension] {
        &self.extensions
    }

    /// The extension that has this URN, in any case.
    #[must_use]
    pub fn extension(&self, urn: &str) -> Option<&Schema> {
        let found = self
            .extensions
            .iter()
            .find(|extension| extension.schema.id.eq_ignore_ascii_case(urn))?;
        Some(&found.schema)
    }

    /// The values of a document that must not stand in another resource. What is unique in the
    /// core schema (`id`, `userName`, a group's `displayName`) has its own place in the store.
    #[must_use]
    pub fn unique_values(&self, document: &Map<String, Value>) -> Vec<UniqueValue> {
        let mut values = Vec::new();
        for (schema, attribute) in self.unique_attributes() {
            let held = document
                .get(&schema.id)
                .and_then(|held| held.get(&attribute.name));
            for value in held.into_iter().flat_map(entries) {
                values.push(UniqueValue {
                    attribute: unique_name(&schema.id, &attribute.name),
                    value: comparable(attribute, value),
                });
            }
        }
        values.sort();
        values.dedup();
        values
    }

    /// Whether any attribute of an extension is unique.
    #[must_use]
    pub fn has_unique_attributes(&self) -> bool {
        self.unique_attributes().next().is_some()
    }

    fn unique_attributes(&self) -> impl Iterator<Item = (&Schema, &Attribute)> {
        self.extensions
            .iter()
            .map(|extension| &extension.schema)
            .flat_map(|schema| schema.attributes.iter().map(move |attribute| (schema, attribute)))
            .filter(|(_, attribute)| attribute.uniqueness == Uniqueness::Server)
    }
}

/// How the store knows a unique attribute.
pub(crate) fn unique_name(urn: &str, attribute: &str) -> String {
    format!("{urn}:{attribute}").to_ascii_lowercase()
}

/// A value as text, in the form in which it is compared: equal values have one text.
fn comparable(attribute: &Attribute, value: &Value) -> String {
    match value {
        Value::String(text) => attribute.comparable(text).into_owned(),
        Value::Number(number) if !number.is_i64() && !number.is_u64() => {
            number.as_f64().unwrap_or_default().to_string()
        }
        other => other.to_string(),
    }
}

fn entries(value: &Value) -> &[Value] {
    match value {
        Value::Array(entries) => entries,
        one => std::slice::from_ref(one),
    }
}
