//! The description and the table say the same, and everything in a request has an end.

use std::collections::BTreeSet;

use serde_json::Value;

use super::document;
use super::operation::operations;
use crate::access::matrix::{Least, TABLE};

/// Whatever is in the table is described with the role that it says, and nothing else is.
#[test]
fn the_description_is_the_table() {
    let mut document = document();
    let mut seen = BTreeSet::new();
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            let role = operation
                .extensions
                .as_ref()
                .map(|all| all["x-least-role"].clone());
            seen.insert((method.to_owned(), path.clone(), role.expect("a role").to_string()));
        }
    }
    let table = TABLE.iter().map(|(method, path, least)| {
        let role = match least {
            Least::Anyone => "none".to_owned(),
            Least::Role(role) => role.to_string(),
        };
        ((*method).to_owned(), (*path).to_owned(), format!("{role:?}"))
    });
    assert_eq!(seen, table.collect());
}

/// What has no end is bounded by the body alone, and that is a component's.
fn ends(document: &Value, schema: &Value, what: &str) {
    if let Some(name) = schema["$ref"].as_str() {
        return ends(document, document.pointer(&name[1..]).expect("is there"), what);
    }
    let kind = schema["type"].to_string();
    let listed = !schema["enum"].is_null();
    assert!(
        listed || !kind.contains("string") || schema["maxLength"].is_u64(),
        "{what}: maxLength"
    );
    assert!(
        !kind.contains("array") || schema["maxItems"].is_u64(),
        "{what}: maxItems"
    );
    for (name, field) in schema["properties"].as_object().into_iter().flatten() {
        ends(document, field, &format!("{what}/{name}"));
    }
    for part in ["oneOf", "allOf", "anyOf"]
        .iter()
        .filter_map(|of| schema[*of].as_array())
        .flatten()
    {
        ends(document, part, what);
    }
    if schema["items"].is_object() {
        ends(document, &schema["items"], &format!("{what}[]"));
    }
}

#[test]
fn every_field_of_a_request_has_an_end() {
    let document = serde_json::to_value(document()).expect("is JSON");
    let mut seen = 0;
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let body = &operation["requestBody"]["content"]["application/json"]["schema"];
            ends(&document, body, &format!("{method} {path}"));
            seen += usize::from(body.is_object());
        }
    }
    assert!(seen > 25, "{seen}");
}

#[test]
fn nothing_is_referred_to_that_is_not_there() {
    let written = serde_json::to_value(document()).expect("is JSON");
    let text = written.to_string();
    for part in text.split("\"#/components/schemas/").skip(1) {
        let name = part.split('"').next().unwrap_or_default();
        assert!(written["components"]["schemas"].get(name).is_some(), "{name}");
    }
}
