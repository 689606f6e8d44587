//! The attributes of a registered schema.

use serde_json::{Map, Value, json};

use super::{Problem, problem};
use crate::document::get;
use crate::limits::{MAX_SCHEMA_ATTRIBUTES, MAX_STRING};
use crate::text::quote;

const TYPES: [&str; 8] = [
    "string",
    "boolean",
    "decimal",
    "integer",
    "dateTime",
    "binary",
    "reference",
    "complex",
];
const MUTABILITY: [&str; 4] = ["readWrite", "readOnly", "immutable", "writeOnly"];
const RETURNED: [&str; 4] = ["default", "always", "never", "request"];
const UNIQUENESS: [&str; 3] = ["none", "server", "global"];

/// A list of attributes, or, where `top` is false, of sub-attributes.
pub(super) fn list(list: Option<&Value>, path: &str, top: bool, problems: &mut Vec<Problem>) -> Value {
    let Some(items) = list.and_then(Value::as_array).filter(|items| !items.is_empty()) else {
        problems.push(problem(path, "must be a list with at least one attribute"));
        return Value::Null;
    };
    if items.len() > MAX_SCHEMA_ATTRIBUTES {
        problems.push(problem(
            path,
            &format!("has more than {MAX_SCHEMA_ATTRIBUTES} attributes"),
        ));
        return Value::Null;
    }
    let mut names: Vec<String> = Vec::new();
    let mut complete = Vec::new();
    for (number, item) in items.iter().enumerate() {
        let path = format!("{path}/{number}");
        let Some(item) = item.as_object() else {
            problems.push(problem(&path, "must be a JSON object"));
            continue;
        };
        let reader = Reader { item, path };
        let attribute = reader.attribute(top, problems);
        let name = attribute
            .get("name")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_ascii_lowercase();
        if names.contains(&name) {
            problems.push(problem(
                &format!("{}/name", reader.path),
                "stands here twice; case does not tell names apart",
            ));
        }
        names.push(name);
        complete.push(Value::Object(attribute));
    }
    Value::Array(complete)
}

/// One attribute, with its place in the document.
struct Reader<'a> {
    item: &'a Map<String, Value>,
    path: String,
}

impl Reader<'_> {
    fn attribute(&self, top: bool, problems: &mut Vec<Problem>) -> Map<String, Value> {
        let mut complete = Map::new();
        complete.insert("name".into(), self.name(problems).into());
        let kind = self.one_of("type", &TYPES, "string", problems);
        complete.insert("type".into(), kind.into());
        complete.insert("multiValued".into(), self.flag("multiValued", problems).into());
        complete.insert("description".into(), self.description(problems).into());
        complete.insert("required".into(), self.flag("required", problems).into());
        complete.extend(
            self.texts("canonicalValues", problems)
                .map(|values| ("canonicalValues".to_owned(), values)),
        );
        match (kind, top) {
            ("complex", true) => {
                let path = format!("{}/subAttributes", self.path);
                let subs = list(get(self.item, "subAttributes"), &path, false, problems);
                complete.insert("subAttributes".into(), subs);
            }
            ("complex", false) => problems.push(problem(
                &format!("{}/type", self.path),
                "is complex, and stands in a complex attribute: SCIM has two levels (RFC 7643 section 2.3.8)",
            )),
            _ => {
                let exact = match get(self.item, "caseExact") {
                    None | Some(Value::Null) => matches!(kind, "reference" | "binary"),
                    Some(_) => self.flag("caseExact", problems),
                };
                complete.insert("caseExact".into(), exact.into());
            }
        }
        let mutability = self.one_of("mutability", &MUTABILITY, "readWrite", problems);
        complete.insert("mutability".into(), mutability.into());
        // Without a word of its own, what is only written is never shown.
        let hidden = mutability == "writeOnly";
        let returned = self.one_of(
            "returned",
            &RETURNED,
            if hidden { "never" } else { "default" },
            problems,
        );
        if hidden && returned != "never" {
            problems.push(problem(
                &format!("{}/returned", self.path),
                "must be never for a writeOnly attribute",
            ));
        }
        complete.insert("returned".into(), returned.into());
        let uniqueness = self.one_of("uniqueness", &UNIQUENESS, "none", problems);
        if uniqueness != "none" && (!top || kind == "complex" || mutability == "readOnly" || hidden) {
            problems.push(problem(
                &format!("{}/uniqueness", self.path),
                "is possible only for a simple attribute at the top of the extension that clients write and read",
            ));
        }
        complete.insert("uniqueness".into(), uniqueness.into());
        if kind == "reference" {
            let types = self.texts("referenceTypes", problems);
            complete.insert(
                "referenceTypes".into(),
                types.unwrap_or_else(|| json!(["external"])),
            );
        }
        complete
    }

    /// ATTRNAME of RFC 7643 section 2.1.
    fn name(&self, problems: &mut Vec<Problem>) -> String {
        let name = get(self.item, "name").and_then(Value::as_str).unwrap_or_default();
        let plain = |c: char| c.is_ascii_alphanumeric() || "$-_".contains(c);
        let starts = name.starts_with(|first: char| first.is_ascii_alphabetic()) || name == "$ref";
        if !starts || !name.chars().all(plain) || name.len() > 100 {
            problems.push(problem(
                &format!("{}/name", self.path),
                &format!(
                    "\"{}\" must be a letter, then letters, digits, - or _",
                    quote(name)
                ),
            ));
        }
        name.to_owned()
    }

    fn flag(&self, name: &str, problems: &mut Vec<Problem>) -> bool {
        match get(self.item, name) {
            None | Some(Value::Null) => false,
            Some(Value::Bool(value)) => *value,
            Some(_) => {
                problems.push(problem(&format!("{}/{name}", self.path), "must be true or false"));
                false
            }
        }
    }

    fn description(&self, problems: &mut Vec<Problem>) -> String {
        match get(self.item, "description") {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) if text.len() <= MAX_STRING => text.clone(),
            Some(_) => {
                problems.push(problem(
                    &format!("{}/description", self.path),
                    &format!("must be a string of at most {MAX_STRING} bytes"),
                ));
                String::new()
            }
        }
    }

    fn one_of(
        &self,
        name: &str,
        words: &[&'static str],
        default: &'static str,
        problems: &mut Vec<Problem>,
    ) -> &'static str {
        let found = match get(self.item, name) {
            None | Some(Value::Null) => return default,
            Some(value) => value.as_str().unwrap_or_default(),
        };
        if let Some(word) = words.iter().find(|word| word.eq_ignore_ascii_case(found)) {
            return word;
        }
        problems.push(problem(
            &format!("{}/{name}", self.path),
            &format!("\"{}\" must be one of {}", quote(found), words.join(", ")),
        ));
        default
    }

    fn texts(&self, name: &str, problems: &mut Vec<Problem>) -> Option<Value> {
        let value = get(self.item, name).filter(|value| !value.is_null())?;
        let texts = value.as_array().is_some_and(|values| {
            values.len() <= MAX_SCHEMA_ATTRIBUTES && values.iter().all(Value::is_string)
        });
        if !texts {
            problems.push(problem(
                &format!("{}/{name}", self.path),
                "must be a list of strings",
            ));
            return None;
        }
        Some(value.clone())
    }
}
