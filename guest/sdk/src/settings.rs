//! Reading settings so that every mistake is named by its JSON pointer (RFC 6901).
//!
//! ```
//! let (limit, problems) = tidegate_sdk::settings::read(r#"{"limmit": 5}"#, |settings| {
//!     settings.flag("strict", true)
//! });
//! assert!(limit);
//! assert_eq!(problems[0].path, "/limmit");
//! ```

mod typed;

pub use typed::{parse, schema};

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::types::Problem;

/// Reads a settings document with `reader` and says what was wrong with it. Members that
/// `reader` did not ask for are problems as well. An empty text counts as `{}`.
pub fn read<T>(text: &str, reader: impl FnOnce(&mut Section<'_>) -> T) -> (T, Vec<Problem>) {
    let problems = RefCell::new(Vec::new());
    let document = if text.trim().is_empty() {
        Ok(Value::Object(Map::new()))
    } else {
        serde_json::from_str(text)
    };
    let document = document.unwrap_or_else(|error| {
        problems.borrow_mut().push(Problem {
            path: String::new(),
            message: format!("this is not JSON: {error}"),
        });
        Value::Object(Map::new())
    });
    let result = Section::of(&document, String::new(), &problems).read(reader);
    (result, problems.into_inner())
}

/// One JSON object of the settings while it is read.
#[derive(Debug)]
pub struct Section<'a> {
    members: Option<&'a Map<String, Value>>,
    pointer: String,
    asked: BTreeSet<String>,
    problems: &'a RefCell<Vec<Problem>>,
}

impl<'a> Section<'a> {
    fn of(value: &'a Value, pointer: String, problems: &'a RefCell<Vec<Problem>>) -> Self {
        let section = Self {
            members: value.as_object(),
            pointer,
            asked: BTreeSet::new(),
            problems,
        };
        if section.members.is_none() {
            section.report("", format!("must be an object, not {}", kind(value)));
        }
        section
    }

    fn read<T>(mut self, reader: impl FnOnce(&mut Self) -> T) -> T {
        let result = reader(&mut self);
        for name in self.members.into_iter().flat_map(Map::keys) {
            if !self.asked.contains(name) {
                self.problem(name, "there is no such setting");
            }
        }
        result
    }

    /// Notes a problem with the member `name` (for example `"pattern"`, or `"to/0"`).
    pub fn problem(&self, name: &str, message: impl Into<String>) {
        let escaped: Vec<String> = match name.split_once('/') {
            Some(_) if self.members.is_none_or(|members| !members.contains_key(name)) => {
                name.split('/').map(escape).collect()
            }
            _ => vec![escape(name)],
        };
        self.report(&format!("/{}", escaped.join("/")), message.into());
    }

    fn report(&self, suffix: &str, message: String) {
        self.problems.borrow_mut().push(Problem {
            path: format!("{}{suffix}", self.pointer),
            message,
        });
    }

    fn member(&mut self, name: &str) -> Option<&'a Value> {
        self.asked.insert(name.to_owned());
        self.members.and_then(|members| members.get(name))
    }

    fn wrong(&self, name: &str, wanted: &str, found: &Value) {
        self.problem(name, format!("must be {wanted}, not {}", kind(found)));
    }

    /// Whether the member is there at all.
    pub fn has(&mut self, name: &str) -> bool {
        self.member(name).is_some()
    }

    /// A boolean.
    pub fn flag(&mut self, name: &str, default: bool) -> bool {
        match self.member(name) {
            None => default,
            Some(Value::Bool(flag)) => *flag,
            Some(other) => {
                self.wrong(name, "true or false", other);
                default
            }
        }
    }

    /// A string.
    pub fn text(&mut self, name: &str) -> Option<String> {
        match self.member(name) {
            None => None,
            Some(Value::String(text)) => Some(text.clone()),
            Some(other) => {
                self.wrong(name, "a string", other);
                None
            }
        }
    }

    /// A string that must be there.
    pub fn required_text(&mut self, name: &str) -> String {
        self.require(name);
        self.text(name).unwrap_or_default()
    }

    /// One of a few words.
    pub fn choice<T: Copy>(&mut self, name: &str, words: &[(&str, T)], default: T) -> T {
        let Some(value) = self.member(name) else {
            return default;
        };
        let found = words.iter().find(|(word, _)| value.as_str() == Some(*word));
        found.map_or_else(
            || {
                let list: Vec<String> = words.iter().map(|(word, _)| format!("\"{word}\"")).collect();
                self.problem(name, format!("must be one of {}", list.join(", ")));
                default
            },
            |(_, meaning)| *meaning,
        )
    }

    /// A list of strings, none of them blank; `None` where the member is absent.
    pub fn texts(&mut self, name: &str) -> Option<Vec<String>> {
        let entries = self.entries(name)?;
        let mut texts = Vec::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            match entry {
                Value::String(text) if text.trim().is_empty() => {
                    self.problem(&format!("{name}/{index}"), "must not be blank");
                }
                Value::String(text) => texts.push(text.clone()),
                other => self.wrong(&format!("{name}/{index}"), "a string", other),
            }
        }
        Some(texts)
    }

    /// A list of strings that must be there; it may be empty.
    pub fn required_texts(&mut self, name: &str) -> Vec<String> {
        self.require(name);
        self.texts(name).unwrap_or_default()
    }

    /// A list of objects, each read by `reader`; `None` where the member is absent.
    pub fn list<T>(
        &mut self,
        name: &str,
        mut reader: impl FnMut(&mut Section<'a>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let entries = self.entries(name)?;
        let mut read = Vec::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            let pointer = format!("{}/{}/{index}", self.pointer, escape(name));
            read.extend(Section::of(entry, pointer, self.problems).read(&mut reader));
        }
        Some(read)
    }

    /// An object of its own; `None` where the member is absent.
    pub fn section<T>(&mut self, name: &str, reader: impl FnOnce(&mut Section<'a>) -> T) -> Option<T> {
        let value = self.member(name)?;
        let pointer = format!("{}/{}", self.pointer, escape(name));
        Some(Section::of(value, pointer, self.problems).read(reader))
    }

    /// The names of all members, for objects whose names the administrator chooses.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.members.into_iter().flat_map(Map::keys).cloned().collect()
    }

    /// What is no object has been reported as that; what it lacks is no further news.
    fn require(&mut self, name: &str) {
        if !self.has(name) && self.members.is_some() {
            self.problem(name, "is required");
        }
    }

    fn entries(&mut self, name: &str) -> Option<&'a Vec<Value>> {
        match self.member(name)? {
            Value::Array(entries) => Some(entries),
            other => {
                self.wrong(name, "a list", other);
                None
            }
        }
    }
}

fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
