//! Base 64 and URIs (RFC 7643 sections 2.3.6 and 2.3.7).

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]

use serde_json::{Value, json};
use tidegate_scim::patch::PatchRequest;
use tidegate_scim::schema::Schemas;
use tidegate_scim::{Document, ScimError, user};

fn create(name: &str, value: Value) -> Result<Document, ScimError> {
    user::create(Schemas::standard(), &json!({"userName": "ada", name: value}))
}

fn patch(current: &Document, operation: Value) -> Result<Document, ScimError> {
    let body =
        json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation]});
    user::patch(Schemas::standard(), current, &PatchRequest::parse(&body)?)
}

fn refused(outcome: Result<Document, ScimError>, named: &str) {
    let error = outcome.expect_err(named);
    assert_eq!(error.body()["scimType"], "invalidValue", "{named}");
    assert!(error.detail.contains(named), "{named}: {}", error.detail);
}

#[test]
fn certificates_are_base64() {
    let made = create(
        "x509Certificates",
        json!([{"value": "MIIDQzCCAqygAwIBAgICEAAwDQYJ"}]),
    )
    .unwrap();
    assert_eq!(
        made["x509Certificates"][0]["value"],
        "MIIDQzCCAqygAwIBAgICEAAwDQYJ"
    );
    for wrong in ["not base 64!", "MIIDQ", "MIID\nQzCC", "é"] {
        refused(
            create("x509Certificates", json!([{"value": wrong}])),
            "x509Certificates.value",
        );
        let paths = ["x509Certificates.value", "x509Certificates[type eq \"a\"].value"];
        for path in paths {
            refused(
                patch(&made, json!({"op": "add", "path": path, "value": wrong})),
                "x509Certificates.value",
            );
        }
    }
}

#[test]
fn references_are_uris() {
    let made = create("profileUrl", json!("https://example.com/ada?a=b#c")).unwrap();
    for good in [
        "../ada",
        "/Users/ada",
        "urn:example:ada",
        "https://exämple.com/~ada%20l",
    ] {
        let after = patch(
            &made,
            json!({"op": "replace", "path": "profileUrl", "value": good}),
        )
        .unwrap();
        assert_eq!(after["profileUrl"], good);
    }
    for wrong in ["not a uri", "https://example.com/%zz", "<a>", "https://[::1"] {
        refused(create("profileUrl", json!(wrong)), "profileUrl");
        refused(create("photos", json!([{"value": wrong}])), "photos.value");
        refused(
            patch(&made, json!({"op": "replace", "value": {"profileUrl": wrong}})),
            "profileUrl",
        );
        refused(
            patch(
                &made,
                json!({"op": "add", "path": "photos[type eq \"photo\"].value", "value": wrong}),
            ),
            "photos.value",
        );
    }
}

#[test]
fn an_empty_reference_is_none() {
    let made = create("profileUrl", json!("")).unwrap();
    assert!(!made.contains_key("profileUrl"), "{made:?}");
    let manager = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager";
    let current = user::create(
        Schemas::standard(),
        &json!({
            "userName": "ada", "profileUrl": "https://example.com/ada",
            "photos": [{"value": "https://example.com/a.png", "type": "photo"}],
            "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
                "manager": {"value": "26", "$ref": "../Users/26"},
            },
        }),
    )
    .unwrap();
    for (operation, gone) in [
        (
            json!({"op": "replace", "path": "profileUrl", "value": ""}),
            "/profileUrl",
        ),
        (
            json!({"op": "replace", "value": {"profileUrl": ""}}),
            "/profileUrl",
        ),
        (
            json!({"op": "replace", "path": "photos[type eq \"photo\"].value", "value": ""}),
            "/photos",
        ),
        (
            json!({"op": "replace", "path": "photos", "value": [{"value": ""}]}),
            "/photos",
        ),
        (
            json!({"op": "replace", "path": manager, "value": {"$ref": ""}}),
            "/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User/manager/$ref",
        ),
    ] {
        let after = Value::Object(patch(&current, operation.clone()).unwrap());
        assert_eq!(after.pointer(gone), None, "{operation}: {after}");
        let before = Value::Object(current.clone());
        assert!(before.pointer(gone).is_some(), "{operation}");
    }
    // Nothing to add is nothing added.
    let same = patch(&current, json!({"op": "add", "path": "profileUrl", "value": ""})).unwrap();
    assert_eq!(same, current);
}
