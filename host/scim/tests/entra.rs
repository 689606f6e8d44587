//! What Entra ID sends, in both of its dialects.

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

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

fn request(operations: Value) -> PatchRequest {
    let body = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": operations,
    });
    PatchRequest::parse(&body).unwrap()
}

fn grace() -> Document {
    user::create(
        Schemas::standard(),
        &json!({ "userName": "grace", "active": true }),
    )
    .unwrap()
}

fn patch(operations: Value) -> Result<Value, ScimError> {
    user::patch(Schemas::standard(), &grace(), &request(operations)).map(Value::Object)
}

#[test]
fn operations_are_capitalised_and_booleans_are_strings() {
    let after = patch(json!([
        { "op": "Replace", "path": "active", "value": "False" },
        { "op": "Add", "path": "displayName", "value": "Grace Hopper" },
        { "op": "Add", "path": "name.givenName", "value": "Grace" },
        { "op": "Add", "path": "emails[type eq \"work\"].value", "value": "grace@example.com" },
        { "op": "Add", "path": format!("{ENTERPRISE}:department"), "value": "Navy" },
        { "op": "Add", "path": format!("{ENTERPRISE}:manager"), "value": "26118915" },
    ]));
    let expected = json!({
        "userName": "grace",
        "active": false,
        "displayName": "Grace Hopper",
        "name": { "givenName": "Grace" },
        "emails": [{ "type": "work", "value": "grace@example.com" }],
        ENTERPRISE: { "department": "Navy", "manager": { "value": "26118915" } },
    });
    assert_eq!(after.unwrap(), expected);
}

#[test]
fn new_dialect_has_paths_as_keys() {
    let operations = json!([{ "op": "replace", "value": {
        "displayName": "Grace",
        "name.familyName": "Hopper",
        "emails[type eq \"work\"].value": "grace@example.com",
        "emails[type eq \"work\"].primary": true,
        format!("{ENTERPRISE}:employeeNumber"): "42",
        ENTERPRISE: { "manager.value": "7", "DEPARTMENT": "Navy" },
    } }]);
    let expected = json!({
        "userName": "grace",
        "active": true,
        "displayName": "Grace",
        "name": { "familyName": "Hopper" },
        "emails": [{ "type": "work", "value": "grace@example.com", "primary": true }],
        ENTERPRISE: { "employeeNumber": "42", "manager": { "value": "7" }, "department": "Navy" },
    });
    assert_eq!(patch(operations).unwrap(), expected);
}

#[test]
fn replace_of_a_missing_address_creates_only_in_the_dialect_that_means_it() {
    let path = "addresses[type eq \"work\"].locality";
    let after = patch(json!([{ "op": "Replace", "path": path, "value": "Arlington" }])).unwrap();
    assert_eq!(
        after["addresses"],
        json!([{ "type": "work", "locality": "Arlington" }])
    );
    let error = patch(json!([{ "op": "replace", "path": path, "value": "Arlington" }])).unwrap_err();
    assert_eq!(error.body()["scimType"], "noTarget");
}

#[test]
fn boolean_filters_take_strings() {
    let path = "roles[primary eq \"True\"].value";
    let after = patch(json!([{ "op": "Add", "path": path, "value": "admiral" }])).unwrap();
    assert_eq!(after["roles"], json!([{ "primary": true, "value": "admiral" }]));
    let again = json!([
        { "op": "Add", "path": path, "value": "admiral" },
        { "op": "Replace", "path": path, "value": "computer scientist" },
    ]);
    assert_eq!(
        patch(again).unwrap()["roles"],
        json!([{ "primary": true, "value": "computer scientist" }])
    );
}

#[test]
fn custom_extensions_are_kept() {
    let urn = "urn:ietf:params:scim:schemas:extension:CustomExtensionName:2.0:User";
    let after = patch(json!([
        { "op": "Add", "path": format!("{urn}:tag"), "value": "x" },
        { "op": "Replace", "path": format!("{}:tag", urn.to_lowercase()), "value": "y" },
    ]));
    assert_eq!(after.unwrap()[urn], json!({ "tag": "y" }));
}

#[test]
fn remove_with_a_list_removes_only_those() {
    let current = group::create(Schemas::standard(), &json!({ "displayName": "Navy" }))
        .unwrap()
        .document;
    let operations = json!([{ "op": "Remove", "path": "members", "value": [{ "value": "a" }, { "value": "b", "$ref": null }] }]);
    let patch = group::patch(Schemas::standard(), &current, &request(operations)).unwrap();
    assert_eq!(patch.members, [MemberOp::Remove(vec!["a".into(), "b".into()])]);
}

#[test]
fn group_may_name_a_schema_of_2006() {
    let body = json!({
        "schemas": [
            "urn:ietf:params:scim:schemas:core:2.0:Group",
            "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group",
        ],
        "displayName": "Navy",
        "externalId": "8aa1a0c0",
        "members": [{ "$ref": null, "value": "f648f8d5" }],
        "meta": { "resourceType": "Group" },
    });
    let input = group::create(Schemas::standard(), &body).unwrap();
    assert_eq!(
        Value::Object(input.document),
        json!({ "displayName": "Navy", "externalId": "8aa1a0c0" })
    );
    assert_eq!(
        input.members,
        Some(vec![MemberInput {
            value: "f648f8d5".into(),
            display: None
        }])
    );
}

#[test]
fn create_takes_capitals_and_empty_lists() {
    let body = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
        "UserName": "grace",
        "emails": [{ "Primary": true, "type": "work", "value": "g@example.com" }],
        "roles": [],
        "active": "True",
        ENTERPRISE: {},
    });
    let expected = json!({
        "userName": "grace",
        "emails": [{ "primary": true, "type": "work", "value": "g@example.com" }],
        "active": true,
    });
    assert_eq!(
        Value::Object(user::create(Schemas::standard(), &body).unwrap()),
        expected
    );
}
