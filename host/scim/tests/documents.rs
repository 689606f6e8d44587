//! The documents this crate writes, as golden files.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use serde_json::json;
use tidegate_scim::discovery::Authentication;
use tidegate_scim::present::{self, GroupRef, MemberRef, Meta};
use tidegate_scim::query::Projection;
use tidegate_scim::schema::Schemas;
use tidegate_scim::{Document, ScimError, discovery, group, user};

const BASE: &str = "https://tidegate.example/apps/okta/scim/v2";

fn meta(id: &str) -> Meta<'_> {
    Meta {
        id,
        created_ms: 1_764_000_000_000,
        modified_ms: 1_764_000_000_123,
        version: 3,
        base_url: BASE,
    }
}

fn ada() -> Document {
    let body = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "id": "chosen by the client",
        "userName": "ada@example.com",
        "name": { "givenName": "Ada", "familyName": "Lovelace", "middleName": null },
        "emails": [
            { "value": "ada@example.com", "type": "work", "primary": true },
            { "value": "ada@home.example", "type": "home", "primary": true },
        ],
        "displayName": "Ada Lovelace",
        "externalId": "00ujl29u0le5T6Aj10h7",
        "password": "1mz050nq",
        "active": true,
        "favouriteEngine": { "name": "Analytical", "built": null },
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
            "department": "Engines",
            "manager": { "value": "26118915", "displayName": "Charles Babbage" },
        },
    });
    user::create(Schemas::standard(), &body).unwrap()
}

#[test]
fn user_resource() {
    let groups = [GroupRef {
        id: "g1".into(),
        display: "Engineers".into(),
    }];
    insta::assert_json_snapshot!(present::user(
        Schemas::standard(),
        &ada(),
        &meta("u1"),
        &groups,
        &Projection::default()
    ));
}

#[test]
fn user_view() {
    insta::assert_json_snapshot!(user::view(Schemas::standard(), &ada(), "u1"));
}

#[test]
fn group_resource() {
    let group = group::create(
        Schemas::standard(),
        &json!({ "displayName": "Engineers", "externalId": "e" }),
    )
    .unwrap()
    .document;
    let members = [
        MemberRef {
            id: "u1".into(),
            display: Some("Ada Lovelace".into()),
        },
        MemberRef {
            id: "u2".into(),
            display: None,
        },
    ];
    let shown = present::group(
        Schemas::standard(),
        &group,
        &meta("g1"),
        Some(&members),
        &Projection::default(),
    );
    insta::assert_json_snapshot!(present::list(vec![shown], 7, 3));
    let bare = present::group(
        Schemas::standard(),
        &group,
        &meta("g1"),
        None,
        &Projection::default(),
    );
    assert!(bare.get("members").is_none());
    insta::assert_json_snapshot!("group_view", group::view(Schemas::standard(), &group, "g1"));
}

#[test]
fn error_bodies() {
    let errors = [
        ScimError::invalid_syntax("a"),
        ScimError::invalid_value("b"),
        ScimError::invalid_filter("c"),
        ScimError::invalid_path("d"),
        ScimError::no_target("e"),
        ScimError::mutability("f"),
        ScimError::uniqueness("g"),
        ScimError::too_many("h"),
        ScimError::not_found("i"),
        ScimError::unauthorized("j"),
        ScimError::forbidden("k"),
        ScimError::too_many_requests(17),
        ScimError::payload_too_large("l"),
        ScimError::unsupported_media_type("m"),
        ScimError::method_not_allowed("n"),
        ScimError::not_implemented("o"),
        ScimError::invalid_cursor("p"),
        ScimError::expired_cursor("q"),
        ScimError::invalid_count("r"),
        ScimError::internal("never seen by a client"),
    ];
    insta::assert_json_snapshot!(errors.iter().map(ScimError::body).collect::<Vec<_>>());
}

#[test]
fn service_provider_config() {
    insta::assert_json_snapshot!(discovery::service_provider_config(
        BASE,
        Authentication::default()
    ));
}

#[test]
fn schemas() {
    insta::assert_json_snapshot!(discovery::schemas(Schemas::standard(), BASE));
    let urn = "URN:ietf:params:scim:schemas:core:2.0:user";
    assert!(discovery::schema(Schemas::standard(), BASE, urn).is_some_and(|schema| schema["name"] == "User"));
    assert!(discovery::schema(Schemas::standard(), BASE, "urn:x").is_none());
}

#[test]
fn resource_types() {
    insta::assert_json_snapshot!(discovery::resource_types(Schemas::standard(), BASE));
    assert!(discovery::resource_type(Schemas::standard(), BASE, "Group").is_some());
    assert!(discovery::resource_type(Schemas::standard(), BASE, "Device").is_none());
}
