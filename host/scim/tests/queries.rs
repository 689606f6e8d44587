//! Query strings and projections (RFC 7644 sections 3.4.2.4 and 3.9).

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use serde_json::{Value, json};
use tidegate_scim::filter;
use tidegate_scim::present::{self, GroupRef, Meta};
use tidegate_scim::query::{self, Projection};
use tidegate_scim::schema::Schemas;
use tidegate_scim::user;

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

#[test]
fn okta_asks_so() {
    let params = query::parse(Some(
        "filter=userName%20eq%20%22a%2Bb%40c.example%22&startIndex=1&count=100",
    ))
    .unwrap();
    assert_eq!(
        params.filter,
        Some(filter::parse(r#"userName eq "a+b@c.example""#).unwrap())
    );
    assert_eq!(
        (params.start_index, params.count, params.limit()),
        (1, Some(100), 100)
    );
}

#[test]
fn entra_asks_so() {
    let raw = "aadOptscim062020&excludedAttributes=members&filter=externalId+eq+%22x+y%22";
    let params = query::parse(Some(raw)).unwrap();
    assert_eq!(
        params.filter,
        Some(filter::parse(r#"externalId eq "x y""#).unwrap())
    );
    assert!(!params.projection.wants_members());
}

#[test]
fn numbers_are_whole_and_bounded() {
    let parse =
        |raw: &str| query::parse(Some(raw)).map(|params| (params.start_index, params.count, params.limit()));
    let cases = [
        ("", (1, None, 100)),
        ("startIndex=0&count=0", (1, Some(0), 0)),
        ("startIndex=-5&count=-5", (1, Some(0), 0)),
        (
            "STARTINDEX=7&count=99999999999999999999999",
            (7, Some(u64::MAX), 1000),
        ),
        ("startIndex=&count=%20", (1, None, 100)),
    ];
    for (raw, expected) in cases {
        assert_eq!(parse(raw).unwrap(), expected, "{raw}");
    }
    for raw in [
        "count=ten",
        "count=1.5",
        "startIndex=-",
        "count=%ff",
        "attributes=a&excludedAttributes=b",
    ] {
        let error = query::parse(Some(raw)).unwrap_err();
        assert_eq!(error.body()["scimType"], "invalidValue", "{raw}");
    }
    assert_eq!(
        query::parse(Some("filter=x")).unwrap_err().body()["scimType"],
        "invalidFilter"
    );
    assert!(query::parse(Some(&"a".repeat(40_000))).is_err());
    assert!(query::parse(Some(&format!("attributes={}", "a,".repeat(101)))).is_err());
}

fn shown(attributes: Option<&str>, excluded: Option<&str>) -> Value {
    let user = user::create(
        Schemas::standard(),
        &json!({
            "userName": "ada",
            "name": { "givenName": "Ada", "familyName": "Lovelace" },
            "emails": [{ "value": "a@b.example", "type": "work" }],
            ENTERPRISE: { "department": "Engines", "division": "Difference" },
        }),
    );
    let meta = Meta {
        id: "u1",
        created_ms: 0,
        modified_ms: 0,
        version: 1,
        base_url: "https://t.example/scim",
    };
    let groups = [GroupRef {
        id: "g1".into(),
        display: "All".into(),
    }];
    let projection = Projection::parse(attributes, excluded).unwrap();
    let mut shown = present::user(Schemas::standard(), &user.unwrap(), &meta, &groups, &projection);
    let members = shown.as_object_mut().unwrap();
    assert!(members.shift_remove("schemas").is_some());
    assert_eq!(members.shift_remove("id"), Some("u1".into()));
    shown
}

#[test]
fn attributes_select() {
    assert_eq!(shown(Some("userName"), None), json!({ "userName": "ada" }));
    assert_eq!(
        shown(Some("NAME.givenname, emails.value,nothing"), None),
        json!({
            "name": { "givenName": "Ada" }, "emails": [{ "value": "a@b.example" }],
        })
    );
    assert_eq!(
        shown(Some("urn:ietf:params:scim:schemas:core:2.0:User:userName"), None),
        json!({ "userName": "ada" })
    );
    assert_eq!(
        shown(Some(&format!("{ENTERPRISE}:department")), None),
        json!({ ENTERPRISE: { "department": "Engines" } })
    );
    assert_eq!(
        shown(Some(ENTERPRISE), None),
        json!({ ENTERPRISE: { "department": "Engines", "division": "Difference" } })
    );
    assert_eq!(shown(Some("id"), None), json!({}));
}

#[test]
fn excluded_attributes_go_but_id_and_schemas_stay() {
    let excluded = format!("id,schemas,meta,groups,active,emails.type,name.familyName,{ENTERPRISE}:division");
    let expected = json!({
        "userName": "ada",
        "name": { "givenName": "Ada" },
        "emails": [{ "value": "a@b.example" }],
        ENTERPRISE: { "department": "Engines" },
    });
    assert_eq!(shown(None, Some(&excluded)), expected);
    assert!(shown(None, Some(ENTERPRISE)).get(ENTERPRISE).is_none());
}

/// RFC 7643 section 3: `schemas` is about what the answer has.
#[test]
fn schemas_name_what_is_shown() {
    let resource = user::create(
        Schemas::standard(),
        &json!({"userName": "a", ENTERPRISE: {"department": "Tours"}}),
    )
    .unwrap();
    let meta = Meta {
        id: "1",
        created_ms: 0,
        modified_ms: 0,
        version: 1,
        base_url: "https://scim.example",
    };
    let core = "urn:ietf:params:scim:schemas:core:2.0:User";
    let schemas = |query: &str| {
        let projection = query::parse(Some(query)).unwrap().projection;
        present::user(Schemas::standard(), &resource, &meta, &[], &projection)["schemas"].clone()
    };
    assert_eq!(schemas(""), json!([core, ENTERPRISE]));
    assert_eq!(schemas("attributes=userName"), json!([core]));
    assert_eq!(
        schemas(&format!("excludedAttributes={ENTERPRISE}:department")),
        json!([core])
    );
    assert_eq!(
        schemas(&format!("attributes={ENTERPRISE}:department")),
        json!([core, ENTERPRISE])
    );
}
