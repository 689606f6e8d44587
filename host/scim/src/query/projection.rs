//! `attributes` and `excludedAttributes` (RFC 7644 section 3.9).

use serde_json::{Map, Value};

use crate::error::ScimError;
use crate::limits::{MAX_PATH, MAX_PROJECTION};
use crate::text::quote;

/// Which attributes an answer has.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Projection(Mode);

#[derive(Debug, Clone, PartialEq, Eq, Default)]
enum Mode {
    #[default]
    All,
    Whole,
    Only(Vec<Name>),
    Except(Vec<Name>),
}

/// One name of the list, in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Name {
    /// As sent: may be the URN of a whole extension.
    full: String,
    /// The URN before the name.
    urn: Option<String>,
    name: String,
    sub: Option<String>,
}

/// How much of a member of the resource a list of names covers.
enum Covered<'a> {
    All,
    Parts(Vec<&'a str>),
    No,
}

impl Projection {
    /// Parses the values of both parameters. Names that no schema has are ignored.
    ///
    /// # Errors
    /// `invalidValue` if both are given, or for a list without bounds.
    pub fn parse(attributes: Option<&str>, excluded: Option<&str>) -> Result<Self, ScimError> {
        let only = names(attributes)?;
        let except = names(excluded)?;
        match (only.is_empty(), except.is_empty()) {
            (true, true) => Ok(Self::default()),
            (false, true) => Ok(Self(Mode::Only(only))),
            (true, false) => Ok(Self(Mode::Except(except))),
            (false, false) => Err(ScimError::invalid_value(
                "attributes and excludedAttributes exclude each other.",
            )),
        }
    }

    /// Everything, also what is returned on request only: what filters and sorting look at.
    #[must_use]
    pub fn whole() -> Self {
        Self(Mode::Whole)
    }

    /// Whether a sub-attribute that is returned on request only was asked for by its name.
    pub(crate) fn requests(&self, attribute: &str, sub: &str) -> bool {
        let asked = |name: &Name| {
            name.name.eq_ignore_ascii_case(attribute)
                && name
                    .sub
                    .as_deref()
                    .is_some_and(|name| name.eq_ignore_ascii_case(sub))
        };
        match &self.0 {
            Mode::Whole => true,
            Mode::Only(names) => names.iter().any(asked),
            Mode::All | Mode::Except(_) => false,
        }
    }

    /// Whether `members` of a group are wanted; if not, they need not be read.
    #[must_use]
    pub fn wants_members(&self) -> bool {
        self.wants("members")
    }

    /// Whether `groups` of a user are wanted.
    #[must_use]
    pub fn wants_groups(&self) -> bool {
        self.wants("groups")
    }

    /// Whether any part of a core attribute is wanted.
    #[must_use]
    pub fn wants(&self, attribute: &str) -> bool {
        match &self.0 {
            Mode::All | Mode::Whole => true,
            Mode::Only(names) => !matches!(covered(names, None, attribute), Covered::No),
            Mode::Except(names) => !matches!(covered(names, None, attribute), Covered::All),
        }
    }

    /// Takes out what is not wanted. `id` and `schemas` always stay.
    #[must_use]
    pub(crate) fn apply(&self, resource: Map<String, Value>) -> Map<String, Value> {
        match &self.0 {
            Mode::All | Mode::Whole => resource,
            Mode::Only(names) => select(resource, names, true),
            Mode::Except(names) => select(resource, names, false),
        }
    }
}

fn select(resource: Map<String, Value>, names: &[Name], keep: bool) -> Map<String, Value> {
    let mut selected = Map::new();
    for (key, value) in resource {
        if matches!(key.as_str(), "id" | "schemas") {
            selected.insert(key, value);
            continue;
        }
        let value = match value {
            Value::Object(members) if key.contains(':') => {
                let whole = names.iter().any(|name| name.full.eq_ignore_ascii_case(&key));
                match (whole, keep) {
                    (true, true) => Some(Value::Object(members)),
                    (true, false) => None,
                    (false, _) => extension(&key, members, names, keep),
                }
            }
            value => member(None, &key, value, names, keep),
        };
        selected.extend(value.map(|value| (key, value)));
    }
    selected
}

fn extension(urn: &str, members: Map<String, Value>, names: &[Name], keep: bool) -> Option<Value> {
    let mut selected = Map::new();
    for (key, value) in members {
        let value = member(Some(urn), &key, value, names, keep);
        selected.extend(value.map(|value| (key, value)));
    }
    (!selected.is_empty()).then_some(Value::Object(selected))
}

fn member(urn: Option<&str>, key: &str, value: Value, names: &[Name], keep: bool) -> Option<Value> {
    match covered(names, urn, key) {
        Covered::All => keep.then_some(value),
        Covered::No => (!keep).then_some(value),
        Covered::Parts(parts) => subs(value, &parts, keep),
    }
}

fn subs(value: Value, parts: &[&str], keep: bool) -> Option<Value> {
    match value {
        Value::Object(mut object) => {
            object.retain(|key, _| parts.iter().any(|part| part.eq_ignore_ascii_case(key)) == keep);
            (!object.is_empty()).then_some(Value::Object(object))
        }
        Value::Array(entries) => {
            let entries: Vec<Value> = entries
                .into_iter()
                .filter_map(|entry| subs(entry, parts, keep))
                .collect();
            (!entries.is_empty()).then_some(Value::Array(entries))
        }
        scalar => (!keep).then_some(scalar),
    }
}

fn covered<'a>(names: &'a [Name], urn: Option<&str>, key: &str) -> Covered<'a> {
    const CORE: &str = "urn:ietf:params:scim:schemas:core:2.0:";
    let mut parts = Vec::new();
    for name in names.iter().filter(|name| name.name.eq_ignore_ascii_case(key)) {
        let same_schema = match (&name.urn, urn) {
            (None, None) => true,
            (Some(name), Some(urn)) => name.eq_ignore_ascii_case(urn),
            (Some(name), None) => name.starts_with(&CORE.to_ascii_lowercase()),
            (None, Some(_)) => false,
        };
        match &name.sub {
            _ if !same_schema => {}
            None => return Covered::All,
            Some(sub) => parts.push(sub.as_str()),
        }
    }
    if parts.is_empty() {
        Covered::No
    } else {
        Covered::Parts(parts)
    }
}

fn names(list: Option<&str>) -> Result<Vec<Name>, ScimError> {
    let names = list
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty());
    let mut parsed = Vec::new();
    for full in names {
        if full.len() > MAX_PATH || parsed.len() == MAX_PROJECTION {
            return Err(ScimError::invalid_value(format!(
                "attributes: at most {MAX_PROJECTION} names of {MAX_PATH} bytes, not \"{}\".",
                quote(full)
            )));
        }
        let full = full.to_ascii_lowercase();
        let (urn, rest) = match full.rsplit_once(':') {
            Some((urn, rest)) => (Some(urn.to_owned()), rest),
            None => (None, full.as_str()),
        };
        let (name, sub) = match rest.split_once('.') {
            Some((name, sub)) => (name.to_owned(), Some(sub.to_owned())),
            None => (rest.to_owned(), None),
        };
        parsed.push(Name { full, urn, name, sub });
    }
    Ok(parsed)
}
