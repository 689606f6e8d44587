//! `attributes` and `excludedAttributes` (RFC 7644 section 3.9), and what schemas say of when an
//! attribute is returned (RFC 7643 section 7).

mod names;

use serde_json::{Map, Value};

use crate::error::ScimError;
use crate::schema::{Attribute, Hidden, ResourceType, Returned};
use names::{Asked, Names};

/// Which attributes an answer has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Projection(Mode);

#[derive(Debug, Clone, PartialEq, Eq, Default)]
enum Mode {
    /// What is returned by default.
    #[default]
    Default,
    /// Also what is returned on request only, and what never is.
    Whole,
    Only(Names),
    Except(Names),
}

impl Projection {
    /// Parses the values of both parameters. Names that no schema has are ignored.
    ///
    /// # Errors
    /// `invalidValue` if both are given, or for a list without bounds.
    pub fn parse(attributes: Option<&str>, excluded: Option<&str>) -> Result<Self, ScimError> {
        let only = Names::parse(attributes)?;
        let except = Names::parse(excluded)?;
        match (only.is_empty(), except.is_empty()) {
            (true, true) => Ok(Self::default()),
            (false, true) => Ok(Self(Mode::Only(only))),
            (true, false) => Ok(Self(Mode::Except(except))),
            (false, false) => Err(ScimError::invalid_value(
                "attributes and excludedAttributes exclude each other.",
            )),
        }
    }

    /// Everything, also what no client is shown: what filters and sorting look at.
    #[must_use]
    pub fn whole() -> Self {
        Self(Mode::Whole)
    }

    /// Whether any part of `members` of a group is shown; if not, they need not be read.
    #[must_use]
    pub fn wants_members(&self) -> bool {
        self.wants("members")
    }

    /// Whether `attributes` names `members` of a group, or a part of them.
    #[must_use]
    pub fn asks_for_members(&self) -> bool {
        matches!(&self.0, Mode::Only(names) if !matches!(names.asked(None, "members"), Asked::No))
    }

    /// Whether any part of `groups` of a user is shown.
    #[must_use]
    pub fn wants_groups(&self) -> bool {
        self.wants("groups")
    }

    fn wants(&self, attribute: &str) -> bool {
        match &self.0 {
            Mode::Default | Mode::Whole => true,
            Mode::Only(names) => !matches!(names.asked(None, attribute), Asked::No),
            Mode::Except(names) => !matches!(names.asked(None, attribute), Asked::Whole),
        }
    }

    /// Takes out of a resource what is not shown.
    pub(crate) fn apply(
        &self,
        resource_type: &ResourceType,
        resource: Map<String, Value>,
    ) -> Map<String, Value> {
        match self.0 {
            Mode::Whole => return resource,
            Mode::Default => return self.without_hidden(resource_type, resource),
            Mode::Only(_) | Mode::Except(_) => {}
        }
        let mut shown = Map::new();
        for (key, value) in resource {
            let value = match (resource_type.extension(&key), value) {
                (Some(schema), Value::Object(members)) => {
                    self.extension(&key, members, |name| schema.attribute(name))
                }
                (None, Value::Object(members)) if key.contains(':') => {
                    self.extension(&key, members, |_| None)
                }
                (_, value) => self.attribute(None, &key, resource_type.core().attribute(&key), value),
            };
            shown.extend(value.map(|value| (key, value)));
        }
        shown
    }

    /// By default little is hidden: only that is looked at.
    fn without_hidden(
        &self,
        resource_type: &ResourceType,
        mut resource: Map<String, Value>,
    ) -> Map<String, Value> {
        for Hidden { urn, attribute } in resource_type.hidden() {
            let name = &attribute.name;
            let container = match urn {
                None => Some(&mut resource),
                Some(urn) => resource.get_mut(urn).and_then(Value::as_object_mut),
            };
            let Some(container) = container else { continue };
            // The place among the others stays.
            if let Some(slot) = container.get_mut(name) {
                match self.attribute(urn.as_deref(), name, Some(attribute), slot.take()) {
                    Some(shown) => *slot = shown,
                    None => {
                        container.shift_remove(name);
                    }
                }
            }
            if let Some(urn) = urn
                && resource
                    .get(urn)
                    .and_then(Value::as_object)
                    .is_some_and(Map::is_empty)
            {
                resource.shift_remove(urn);
            }
        }
        resource
    }

    fn extension<'s>(
        &self,
        urn: &str,
        members: Map<String, Value>,
        known: impl Fn(&str) -> Option<&'s Attribute>,
    ) -> Option<Value> {
        let mut shown = Map::new();
        for (key, value) in members {
            let value = self.attribute(Some(urn), &key, known(&key), value);
            shown.extend(value.map(|value| (key, value)));
        }
        (!shown.is_empty()).then_some(Value::Object(shown))
    }

    /// One attribute as it is shown, or none.
    pub(crate) fn attribute(
        &self,
        urn: Option<&str>,
        name: &str,
        attribute: Option<&Attribute>,
        value: Value,
    ) -> Option<Value> {
        let asked = match &self.0 {
            Mode::Whole => return Some(value),
            Mode::Default => Asked::No,
            Mode::Only(names) | Mode::Except(names) => names.asked(urn, name),
        };
        let returned = attribute.map_or(Returned::Default, |attribute| attribute.returned);
        let part = |sub: &str| self.part(attribute, sub, &asked);
        match (returned, &asked, &self.0) {
            (Returned::Never, ..) => None,
            (Returned::Always, ..) => Some(value),
            (_, Asked::Whole | Asked::Parts(_), Mode::Only(_)) => parts(value, &part),
            (Returned::Default, Asked::No | Asked::Parts(_), Mode::Default | Mode::Except(_)) => {
                parts(value, &part)
            }
            _ => None,
        }
    }

    /// Whether a part of an attribute that is shown is shown itself.
    fn part(&self, attribute: Option<&Attribute>, sub: &str, asked: &Asked<'_>) -> bool {
        let returned = attribute
            .and_then(|attribute| attribute.sub_attribute(sub))
            .map_or(Returned::Default, |sub| sub.returned);
        let named = asked.names_part(sub);
        match (returned, &self.0) {
            (Returned::Never, _) => false,
            (Returned::Always, _) => true,
            (Returned::Request, Mode::Only(_)) => named,
            (Returned::Request, _) => false,
            (Returned::Default, Mode::Only(_)) => named || matches!(asked, Asked::Whole),
            (Returned::Default, Mode::Except(_)) => !named,
            (Returned::Default, _) => true,
        }
    }
}

/// The parts of a complex value that are shown; a simple value is shown as it is.
fn parts(value: Value, shown: &dyn Fn(&str) -> bool) -> Option<Value> {
    match value {
        Value::Object(mut object) => {
            object.retain(|key, _| shown(key));
            (!object.is_empty()).then_some(Value::Object(object))
        }
        // An empty list says that there is none, and stays.
        Value::Array(entries) if !entries.is_empty() => {
            let entries: Vec<Value> = entries
                .into_iter()
                .filter_map(|entry| parts(entry, shown))
                .collect();
            (!entries.is_empty()).then_some(Value::Array(entries))
        }
        scalar => Some(scalar),
    }
}
