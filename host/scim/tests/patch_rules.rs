//! The rules of RFC 7644 section 3.5.2.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]

use serde_json::{Value, json};
use tidegate_scim::patch::PatchRequest;
use tidegate_scim::schema::Schemas;
use tidegate_scim::{Document, ScimError, group, user};

fn body(operations: Value) -> Value {
    json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations })
}

fn user() -> Document {
    let user = json!({
        "userName": "joe",
        "active": false,
        "name": { "givenName": "Joe", "familyName": "Doe" },
        "emails": [
            { "value": "joe@work.example", "type": "work", "primary": true },
            { "value": "joe@home.example", "type": "home" },
        ],
        "custom": { "a": 1 },
    });
    user::create(Schemas::standard(), &user).unwrap()
}

fn patch(operations: Value) -> Result<Document, ScimError> {
    user::patch(
        Schemas::standard(),
        &user(),
        &PatchRequest::parse(&body(operations))?,
    )
}

fn keyword(operations: Value) -> String {
    patch(operations).unwrap_err().body()["scimType"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

#[test]
fn add_completes_what_is_there_and_appends_what_is_not() {
    let after = patch(json!([{ "op": "add", "path": "emails", "value": [
        { "value": "JOE@home.example", "display": "home" },
        { "value": "joe@new.example", "primary": true },
    ] }]));
    let expected = json!([
        { "value": "joe@work.example", "type": "work", "primary": false },
        { "value": "JOE@home.example", "type": "home", "display": "home" },
        { "value": "joe@new.example", "primary": true },
    ]);
    assert_eq!(after.unwrap()["emails"], expected);
}

#[test]
fn replace_of_a_complex_attribute_leaves_the_other_parts() {
    let after = patch(
        json!([{ "op": "replace", "path": "name", "value": { "givenName": "Joseph", "familyName": null } }]),
    );
    assert_eq!(after.unwrap()["name"], json!({ "givenName": "Joseph" }));
}

#[test]
fn filters_select_entries() {
    let after = patch(json!([
        { "op": "replace", "path": "emails[type eq \"HOME\"].primary", "value": true },
        { "op": "remove", "path": "emails[type eq \"work\"].type" },
    ]));
    let expected = json!([
        { "value": "joe@work.example", "primary": false },
        { "value": "joe@home.example", "type": "home", "primary": true },
    ]);
    assert_eq!(after.unwrap()["emails"], expected);
    let after = patch(json!([{ "op": "remove", "path": "emails[not (type eq \"home\")]" }])).unwrap();
    assert_eq!(
        after["emails"],
        json!([{ "value": "joe@home.example", "type": "home" }])
    );
    let after =
        patch(json!([{ "op": "remove", "path": "emails", "value": [{ "value": "joe@home.example" }] }]))
            .unwrap();
    assert_eq!(after["emails"].as_array().unwrap().len(), 1);
}

#[test]
fn an_entry_without_its_value_goes() {
    let after = patch(json!([{ "op": "remove", "path": "emails[type eq \"work\"].value" }])).unwrap();
    assert_eq!(
        after["emails"],
        json!([{ "value": "joe@home.example", "type": "home" }])
    );
    let after =
        patch(json!([{ "op": "replace", "path": "emails[type eq \"work\"].value", "value": null }])).unwrap();
    assert_eq!(
        after["emails"],
        json!([{ "value": "joe@home.example", "type": "home" }])
    );
}

#[test]
fn removing_what_is_gone_is_no_error() {
    let operations = json!([
        { "op": "remove", "path": "title" },
        { "op": "remove", "path": "emails[type eq \"other\"]" },
        { "op": "remove", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User" },
    ]);
    assert_eq!(patch(operations).unwrap(), user());
}

#[test]
fn stored_attributes_without_schema_can_be_changed() {
    let after = patch(json!([{ "op": "replace", "path": "Custom.a", "value": 2 }])).unwrap();
    assert_eq!(after["custom"], json!({ "a": 2 }));
    assert!(
        !patch(json!([{ "op": "remove", "path": "custom" }]))
            .unwrap()
            .contains_key("custom")
    );
}

#[test]
fn errors_have_the_keyword_of_the_rfc() {
    let cases = [
        (
            "mutability",
            json!([{ "op": "replace", "path": "id", "value": "x" }]),
        ),
        (
            "mutability",
            json!([{ "op": "add", "path": "groups", "value": [{ "value": "g" }] }]),
        ),
        (
            "mutability",
            json!([{ "op": "replace", "path": "meta.created", "value": "x" }]),
        ),
        ("mutability", json!([{ "op": "remove", "path": "userName" }])),
        (
            "invalidPath",
            json!([{ "op": "replace", "path": "shoeSize", "value": 7 }]),
        ),
        (
            "invalidPath",
            json!([{ "op": "replace", "path": "name.shoeSize", "value": "x" }]),
        ),
        (
            "invalidPath",
            json!([{ "op": "replace", "path": "emails[", "value": "x" }]),
        ),
        (
            "invalidPath",
            json!([{ "op": "add", "path": "emails[shoe eq \"x\"].value", "value": "x" }]),
        ),
        (
            "invalidPath",
            json!([{ "op": "add", "path": "name[givenName eq \"x\"]", "value": {} }]),
        ),
        (
            "invalidPath",
            json!([{ "op": "add", "path": "emails.value", "value": "x" }]),
        ),
        (
            "invalidPath",
            json!([{ "op": "add", "value": { "shoe.size": "x" } }]),
        ),
        (
            "invalidPath",
            json!([{ "op": "add", "path": "urn:ietf:params:scim:schemas:core:2.0:Group:displayName", "value": "x" }]),
        ),
        ("noTarget", json!([{ "op": "remove" }])),
        (
            "noTarget",
            json!([{ "op": "replace", "path": "emails[value eq \"x\"]", "value": { "value": "y" } }]),
        ),
        (
            "noTarget",
            json!([{ "op": "add", "path": "emails[value sw \"x\"].type", "value": "work" }]),
        ),
        ("invalidValue", json!([{ "op": "add", "path": "title" }])),
        ("invalidValue", json!([{ "op": "replace", "value": "x" }])),
        (
            "invalidValue",
            json!([{ "op": "replace", "path": "active", "value": null }]),
        ),
        ("invalidValue", json!([{ "op": "remove", "path": "active" }])),
        (
            "invalidValue",
            json!([{ "op": "replace", "path": "userName", "value": "" }]),
        ),
        ("invalidSyntax", json!([{ "op": "move", "path": "title" }])),
        ("invalidSyntax", json!([])),
        ("invalidSyntax", json!(["x"])),
    ];
    for (expected, operations) in cases {
        assert_eq!(keyword(operations.clone()), expected, "{operations}");
    }
}

#[test]
fn a_failing_operation_undoes_the_others() {
    // The result is an error and the caller's document is untouched: there is no third way.
    let before = user();
    let operations = json!([
        { "op": "replace", "path": "title", "value": "Tour Guide" },
        { "op": "replace", "path": "shoeSize", "value": 7 },
    ]);
    assert!(
        user::patch(
            Schemas::standard(),
            &before,
            &PatchRequest::parse(&body(operations)).unwrap()
        )
        .is_err()
    );
    assert_eq!(before, user());
}

#[test]
fn requests_are_bounded_and_named() {
    let many: Vec<Value> = (0..1001)
        .map(|_| json!({ "op": "remove", "path": "title" }))
        .collect();
    assert_eq!(keyword(Value::Array(many)), "tooMany");
    assert!(PatchRequest::parse(&json!({ "Operations": [{ "op": "remove", "path": "title" }] })).is_err());
    let long = format!("members[value eq \"{}\"]", "x".repeat(2000));
    assert_eq!(keyword(json!([{ "op": "remove", "path": long }])), "invalidPath");
    let mut deep = json!("x");
    (0..20).for_each(|_| deep = json!({ "a": deep }));
    assert_eq!(
        keyword(json!([{ "op": "add", "value": { "deep": deep } }])),
        "invalidValue"
    );
}

#[test]
fn parts_of_members_are_immutable_and_filters_of_members_are_checked() {
    let current = group::create(Schemas::standard(), &json!({ "displayName": "All" }))
        .unwrap()
        .document;
    for (expected, operation) in [
        (
            "mutability",
            json!({ "op": "replace", "path": "members[value eq \"a\"].display", "value": "x" }),
        ),
        (
            "mutability",
            json!({ "op": "replace", "path": "members.value", "value": "x" }),
        ),
        (
            "invalidPath",
            json!({ "op": "remove", "path": "members[shoe eq \"a\"]" }),
        ),
        ("mutability", json!({ "op": "remove", "path": "displayName" })),
    ] {
        let request = PatchRequest::parse(&body(json!([operation]))).unwrap();
        assert_eq!(
            group::patch(Schemas::standard(), &current, &request)
                .unwrap_err()
                .body()["scimType"],
            expected,
            "{operation}"
        );
    }
}

/// As a path and as a key of a value without path, and in any case.
#[test]
fn parts_of_what_no_schema_has_are_one_by_every_name() {
    let expected = json!({ "a": { "b": 2 } });
    for name in ["custom.a", "CUSTOM.A", "custom.A"] {
        for operation in [
            json!({ "op": "replace", "path": name, "value": { "b": 2 } }),
            json!({ "op": "replace", "value": { name: { "b": 2 } } }),
            json!({ "op": "add", "value": { name: { "b": 2 } } }),
        ] {
            let after = patch(json!([operation])).unwrap();
            assert_eq!(after["custom"], expected, "{operation}");
            assert_eq!(after.len(), user().len(), "{operation}: {after:?}");
        }
        let without = patch(json!([{ "op": "remove", "path": name }])).unwrap();
        assert!(!without.contains_key("custom"), "{name}");
    }
    assert_eq!(
        patch(json!([{ "op": "replace", "value": { "custom.c": 3 } }])).unwrap()["custom"],
        json!({ "a": 1, "c": 3 })
    );
    // However deep a part is, the whole is no deeper than it may be in a PUT.
    let nested = |depth: usize| (0..depth).fold(json!(1), |inner, _| json!([inner]));
    let deep = |depth: usize| json!([{ "op": "add", "path": "custom.deep", "value": nested(depth) }]);
    let deepest = (1..50)
        .take_while(|depth| patch(deep(*depth)).is_ok())
        .last()
        .unwrap();
    let kept = patch(deep(deepest)).unwrap();
    let put = Value::Object(kept.clone());
    assert_eq!(user::replace(Schemas::standard(), &kept, &put).unwrap(), kept);
    assert_eq!(keyword(deep(deepest + 1)), "invalidValue");
    // Of what is not there, there are no parts.
    assert_eq!(
        keyword(json!([{ "op": "add", "value": { "flag.X": { "b": 2 } } }])),
        "invalidPath"
    );
    assert_eq!(
        keyword(json!([{ "op": "add", "path": "flag.X", "value": 1 }])),
        "invalidPath"
    );
    // An extension that no schema has.
    let urn = "urn:x:y:2.0:User";
    let made = json!({ "op": "add", "value": { urn: { "tag": { "of": 1 } } } });
    for name in ["tag.of", "TAG.Of"] {
        for operation in [
            json!({ "op": "replace", "path": format!("{urn}:{name}"), "value": 2 }),
            json!({ "op": "replace", "value": { format!("{urn}:{name}"): 2 } }),
        ] {
            let after = patch(json!([made, operation])).unwrap();
            assert_eq!(after[urn], json!({ "tag": { "of": 2 } }), "{operation}");
        }
        let removed = json!({ "op": "remove", "path": format!("{urn}:{name}") });
        assert!(
            !patch(json!([made, removed])).unwrap().contains_key(urn),
            "{name}"
        );
    }
}
