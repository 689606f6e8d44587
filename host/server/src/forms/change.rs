//! What a button of a form does to what is filled in: another row, or one less.

use serde_json::{Map, Value};

use super::read::Sent;
use super::schema::Kind;
use super::{Filled, Schema};
use crate::pointer;

/// Rows of one list.
const MOST_ROWS: usize = 500;

/// Does what the button says: `add POINTER` or `remove POINTER`. What is added to a map or to an entry of one is named
/// by the field `*POINTER`. False: it is none of these buttons.
pub(crate) fn changed(schema: Schema<'_>, button: &str, sent: &Sent, filled: &mut Filled) -> bool {
    match button.split_once(' ') {
        Some(("add", pointer)) => add(schema, pointer, sent, &mut filled.value),
        Some(("remove", pointer)) => remove(pointer, &mut filled.value),
        _ => return false,
    }
    // What is said of rows by their number fits them no longer.
    filled.problems.clear();
    true
}

fn add(schema: Schema<'_>, pointer: &str, sent: &Sent, value: &mut Value) {
    let Some((schema, place)) = find(schema, pointer, value) else {
        return;
    };
    let named = sent
        .get(&format!("*{pointer}"))
        .map(str::trim)
        .unwrap_or_default();
    match (schema.kind(), place) {
        (Kind::Rows(_), Value::Array(rows)) if rows.len() < MOST_ROWS => rows.push(Value::Object(Map::new())),
        (Kind::Map(entry), Value::Object(entries)) if !named.is_empty() && entries.len() < MOST_ROWS => {
            entries.entry(named).or_insert_with(|| empty(entry));
        }
        (Kind::Group(properties), Value::Object(object)) => {
            if let Some((name, schema, _)) = properties.iter().find(|(name, ..)| *name == named) {
                object
                    .entry(*name)
                    .or_insert_with(|| schema.default().cloned().unwrap_or_else(|| empty(*schema)));
            }
        }
        _ => {}
    }
}

/// The schema of what stands there, and it: made, where nothing is said of it yet.
fn find<'s, 'v>(
    schema: Schema<'s>,
    pointer: &str,
    value: &'v mut Value,
) -> Option<(Schema<'s>, &'v mut Value)> {
    let (mut schema, mut place) = (schema, value);
    for step in pointer.split('/').skip(1).map(pointer::unescaped) {
        schema = match schema.kind() {
            Kind::Group(properties) => properties.into_iter().find(|(name, ..)| *name == step)?.1,
            Kind::Map(entries) => entries,
            Kind::Rows(items) => items,
            _ => return None,
        };
        place = match place {
            Value::Object(object) => {
                let made = || schema.default().cloned().unwrap_or_else(|| empty(schema));
                object.entry(step).or_insert_with(made)
            }
            Value::Array(rows) => rows.get_mut(step.parse::<usize>().ok()?)?,
            _ => return None,
        };
    }
    Some((schema, place))
}

fn empty(schema: Schema<'_>) -> Value {
    match schema.kind() {
        Kind::Flag => Value::Bool(false),
        Kind::Choice(choices) => choices
            .first()
            .map(|(value, _)| (*value).clone())
            .unwrap_or_default(),
        Kind::Text { .. } => Value::from(""),
        Kind::Lines(_) | Kind::Rows(_) => Value::Array(Vec::new()),
        Kind::Group(_) | Kind::Map(_) => Value::Object(Map::new()),
        Kind::Number { .. } | Kind::Json => Value::Null,
    }
}

fn remove(pointer: &str, value: &mut Value) {
    let Some((parent, last)) = pointer.rsplit_once('/') else {
        return;
    };
    let last = pointer::unescaped(last);
    match value.pointer_mut(parent) {
        Some(Value::Object(object)) => drop(object.remove(&last)),
        Some(Value::Array(rows)) => {
            if let Some(index) = last.parse().ok().filter(|index| *index < rows.len()) {
                rows.remove(index);
            }
        }
        _ => {}
    }
}
