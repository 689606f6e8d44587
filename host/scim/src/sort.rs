//! `sortBy` and `sortOrder` (RFC 7644 section 3.4.2.3).

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::document::{Document, get};
use crate::error::ScimError;
use crate::filter::Subject;
use crate::path::{self, Place, Target};
use crate::schema::{Attribute, AttributeType, ResourceType};
use crate::text::{fold, quote};
use crate::{ResourceKind, time};

/// What to sort by.
#[derive(Debug, Clone)]
pub struct Sorting<'s> {
    /// None: resources of this kind do not have it.
    place: Option<Place<'s>>,
    /// Whether the largest comes first.
    pub descending: bool,
}

/// Orders that the store has an index for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Indexed {
    /// `userName`, of users.
    UserName,
    /// `displayName`, of groups: every group has one.
    DisplayName,
}

/// A resource's place in the order. `Ord` is the order asked for: absent values come last when
/// ascending and first when descending, as the RFC says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SortKey {
    value: Key,
    descending: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Key {
    Bool(bool),
    Number(f64),
    Text(String),
    Absent,
}

impl<'s> Sorting<'s> {
    /// Finds what `sortBy` names.
    ///
    /// # Errors
    /// `invalidValue`: no schema has the attribute.
    pub fn resolve(
        resource_type: &'s ResourceType,
        sort_by: &str,
        descending: bool,
    ) -> Result<Self, ScimError> {
        let unknown =
            || ScimError::invalid_value(format!("sortBy names \"{}\", which is unknown.", quote(sort_by)));
        let path = path::parse(sort_by.trim()).ok().flatten().ok_or_else(unknown)?;
        match path::resolve_patch(resource_type, &path, &Document::new()) {
            Some(Target::Attribute(place)) if place.attribute.is_some() && place.filter.is_none() => {
                Ok(Self {
                    place: Some(place),
                    descending,
                })
            }
            _ => Err(unknown()),
        }
    }

    /// The same for an order over several types at once: what one of the others has has no value here.
    ///
    /// # Errors
    /// `invalidValue`: no type has the attribute.
    pub fn among(
        resource_type: &'s ResourceType,
        others: &[&'s ResourceType],
        sort_by: &str,
        descending: bool,
    ) -> Result<Self, ScimError> {
        let elsewhere = |other: &&'s ResourceType| Self::resolve(other, sort_by, descending).is_ok();
        match Self::resolve(resource_type, sort_by, descending) {
            Err(_) if others.iter().any(elsewhere) => Ok(Self {
                place: None,
                descending,
            }),
            resolved => resolved,
        }
    }

    /// The index that has this order, if there is one.
    #[must_use]
    pub fn indexed(&self, kind: ResourceKind) -> Option<Indexed> {
        let place = self.place.as_ref()?;
        match (place.extension.is_none(), place.name.as_str(), kind) {
            (true, "userName", ResourceKind::User) => Some(Indexed::UserName),
            (true, "displayName", ResourceKind::Group) => Some(Indexed::DisplayName),
            _ => None,
        }
    }

    /// The key of a resource. Of several values the primary one counts, else the first.
    ///
    /// # Errors
    /// A look-up of the subject's failed.
    pub fn key<S: Subject>(&self, subject: &S) -> Result<SortKey, S::Error> {
        let Some(place) = &self.place else {
            return Ok(self.in_order(None));
        };
        let value = if place.is_related() {
            let mut first = None;
            subject.any_related(&mut |entry| {
                first = Some(entry.clone());
                true
            })?;
            first.map(|first| self.key_of(&first))
        } else if place.is_added() {
            subject.added(&place.name).map(|value| self.key_of(&value))
        } else {
            let stored = match &place.extension {
                None => subject.stored(&place.name),
                Some(urn) => subject
                    .stored(urn)
                    .and_then(Value::as_object)
                    .and_then(|members| get(members, &place.name)),
            };
            stored.map(|value| self.key_of(value))
        };
        Ok(self.in_order(value))
    }

    fn in_order(&self, value: Option<Key>) -> SortKey {
        SortKey {
            value: value.unwrap_or(Key::Absent),
            descending: self.descending,
        }
    }

    /// The part of a complex value that counts.
    fn part(&self) -> &str {
        let sub = self.place.as_ref().and_then(|place| place.sub.as_deref());
        sub.unwrap_or("value")
    }

    fn key_of(&self, value: &Value) -> Key {
        match self.scalar(value) {
            Some(Value::Bool(value)) => Key::Bool(*value),
            Some(Value::Number(number)) => number.as_f64().map_or(Key::Absent, Key::Number),
            Some(Value::String(text)) => match self.compared() {
                Some(attribute) if attribute.kind == AttributeType::DateTime => {
                    // Two spellings of one time are equal. Milliseconds are exact here until far
                    // beyond any calendar.
                    #[expect(clippy::cast_precision_loss, reason = "below 2^53 for 285,000 years")]
                    time::parse_ms(text).map_or(Key::Absent, |ms| Key::Number(ms as f64))
                }
                Some(attribute) => Key::Text(attribute.comparable(text).into_owned()),
                None => Key::Text(fold(text)),
            },
            _ => Key::Absent,
        }
    }

    fn scalar<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        let value = match value {
            Value::Array(entries) => {
                let primary = |entry: &&Value| entry.get("primary").and_then(Value::as_bool) == Some(true);
                entries.iter().find(primary).or_else(|| entries.first())?
            }
            one => one,
        };
        match value {
            Value::Object(object) => get(object, self.part()),
            scalar => Some(scalar),
        }
    }

    fn compared(&self) -> Option<&'s Attribute> {
        let attribute = self.place.as_ref()?.attribute?;
        attribute.sub_attribute(self.part()).or(Some(attribute))
    }
}

impl SortKey {
    /// The text of the key, where it is one: the store's indexes hold texts.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Key::Text(text) => Some(text),
            _ => None,
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
    use crate::schema::Schemas;

    fn sorted(by: &str, descending: bool, mut resources: Vec<Value>) -> Vec<u64> {
        let sorting = Sorting::resolve(Schemas::standard().user(), by, descending).unwrap();
        resources.sort_by_key(|resource| sorting.key(resource.as_object().unwrap()).unwrap());
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
                Sorting::resolve(Schemas::standard().user(), name, false).is_err(),
                "{name}"
            );
        }
    }
}
