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

/// RFC 7643 sections 2.3.6 and 2.3.7.
#[test]
fn certificates_are_base_64_and_references_are_uris() {
    let with = |name: &str, value: Value| {
        let created = user::create(Schemas::standard(), &json!({"userName": "a", name: value}));
        created.map_err(|error| error.body()["scimType"].as_str().unwrap_or_default().to_owned())
    };
    for taken in ["TUlJ", "TUk=", "TUk", "-_-_", ""] {
        assert!(
            with("x509Certificates", json!([{"value": taken, "type": "x"}])).is_ok(),
            "{taken}"
        );
    }
    for refused in ["TUlJ!", "T", "TU lJ"] {
        let error = with("x509Certificates", json!([{"value": refused}])).unwrap_err();
        assert_eq!(error, "invalidValue", "{refused}");
    }
    for taken in [
        "https://example.com/a?b#c",
        "../Users/1",
        "https://example.com/jürgen",
    ] {
        assert_eq!(with("profileUrl", json!(taken)).unwrap()["profileUrl"], taken);
    }
    for refused in ["https://exa mple.com", "http://[::1", "a%zz"] {
        assert_eq!(
            with("profileUrl", json!(refused)).unwrap_err(),
            "invalidValue",
            "{refused}"
        );
    }
    assert!(
        with("profileUrl", json!("")).unwrap().get("profileUrl").is_none(),
        "nothing is no value"
    );
}

/// One rule for dots, whichever way an attribute of a schema that nobody registered is written.
#[test]
fn a_dotted_key_is_what_a_dotted_path_is() {
    let urn = "urn:example:params:scim:schemas:2.0:Flags";
    let by_key = patch(json!([{"op": "add", "value": {urn: {"flag.x": 1}}}])).unwrap();
    let by_path = patch(json!([{"op": "add", "path": format!("{urn}:flag.x"), "value": 1}])).unwrap();
    assert_eq!(by_key[urn], json!({"flag": {"x": 1}}));
    assert_eq!(by_key, by_path);
    let stored = patch(json!([{"op": "add", "path": "custom.B", "value": {"c": 1}}])).unwrap();
    let keyed = patch(json!([{"op": "add", "value": {"custom.B": {"c": 1}}}])).unwrap();
    assert_eq!(
        (&stored["custom"], &stored),
        (&json!({"a": 1, "B": {"c": 1}}), &keyed)
    );
}

/// Names have no case (RFC 7643 section 2.1), whether or not a schema has them.
#[test]
fn what_no_schema_has_is_one_attribute_in_any_case() {
    let urn = "urn:example:params:scim:schemas:2.0:Flags";
    let add = |path: String, value: i32| json!({"op": "add", "path": path, "value": value});
    let twice = json!([add(format!("{urn}:tag.one"), 1), add(format!("{urn}:TAG.ONE"), 2)]);
    assert_eq!(patch(twice).unwrap()[urn], json!({"tag": {"one": 2}}));
    let removed =
        json!([add(format!("{urn}:tag.one"), 1), {"op": "remove", "path": format!("{urn}:Tag.One")}]);
    assert!(patch(removed).unwrap().get(urn).is_none());
    let deep = json!([{"op": "add", "path": "custom.b", "value": [[[[[[[1]]]]]]]}]);
    assert_eq!(
        keyword(deep),
        "invalidValue",
        "as deep as the whole may be, not its part"
    );
}

/// Members under the core schema's URN are members.
#[test]
fn members_are_found_under_the_urn_of_the_core_schema() {
    let schemas = Schemas::standard();
    let urn = "urn:ietf:params:scim:schemas:core:2.0:Group";
    let current = group::create(schemas, &json!({"displayName": "crew"}))
        .unwrap()
        .document;
    let patched = |operation: Value| {
        let request = PatchRequest::parse(&body(json!([operation]))).unwrap();
        group::patch(schemas, &current, &request).unwrap()
    };
    let members = json!({"members": [{"value": "u1"}], "displayName": "new"});
    for op in ["add", "replace"] {
        let plain = patched(json!({"op": op, "value": members}));
        assert_eq!(plain.members.len(), 1, "{op}");
        assert_eq!(patched(json!({"op": op, "value": {urn: members}})), plain, "{op}");
        assert_eq!(
            patched(json!({"op": op, "path": urn, "value": members})),
            plain,
            "{op}"
        );
    }
    let emptied = patched(json!({"op": "replace", "value": {urn: {"members": []}}}));
    assert_eq!(emptied.members, [group::MemberOp::Replace(Vec::new())]);
}
