//! What a form sent, read by the schema that it was drawn from.

use std::collections::BTreeMap;

use serde_json::{Map, Number, Value};

use super::schema::{DEEPEST, Kind};
use super::{Filled, Schema, below};
use crate::pointer;

/// The fields of a form, the last of each name.
#[derive(Debug, Default)]
pub(crate) struct Sent(BTreeMap<String, String>);

impl Sent {
    pub(crate) fn new(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(pairs.into_iter().collect())
    }

    /// A field as it was sent.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Whether the form had this row, entry or property, whatever it sent about it.
    fn has(&self, pointer: &str) -> bool {
        self.0.contains_key(&format!("+{pointer}"))
    }

    /// Rows or entries directly below.
    fn children(&self, pointer: &str) -> Vec<String> {
        let prefix = format!("+{pointer}/");
        self.0
            .range(prefix.clone()..)
            .take_while(|(name, _)| name.starts_with(&prefix))
            .filter_map(|(name, _)| name.get(prefix.len()..))
            .filter(|rest| !rest.contains('/'))
            .map(pointer::unescaped)
            .collect()
    }
}

/// Reads a whole form.
pub(crate) fn read(schema: Schema<'_>, sent: &Sent) -> Filled {
    let mut filled = Filled::default();
    let value = one(
        schema,
        "",
        sent,
        &mut filled,
        Within {
            chosen: false,
            depth: 0,
        },
    );
    filled.value = value.unwrap_or_else(|| Value::Object(Map::new()));
    filled
}

#[derive(Clone, Copy)]
struct Within {
    /// Properties are there because somebody chose them, not because they may be.
    chosen: bool,
    depth: usize,
}

/// None: nothing is said.
fn one(schema: Schema<'_>, at: &str, sent: &Sent, filled: &mut Filled, within: Within) -> Option<Value> {
    let deeper = |chosen| Within {
        chosen,
        depth: within.depth + 1,
    };
    let kind = if within.depth < DEEPEST {
        schema.kind()
    } else {
        Kind::Json
    };
    match kind {
        // A box that is not ticked sends nothing.
        Kind::Flag => Some(Value::Bool(sent.get(at) == Some("on"))),
        Kind::Choice(choices) => {
            let index: Option<usize> = sent.get(at).and_then(|text| text.parse().ok());
            index
                .and_then(|index| choices.get(index))
                .map(|(value, _)| (*value).clone())
        }
        Kind::Text { .. } => sent.get(at).map(|text| Value::String(text.replace("\r\n", "\n"))),
        Kind::Number { whole, .. } => number(sent.get(at)?, whole, at, filled),
        Kind::Lines(items) => Some(lines(items, sent.get(at)?, at, filled)),
        Kind::Rows(items) => {
            let mut indexes: Vec<usize> = sent
                .children(at)
                .iter()
                .filter_map(|index| index.parse().ok())
                .collect();
            indexes.sort_unstable();
            let rows = indexes.into_iter().map(|index| {
                let row = one(items, &below(at, &index.to_string()), sent, filled, deeper(false));
                row.unwrap_or_else(|| Value::Object(Map::new()))
            });
            Some(Value::Array(rows.collect()))
        }
        Kind::Map(entries) => {
            let read = |name: String| {
                let entry = one(entries, &below(at, &name), sent, filled, deeper(true));
                (name, entry.unwrap_or_else(|| Value::Object(Map::new())))
            };
            Some(Value::Object(sent.children(at).into_iter().map(read).collect()))
        }
        Kind::Group(properties) => {
            let mut object = others(at, sent, filled);
            for (name, schema, required) in properties {
                let at = below(at, name);
                if within.chosen && !sent.has(&at) {
                    continue;
                }
                if let Some(value) = one(schema, &at, sent, filled, deeper(false))
                    && (within.chosen || required || says_something(schema, &value))
                {
                    object.insert(name.to_owned(), value);
                }
            }
            Some(Value::Object(object))
        }
        Kind::Json => json(sent.get(at)?, at, filled),
    }
}

/// Whether it would be otherwise if it were not said.
fn says_something(schema: Schema<'_>, value: &Value) -> bool {
    match (schema.default(), value) {
        (Some(default), value) => default != value,
        (None, Value::String(text)) => !text.is_empty(),
        (None, Value::Array(list)) => !list.is_empty(),
        (None, Value::Object(object)) => !object.is_empty(),
        (None, Value::Bool(flag)) => *flag,
        (None, value) => !value.is_null(),
    }
}

fn number(text: &str, whole: bool, at: &str, filled: &mut Filled) -> Option<Value> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let read = match whole {
        true => text.parse::<i64>().ok().map(Number::from),
        false => text.parse().ok().and_then(Number::from_f64),
    };
    if read.is_none() {
        let words = if whole {
            "this is no whole number"
        } else {
            "this is no number"
        };
        filled.problems.push((at.to_owned(), words.to_owned()));
        filled.raw.insert(at.to_owned(), text.to_owned());
    }
    read.map(Value::Number)
}

fn lines(items: Schema<'_>, text: &str, at: &str, filled: &mut Filled) -> Value {
    let kind = items.kind();
    let mut values = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let value = match &kind {
            Kind::Number { whole: true, .. } => line.parse::<i64>().ok().map(Value::from),
            Kind::Number { whole: false, .. } => {
                line.parse().ok().and_then(Number::from_f64).map(Value::Number)
            }
            Kind::Choice(choices) => {
                let found = choices
                    .iter()
                    .find(|(value, label)| label == line || value.as_str() == Some(line));
                found.map(|(value, _)| (*value).clone())
            }
            _ => Some(Value::from(line)),
        };
        match value {
            Some(value) => values.push(value),
            None => {
                filled.problems.push((
                    at.to_owned(),
                    format!("{line:?} is none of those that may stand here"),
                ));
                filled.raw.insert(at.to_owned(), text.to_owned());
            }
        }
    }
    Value::Array(values)
}

fn json(text: &str, at: &str, filled: &mut Filled) -> Option<Value> {
    if text.trim().is_empty() {
        return None;
    }
    serde_json::from_str(text)
        .inspect_err(|error| {
            filled
                .problems
                .push((at.to_owned(), format!("this is not JSON: {error}")));
            filled.raw.insert(at.to_owned(), text.to_owned());
        })
        .ok()
}

/// What the schema has no field for, so that it is not lost.
fn others(at: &str, sent: &Sent, filled: &mut Filled) -> Map<String, Value> {
    let name = format!("?{at}");
    let read = sent.get(&name).and_then(|text| json(text, &name, filled));
    match read {
        Some(Value::Object(object)) => object,
        _ => Map::new(),
    }
}
