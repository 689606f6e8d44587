//! The standard rules' own schema, and odd ones that others may publish.

use serde_json::{Value, json};

use super::{Filled, Schema, Sent, changed, draw, read};

fn standard() -> Value {
    serde_json::from_str(include_str!("../../../../guest/standard/schema.json")).expect("JSON")
}

fn sent(pairs: &[(&str, &str)]) -> Sent {
    Sent::new(
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    )
}

fn drawn(schema: &Value, filled: &Filled) -> String {
    draw(Schema::new(schema), filled)
        .iter()
        .map(ToString::to_string)
        .collect()
}

/// What a browser sends of the standard form where nothing was touched.
const UNTOUCHED: [(&str, &str); 8] = [
    ("/username-case", "0"),
    ("/import-users", "on"),
    ("/update-users", "on"),
    ("/enable-users", "on"),
    ("/disable-users", "on"),
    ("/groups/push", "on"),
    ("/groups/create-missing", "on"),
    ("/groups/prefixes", ""),
];

#[test]
fn what_is_as_it_would_be_anyway_is_left_out() {
    let schema = standard();
    let filled = read(Schema::new(&schema), &sent(&UNTOUCHED));
    assert_eq!((filled.value, filled.problems), (json!({}), Vec::new()));
}

#[test]
fn every_kind_of_field_is_read() {
    let schema = standard();
    let mut pairs = UNTOUCHED.to_vec();
    pairs.retain(|(name, _)| *name != "/import-users");
    pairs.extend([
        ("/username-case", "1"),
        // Rows are sent in the order of their names, not of their numbers.
        ("+/username-rules/0", "1"),
        ("/username-rules/0/pattern", "(.*)@.*"),
        ("/username-rules/0/replacement", "$1"),
        ("+/username-rules/10", "1"),
        ("/username-rules/10/pattern", "b"),
        ("/username-rules/10/replacement", ""),
        ("+/username-rules/2", "1"),
        ("/username-rules/2/pattern", "a"),
        ("/username-rules/2/replacement", ""),
        ("/default-groups", " jira-software-users \r\n\r\n engineering\r\n"),
        ("+/groups/mapping/0", "1"),
        ("/groups/mapping/0/from", "^x$"),
        ("/groups/mapping/0/regex", "on"),
        ("/groups/mapping/0/to", ""),
        ("+/targets/a~1b", "1"),
        ("+/targets/a~1b/default-groups", "1"),
        ("/targets/a~1b/default-groups", ""),
        ("/targets/a~1b/username-case", "1"),
    ]);
    let filled = read(Schema::new(&schema), &sent(&pairs));
    assert_eq!(
        filled.value,
        json!({
            "import-users": false,
            "username-case": "lower",
            "username-rules": [
                {"pattern": "(.*)@.*", "replacement": "$1"},
                {"pattern": "a", "replacement": ""},
                {"pattern": "b", "replacement": ""},
            ],
            "default-groups": ["jira-software-users", "engineering"],
            "groups": {"mapping": [{"from": "^x$", "regex": true, "to": []}]},
            // What nobody chose for a target is as above, whatever its field says.
            "targets": {"a/b": {"default-groups": []}},
        })
    );
}

#[test]
fn buttons_add_and_take_away() {
    let schema = standard();
    let root = Schema::new(&schema);
    let mut filled = Filled {
        value: json!({}),
        ..Filled::default()
    };
    let with = |name: &str, value: &str| sent(&[(name, value)]);
    for (button, sent) in [
        ("add /username-rules", Sent::default()),
        ("add /username-rules", Sent::default()),
        ("remove /username-rules/0", Sent::default()),
        ("add /targets", with("*/targets", "jira")),
        ("add /targets", with("*/targets", "  ")),
        ("add /targets/jira", with("*/targets/jira", "import-users")),
        ("add /targets/jira", with("*/targets/jira", "nonsense")),
        ("add /groups/mapping", Sent::default()),
        ("add /nowhere/at/all", Sent::default()),
        ("remove /nowhere/9", Sent::default()),
        ("remove ", Sent::default()),
    ] {
        assert!(changed(root, button, &sent, &mut filled), "{button}");
    }
    assert!(!changed(root, "save", &Sent::default(), &mut filled));
    assert_eq!(
        filled.value,
        json!({
            "username-rules": [{}],
            "targets": {"jira": {"import-users": true}},
            "groups": {"mapping": [{}]},
        })
    );
}

#[test]
fn what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost() {
    let schema = json!({"type": "object", "required": ["count"], "properties": {
        "count": {"type": "integer", "title": "Count"},
        "ports": {"type": "array", "items": {"type": "integer"}},
        "free": {"type": ["object", "string"]},
    }});
    let pairs = [("/count", "many"), ("/ports", "80\nx"), ("/free", "{\"a\": ")];
    let filled = read(Schema::new(&schema), &sent(&pairs));
    let mut wrong: Vec<&str> = filled.problems.iter().map(|(at, _)| at.as_str()).collect();
    wrong.sort_unstable();
    assert_eq!(wrong, ["/count", "/free", "/ports"]);
    let page = drawn(&schema, &filled);
    for words in [
        "value=\"many\"",
        "80\nx</textarea>",
        "{&#34;a&#34;: </textarea>",
        "this is no whole number",
        "aria-invalid",
    ] {
        assert!(page.contains(words), "{words} in {page}");
    }
}

#[test]
fn nothing_of_a_schema_or_of_settings_is_taken_for_html() {
    let evil = "\"><script>alert(1)</script>";
    let schema = json!({"type": "object", "properties": {
        evil: {"title": evil, "description": evil, "type": "string", "examples": [evil]},
        "rows": {"type": "array", "items": {"type": "object", "properties": {evil: {"enum": [evil]}}}},
        "map": {"type": "object", "additionalProperties": {"type": "object", "properties": {"a": {"type": "string"}}}},
    }});
    let filled = Filled {
        value: json!({evil: evil, "rows": [{evil: evil}], "map": {evil: {"a": evil}}, "more": evil}),
        problems: vec![(format!("/{evil}"), evil.to_owned())],
        ..Filled::default()
    };
    let page = drawn(&schema, &filled);
    assert!(!page.contains("<script"), "{page}");
}

#[test]
fn a_schema_that_contains_itself_ends() {
    let schema = json!({"$ref": "#/$defs/a", "$defs": {
        "a": {"type": "object", "properties": {"a": {"$ref": "#/$defs/a"}, "b": {"$ref": "#/$defs/b"}}},
        "b": {"$ref": "#/$defs/c"}, "c": {"$ref": "#/$defs/b"},
    }});
    let filled = read(Schema::new(&schema), &Sent::default());
    assert_eq!(filled.value, json!({}));
    assert!(
        drawn(&schema, &filled).contains("<textarea"),
        "what is too deep is asked for as JSON"
    );
    for odd in [
        json!(true),
        json!(null),
        json!({"type": 1}),
        json!({"type": "array"}),
        json!({"enum": []}),
    ] {
        assert!(!Schema::new(&odd).is_form(), "{odd}");
        drawn(&odd, &Filled::default());
        read(Schema::new(&odd), &sent(&[("", "x")]));
    }
}

#[test]
fn what_schemars_writes_has_fields() {
    let schema = json!({"type": "object", "properties": {
        "mode": {"oneOf": [{"const": "a", "description": "the first"}, {"const": "b", "description": "the second"}]},
        "limit": {"anyOf": [{"type": "integer", "minimum": 1}, {"type": "null"}]},
        "note": {"type": ["string", "null"]},
    }});
    let filled = read(
        Schema::new(&schema),
        &sent(&[("/mode", "1"), ("/limit", "3"), ("/note", "")]),
    );
    assert_eq!(filled.value, json!({"mode": "b", "limit": 3}));
    let page = drawn(&schema, &filled);
    assert!(
        page.contains("selected>the second") && page.contains("data-min=\"1\""),
        "{page}"
    );
}

#[test]
fn what_the_schema_does_not_know_is_kept() {
    let schema = json!({"type": "object", "properties": {"a": {"type": "string"}}});
    let filled = Filled {
        value: json!({"a": "1", "b": [2]}),
        ..Filled::default()
    };
    let page = drawn(&schema, &filled);
    assert!(page.contains("name=\"?\""), "{page}");
    let filled = read(Schema::new(&schema), &sent(&[("/a", "1"), ("?", "{\"b\": [2]}")]));
    assert_eq!(filled.value, json!({"a": "1", "b": [2]}));
}
