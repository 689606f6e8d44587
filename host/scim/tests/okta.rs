//! What Okta sends, and what other servers got wrong about it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]

use serde_json::{Value, json};
use tidegate_scim::group::{self, MemberInput, MemberOp};
use tidegate_scim::patch::PatchRequest;
use tidegate_scim::schema::Schemas;
use tidegate_scim::{Document, ScimError, user};

fn okta_user() -> Value {
    json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": "Ada.Lovelace@Example.com",
        "name": { "givenName": "Ada", "familyName": "Lovelace" },
        "emails": [{ "primary": true, "value": "ada@example.com", "type": "work" }],
        "displayName": "Ada Lovelace",
        "locale": "en-US",
        "externalId": "00ujl29u0le5T6Aj10h7",
        "groups": [],
        "password": "1mz050nq",
        "active": true,
    })
}

fn ada() -> Document {
    user::create(Schemas::standard(), &okta_user()).unwrap()
}

fn request(operations: Value) -> PatchRequest {
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": operations,
    });
    PatchRequest::parse(&body).unwrap()
}

fn engineers() -> Document {
    group::create(Schemas::standard(), &json!({ "displayName": "Engineers" }))
        .unwrap()
        .document
}

fn members(operations: Value) -> Vec<MemberOp> {
    group::patch(Schemas::standard(), &engineers(), &request(operations))
        .unwrap()
        .members
}

fn member(id: &str) -> MemberInput {
    MemberInput {
        value: id.into(),
        display: None,
    }
}

#[test]
fn create_keeps_the_user_as_sent_and_drops_password_and_read_only_attributes() {
    let document = ada();
    assert_eq!(document["userName"], "Ada.Lovelace@Example.com");
    for absent in ["password", "groups", "schemas", "id", "meta"] {
        assert!(!document.contains_key(absent), "{absent}");
    }
    let keys = user::keys(&document);
    assert!(keys.active);
    assert_eq!(keys.emails, ["ada@example.com"]);
    assert_eq!(keys.external_id.as_deref(), Some("00ujl29u0le5T6Aj10h7"));
}

#[test]
fn put_takes_back_everything_that_was_returned() {
    let current = ada();
    let mut body = okta_user();
    body["id"] = "0190".into();
    body["meta"] = json!({ "resourceType": "User", "version": "W/\"1\"", "location": null });
    body["groups"] = json!([{ "value": "g", "display": "Engineers", "$ref": null, "type": "direct" }]);
    body["title"] = Value::Null;
    assert_eq!(
        user::replace(Schemas::standard(), &current, &body).unwrap(),
        current
    );
}

#[test]
fn put_removes_what_is_absent_but_never_changes_active_by_silence() {
    let inactive = user::patch(
        Schemas::standard(),
        &ada(),
        &request(json!([{ "op": "replace", "value": { "active": false } }])),
    )
    .unwrap();
    let after = user::replace(
        Schemas::standard(),
        &inactive,
        &json!({ "userName": "ada", "active": null }),
    )
    .unwrap();
    assert_eq!(
        Value::Object(after),
        json!({ "userName": "ada", "active": false })
    );
    let after = user::replace(
        Schemas::standard(),
        &inactive,
        &json!({ "userName": "ada", "active": true }),
    )
    .unwrap();
    assert_eq!(after["active"], true);
}

#[test]
fn deactivate_and_reactivate_by_patch_without_path() {
    let off = user::patch(
        Schemas::standard(),
        &ada(),
        &request(json!([{ "op": "replace", "value": { "active": false } }])),
    )
    .unwrap();
    assert!(!user::keys(&off).active);
    let on = user::patch(
        Schemas::standard(),
        &off,
        &request(json!([{ "op": "replace", "value": { "active": true } }])),
    )
    .unwrap();
    assert_eq!(on, ada());
}

#[test]
fn password_sync_changes_nothing() {
    let same = user::patch(
        Schemas::standard(),
        &ada(),
        &request(json!([{ "op": "replace", "value": { "password": "s3cret" } }])),
    )
    .unwrap();
    assert_eq!(same, ada());
}

#[test]
fn rename_of_a_group_ignores_the_id() {
    let operations =
        json!([{ "op": "replace", "value": { "id": "abf4dd94", "displayName": "Engineering" } }]);
    let patch = group::patch(Schemas::standard(), &engineers(), &request(operations)).unwrap();
    assert_eq!(group::keys(&patch.document).display_name, "Engineering");
    assert_eq!(patch.members, []);
}

#[test]
fn mixed_membership_changes_stay_in_order_and_are_joined() {
    let ops = members(json!([
        { "op": "remove", "path": "members[value eq \"a\"]" },
        { "op": "remove", "path": "members[value eq \"b\"]" },
        { "op": "remove", "path": "members[value eq \"a\"]" },
        { "op": "add", "path": "members", "value": [{ "value": "c", "display": "c@example.com" }] },
        { "op": "add", "path": "members", "value": [{ "value": "d" }, { "value": "c" }] },
    ]));
    let c = MemberInput {
        value: "c".into(),
        display: Some("c@example.com".into()),
    };
    assert_eq!(
        ops,
        [
            MemberOp::Remove(vec!["a".into(), "b".into()]),
            MemberOp::Add(vec![c, member("d")])
        ]
    );
}

#[test]
fn push_now_replaces_members_also_by_none() {
    let list = json!([{ "op": "replace", "path": "members", "value": [{ "value": "a" }, { "value": "a" }] }]);
    assert_eq!(members(list), [MemberOp::Replace(vec![member("a")])]);
    let empty = json!([{ "op": "replace", "path": "members", "value": [] }]);
    assert_eq!(members(empty), [MemberOp::Replace(vec![])]);
    let without_path =
        json!([{ "op": "replace", "value": { "members": [], "id": "x", "displayName": "Engineers" } }]);
    assert_eq!(members(without_path), [MemberOp::Replace(vec![])]);
    let qualified = json!([{
        "op": "replace",
        "path": "urn:ietf:params:scim:schemas:core:2.0:Group:members",
        "value": { "value": "a" },
    }]);
    assert_eq!(members(qualified), [MemberOp::Replace(vec![member("a")])]);
    assert_eq!(
        members(json!([{ "op": "remove", "path": "members" }])),
        [MemberOp::Clear]
    );
}

#[test]
fn put_of_a_group_tells_silence_from_empty() {
    let name = || json!({ "displayName": "Engineers" });
    assert_eq!(
        group::replace(Schemas::standard(), &engineers(), &name())
            .unwrap()
            .members,
        None
    );
    for empty in [json!([]), Value::Null] {
        let mut body = name();
        body["members"] = empty;
        assert_eq!(
            group::replace(Schemas::standard(), &engineers(), &body)
                .unwrap()
                .members,
            Some(vec![])
        );
    }
}

#[test]
fn nested_groups_are_refused_by_name() {
    let body = json!({ "displayName": "All", "members": [{ "value": "g", "type": "Group" }] });
    let error = group::create(Schemas::standard(), &body).unwrap_err();
    assert_eq!(
        (error.status, error.detail.contains("nested groups")),
        (400, true)
    );
}

#[test]
fn too_many_members_are_refused() {
    let members: Vec<Value> = (0..=100_000).map(|n| json!({ "value": n.to_string() })).collect();
    let error = group::create(
        Schemas::standard(),
        &json!({ "displayName": "All", "members": members }),
    )
    .unwrap_err();
    assert_eq!(error.body()["scimType"], "tooMany");
}

#[test]
fn errors_name_the_attribute() {
    let cases = [
        (json!({ "userName": " " }), "userName is required."),
        (json!({ "userName": "a", "title": 7 }), "title must be a string."),
        (
            json!({ "userName": "a", "emails": [{ "value": 7 }] }),
            "emails.value must be a string.",
        ),
        (
            json!({ "userName": "a", "active": "maybe" }),
            "active must be true or false.",
        ),
        (
            json!({ "userName": "a", "name": "Ada" }),
            "name must be an object.",
        ),
        (
            json!({ "userName": "a".repeat(256) }),
            "userName is longer than 255 characters.",
        ),
    ];
    for (body, detail) in cases {
        let error: ScimError = user::create(Schemas::standard(), &body).unwrap_err();
        assert_eq!((error.status, error.detail.as_str()), (400, detail));
    }
}
