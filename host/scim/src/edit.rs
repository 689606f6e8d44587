//! Changing a document: the part that POST, PUT and PATCH share.
//!
//! A body without paths is a set of assignments, wherever it stands: a whole resource, Okta's
//! `{"op":"replace","value":{"active":false}}`, or Entra's object with dotted keys.

mod entries;
mod matching;
mod remove;
mod single;

use scim_v2::filter::{AttrPath, PatchPath};
use serde_json::{Map, Value};

use crate::document::{Document, get_key, is_reserved};
use crate::error::ScimError;
use crate::normal;
use crate::path::{self, Place, Target};
use crate::schema::{Mutability, ResourceType};
use crate::text::quote;

pub(crate) use remove::remove;

/// How a value meets what is there (RFC 7644 sections 3.5.2.1 and 3.5.2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    /// Lists grow; the rest is set.
    Add,
    /// Lists are replaced; the rest is set.
    Replace,
}

/// One kind of change.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Edit<'s> {
    resource_type: &'s ResourceType,
    verb: Verb,
    /// Whether the client named the attribute in a path. A read-only attribute is then an error;
    /// without a path it is an echo of what we sent, and ignored.
    explicit: bool,
    /// Whether `emails[type eq "work"].value` makes an entry when there is none.
    create_missing: bool,
}

impl<'s> Edit<'s> {
    /// A change by an object without a path.
    pub(crate) fn body(resource_type: &'s ResourceType, verb: Verb) -> Self {
        Self {
            resource_type,
            verb,
            explicit: false,
            create_missing: true,
        }
    }

    /// A change by a path. `replace` of an entry that is missing is `noTarget` (RFC 7644 section
    /// 3.5.2.3) unless the client's dialect expects otherwise.
    pub(crate) fn path(resource_type: &'s ResourceType, verb: Verb, create_missing: bool) -> Self {
        Self {
            resource_type,
            verb,
            explicit: true,
            create_missing: create_missing || verb == Verb::Add,
        }
    }

    /// Assigns every member of an object.
    pub(crate) fn merge(self, document: &mut Document, object: &Map<String, Value>) -> Result<(), ScimError> {
        for (key, value) in object {
            let target = path::resolve_key(self.resource_type, key, value, document)?;
            self.assign(document, &target, value)?;
        }
        Ok(())
    }

    /// Assigns a value to what a name stands for.
    pub(crate) fn assign(
        self,
        document: &mut Document,
        target: &Target<'_>,
        value: &Value,
    ) -> Result<(), ScimError> {
        match target {
            Target::Core => match value {
                // One level only: the core URN within itself has no meaning, and no end.
                Value::Object(object)
                    if !object
                        .keys()
                        .any(|key| key.eq_ignore_ascii_case(&self.resource_type.core().id)) =>
                {
                    self.merge(document, object)
                }
                _ => Err(ScimError::invalid_value(format!(
                    "{} must be an object.",
                    self.resource_type.core().id
                ))),
            },
            Target::Extension { urn } => self.assign_extension(document, urn, value),
            Target::Attribute(place) => self.assign_attribute(document, place, value),
        }
    }

    fn assign_extension(self, document: &mut Document, urn: &str, value: &Value) -> Result<(), ScimError> {
        let object = match value {
            Value::Null if self.verb == Verb::Add => return Ok(()),
            Value::Null => {
                document.shift_remove(urn);
                return Ok(());
            }
            Value::Object(object) => object,
            _ => {
                return Err(ScimError::invalid_value(format!(
                    "{} must be an object.",
                    quote(urn)
                )));
            }
        };
        for (name, value) in object {
            normal::check_name(name)?;
            let place = extension_place(self.resource_type, urn, name, document);
            self.assign_attribute(document, &place, value)?;
        }
        Ok(())
    }

    fn assign_attribute(
        self,
        document: &mut Document,
        place: &Place<'_>,
        value: &Value,
    ) -> Result<(), ScimError> {
        if !self.may_write(place)? {
            return Ok(());
        }
        if normal::unassigns(place.meant(), value) {
            return match self.verb {
                Verb::Replace if is_present(document, place) => remove(
                    self.resource_type,
                    document,
                    &Target::Attribute(place.clone()),
                    None,
                ),
                _ => Ok(()),
            };
        }
        let container = container(document, place)?;
        match (place.attribute, &place.filter) {
            (Some(attribute), Some(filter)) => {
                matching::assign(self, container, place, attribute, filter, value)?
            }
            (Some(attribute), None) if attribute.multi_valued => {
                entries::assign(self.verb, container, place, attribute, value)?;
            }
            (Some(attribute), None) => single::known(container, place, attribute, value)?,
            (None, None) => single::unknown(self.verb, container, place, value)?,
            (None, Some(_)) => {
                return Err(ScimError::invalid_path(format!(
                    "\"{}\" is not a list that is known here.",
                    quote(&place.name)
                )));
            }
        }
        drop_empty_extension(document, place);
        Ok(())
    }

    /// Whether a place takes values at all; false: the value is ignored.
    fn may_write(self, place: &Place<'_>) -> Result<bool, ScimError> {
        let top = place.extension.is_none();
        let mutability = place.mutability();
        if mutability == Mutability::ReadOnly {
            return match self.explicit && !(top && place.name == "schemas") {
                true => Err(read_only(&place.name)),
                false => Ok(false),
            };
        }
        // What is written and never shown has no use here: it is taken and forgotten.
        let ignored = mutability == Mutability::WriteOnly || (top && is_reserved(&place.name));
        Ok(!ignored)
    }
}

/// Null unassigns (RFC 7643 section 2.5), and of what is not there nothing needs to be.
fn is_present(document: &Document, place: &Place<'_>) -> bool {
    let container = match &place.extension {
        None => Some(document),
        Some(urn) => document.get(urn).and_then(Value::as_object),
    };
    container.is_some_and(|container| container.contains_key(&place.name))
}

/// The error for a change of what only the server sets.
pub(crate) fn read_only(name: &str) -> ScimError {
    ScimError::mutability(format!("{name} is read-only."))
}

/// Where a member of an extension's object is stored: `manager` and `manager.value` alike.
fn extension_place<'s>(
    resource_type: &'s ResourceType,
    urn: &str,
    name: &str,
    document: &Document,
) -> Place<'s> {
    // What could not be written as a path is a name as it stands.
    let as_path = || match path::parse(&format!("{urn}:{name}")) {
        Ok(Some(PatchPath::Attr(path))) => Some(path),
        _ => None,
    };
    let dotted = name.contains('.').then(as_path).flatten();
    let (first, sub) = dotted.map_or((name.to_owned(), None), |path| (path.name, path.sub_attr));
    let path = AttrPath {
        uri: Some(urn.to_owned()),
        name: first,
        sub_attr: sub,
    };
    let stored = document
        .get(urn)
        .and_then(Value::as_object)
        .and_then(|members| get_key(members, &path.name));
    match path::resolve(resource_type, &path, None) {
        Some(Target::Attribute(place)) if place.attribute.is_some() => place,
        _ => Place {
            extension: Some(urn.to_owned()),
            name: stored.unwrap_or(&path.name).to_owned(),
            attribute: None,
            sub: path.sub_attr.clone(),
            filter: None,
        },
    }
}

/// The object that holds a place: the document, or the extension's object in it.
fn container<'a>(document: &'a mut Document, place: &Place<'_>) -> Result<&'a mut Document, ScimError> {
    let Some(urn) = &place.extension else {
        return Ok(document);
    };
    let slot = document
        .entry(urn.as_str())
        .or_insert_with(|| Value::Object(Map::new()));
    slot.as_object_mut()
        .ok_or_else(|| ScimError::invalid_path(format!("\"{}\" is not an extension here.", quote(urn))))
}

fn drop_empty_extension(document: &mut Document, place: &Place<'_>) {
    if let Some(urn) = &place.extension
        && document
            .get(urn)
            .and_then(Value::as_object)
            .is_some_and(Map::is_empty)
    {
        document.shift_remove(urn);
    }
}
