//! `sortBy` and `sortOrder` (RFC 7644 section 3.4.2.3).

use std::cmp::Ordering;

use serde_json::Value;

use crate::ResourceKind;
use crate::document::{Document, get};
use crate::error::ScimError;
use crate::path::{self, Place, Target};
use crate::text::{fold, quote};

/// What to sort by.
#[derive(Debug, Clone)]
pub struct Sorting {
    place: Place,
    descending: bool,
}

/// A resource's place in the order. `Ord` is the order asked for: absent values come last when
/// ascending and first when descending, as the RFC says.
#[derive(Debug, Clone, PartialEq)]
pub struct SortKey {
    value: Key,
    descending: bool,
}

#[derive(Debug, Clone, PartialEq)]
enum Key {
    Bool(bool),
    Number(f64),
    Text(String),
    Absent,
}

impl Sorting {
    /// Finds what `sortBy` names.
    ///
    /// # Errors
    /// `invalidValue`: no schema has the attribute, or it has parts and none is named.
    pub fn resolve(kind: ResourceKind, sort_by: &str, descending: bool) -> Result<Self, ScimError> {
        let unknown =
            || ScimError::invalid_value(format!("sortBy names \"{}\", which is unknown.", quote(sort_by)));
        let path = path::parse(sort_by.trim()).ok().flatten().ok_or_else(unknown)?;
        match path::resolve_patch(kind, &path, &Document::new()) {
            Some(Target::Attribute(place)) if place.attribute.is_some() && place.filter.is_none() => {
                Ok(Self { place, descending })
            }
            _ => Err(unknown()),
        }
    }

    /// The key of a resource, as [`present`](crate::present) writes it. Of several values the
    /// primary one counts, else the first.
    #[must_use]
    pub fn key(&self, resource: &Value) -> SortKey {
        let value = self.value(resource).map_or(Key::Absent, |value| match value {
            Value::Bool(value) => Key::Bool(*value),
            Value::Number(number) => number.as_f64().map_or(Key::Absent, Key::Number),
            Value::String(text) if self.place.attribute.is_some_and(|attribute| attribute.case_exact) => {
                Key::Text(text.clone())
            }
            Value::String(text) => Key::Text(fold(text)),
            _ => Key::Absent,
        });
        SortKey {
            value,
            descending: self.descending,
        }
    }

    fn value<'a>(&self, resource: &'a Value) -> Option<&'a Value> {
        let resource = resource.as_object()?;
        let container = match &self.place.extension {
            None => resource,
            Some(urn) => get(resource, urn)?.as_object()?,
        };
        let mut value = get(container, &self.place.name)?;
        if let Value::Array(entries) = value {
            let primary = |entry: &&Value| entry.get("primary").and_then(Value::as_bool) == Some(true);
            value = entries.iter().find(primary).or_else(|| entries.first())?;
        }
        match value {
            Value::Object(object) => get(object, self.place.sub.as_deref().unwrap_or("value")),
            scalar => Some(scalar),
        }
    }
}

impl Eq for SortKey {}

impl PartialOrd for SortKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for SortKey {
    fn cmp(&self, other: &Self) -> Ordering {
        let ascending = match (&self.value, &other.value) {
            (Key::Bool(one), Key::Bool(other)) => one.cmp(other),
            (Key::Number(one), Key::Number(other)) => one.total_cmp(other),
            (Key::Text(one), Key::Text(other)) => one.cmp(other),
            (one, other) => one.rank().cmp(&other.rank()),
        };
        if self.descending {
            ascending.reverse()
        } else {
            ascending
        }
    }
}

impl Key {
    fn rank(&self) -> u8 {
        match self {
            Self::Bool(_) => 0,
            Self::Number(_) => 1,
            Self::Text(_) => 2,
            Self::Absent => 3,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Sorting;
    use crate::ResourceKind;

    fn sorted(by: &str, descending: bool, mut resources: Vec<Value>) -> Vec<u64> {
        let sorting = Sorting::resolve(ResourceKind::User, by, descending).unwrap();
        resources.sort_by_key(|resource| sorting.key(resource));
        resources
            .iter()
            .map(|resource| resource["n"].as_u64().unwrap())
            .collect()
    }

    #[test]
    fn case_counts_only_where_the_schema_says_so() {
        let users = vec![
            json!({"n": 1, "userName": "b", "externalId": "b"}),
            json!({"n": 2, "userName": "A", "externalId": "a"}),
            json!({"n": 3, "userName": "C", "externalId": "C"}),
        ];
        assert_eq!(sorted("userName", false, users.clone()), [2, 1, 3]);
        assert_eq!(sorted("USERNAME", true, users.clone()), [3, 1, 2]);
        assert_eq!(sorted("externalId", false, users), [3, 2, 1]);
    }

    #[test]
    fn absent_values_come_last_ascending_and_first_descending() {
        let users = vec![json!({"n": 1}), json!({"n": 2, "name": {"familyName": "x"}})];
        assert_eq!(sorted("name.familyName", false, users.clone()), [2, 1]);
        assert_eq!(sorted("name.familyName", true, users), [1, 2]);
    }

    #[test]
    fn of_several_values_the_primary_one_counts() {
        let users = vec![
            json!({"n": 1, "emails": [{"value": "a@x"}, {"value": "z@x", "primary": true}]}),
            json!({"n": 2, "emails": [{"value": "b@x"}]}),
        ];
        assert_eq!(sorted("emails", false, users.clone()), [2, 1]);
        assert_eq!(sorted("emails.value", false, users), [2, 1]);
    }

    #[test]
    fn unknown_names_are_refused() {
        for name in [
            "nothing",
            "name.nothing",
            "emails[type eq \"work\"]",
            "",
            "urn:x:y",
        ] {
            assert!(
                Sorting::resolve(ResourceKind::User, name, false).is_err(),
                "{name}"
            );
        }
    }
}
