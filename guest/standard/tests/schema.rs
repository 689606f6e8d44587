//! `schema.json` and the policy agree: on which settings there are, what they are where
//! nothing is said, and which documents are settings.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use tidegate_sdk::Policy;
use tidegate_standard::{Standard, settings_schema};

fn schema() -> Value {
    serde_json::from_str(settings_schema()).unwrap()
}

/// Everything that the policy made of its settings.
fn read(settings: &Value) -> String {
    format!("{:?}", Standard::configure(&settings.to_string()).unwrap())
}

/// The settings that stand alone: (pointer of the object that holds them, name, schema).
fn settings(schema: &Value) -> Vec<(&'static str, String, Value)> {
    let of = |holder: &'static str, object: &Value| -> Vec<_> {
        let members = object["properties"].as_object().unwrap();
        members
            .iter()
            .map(|(name, setting)| (holder, name.clone(), setting.clone()))
            .collect()
    };
    [of("", schema), of("groups", &schema["properties"]["groups"])].concat()
}

fn document(holder: &str, name: &str, value: &Value) -> Value {
    let inner = json!({ name: value });
    if holder.is_empty() {
        inner
    } else {
        json!({ holder: inner })
    }
}

#[test]
fn it_is_a_schema() {
    assert!(jsonschema::draft202012::meta::is_valid(&schema()));
}

#[test]
fn every_setting_of_the_schema_is_read_and_its_default_is_what_nothing_said_means() {
    for (holder, name, setting) in settings(&schema()) {
        let default = &setting["default"];
        assert_eq!(
            read(&document(holder, &name, default)),
            read(&json!({})),
            "{holder}/{name}"
        );
        let other = match default {
            Value::Bool(flag) => json!(!flag),
            _ => setting["examples"][0].clone(),
        };
        assert_ne!(&other, default, "{holder}/{name}: the example shows nothing");
        assert_ne!(
            read(&document(holder, &name, &other)),
            read(&json!({})),
            "{holder}/{name} is not read"
        );
    }
}

#[test]
#[expect(clippy::disallowed_methods, reason = "once per test run")]
fn every_setting_that_is_read_stands_in_the_schema() {
    let source = include_str!("../src/settings.rs");
    let call =
        regex::Regex::new(r#"\.(?:flag|choice|text|texts|required_texts?|list|section)\(\s*"([a-z-]+)""#)
            .unwrap();
    let read: BTreeSet<&str> = call
        .captures_iter(source)
        .map(|found| found.extract::<1>().1[0])
        .collect();
    let schema = schema();
    let mut named = BTreeSet::new();
    properties(&schema, &mut named);
    assert_eq!(read, named);
}

/// The names of all properties, however deep.
fn properties<'a>(schema: &'a Value, names: &mut BTreeSet<&'a str>) {
    let Some(members) = schema.as_object() else { return };
    let own = members.get("properties").and_then(Value::as_object);
    for (name, property) in own.into_iter().flat_map(Map::iter) {
        names.insert(name);
        properties(property, names);
    }
    for inner in ["items", "additionalProperties"] {
        properties(&schema[inner], names);
    }
}

/// What holds for all targets can be said for one, in the same words.
#[test]
fn every_setting_can_be_said_for_one_target() {
    let schema = schema();
    let mut everywhere = schema["properties"].as_object().unwrap().clone();
    everywhere.remove("targets").unwrap();
    let one = schema["properties"]["targets"]["additionalProperties"]["properties"]
        .as_object()
        .unwrap();
    assert_eq!(
        one.keys().collect::<BTreeSet<_>>(),
        everywhere.keys().collect::<BTreeSet<_>>()
    );
    for (name, setting) in one {
        assert_eq!(setting["$ref"], format!("#/properties/{name}"));
        let other = match &everywhere[name]["default"] {
            Value::Bool(flag) => json!(!flag),
            _ => everywhere[name]["examples"][0].clone(),
        };
        let said = json!({"targets": {"jira": { name: other }}});
        assert_ne!(read(&said), read(&json!({"targets": {"jira": {}}})), "{name}");
    }
}

#[test]
fn both_take_and_refuse_the_same_documents() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    for (good, text) in include_str!("settings.txt").lines().filter_map(|line| {
        let (verdict, text) = line.split_once(' ')?;
        Some((verdict == "good", text))
    }) {
        let value: Value = serde_json::from_str(text).unwrap();
        assert_eq!(validator.is_valid(&value), good, "the schema on {text}");
        let configured = Standard::configure(text).map(drop);
        assert_eq!(configured.is_ok(), good, "the policy on {text}: {configured:?}");
    }
}
