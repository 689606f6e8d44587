//! Extensions that an administrator registers (RFC 7643 sections 3.3 and 7).

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]

use serde_json::{Value, json};
use tidegate_scim::ResourceKind::{Group, User};
use tidegate_scim::filter::{self, Access, Condition, Lookup};
use tidegate_scim::patch::PatchRequest;
use tidegate_scim::present::{self, Meta};
use tidegate_scim::query::Projection;
use tidegate_scim::schema::{Registered, Schemas};
use tidegate_scim::{Document, ScimError, discovery, group, user};

const URN: &str = "urn:example:params:scim:schemas:2.0:Badge";

fn badge() -> Value {
    json!({
        "id": URN,
        "name": "Badge",
        "attributes": [
            {"name": "number", "type": "integer", "uniqueness": "server"},
            {"name": "code", "required": true, "caseExact": true, "uniqueness": "global"},
            {"name": "issued", "type": "dateTime", "mutability": "immutable"},
            {"name": "pin", "mutability": "writeOnly"},
            {"name": "printed", "type": "boolean", "mutability": "readOnly"},
            {"name": "note", "returned": "request"},
            {"name": "secret", "returned": "never"},
            {"name": "colours", "multiValued": true},
            {"name": "doors", "type": "complex", "multiValued": true, "subAttributes": [
                {"name": "value", "required": true},
                {"name": "floor", "type": "integer"},
            ]},
        ],
    })
}

fn schemas(required: bool) -> Schemas {
    Schemas::with(&[Registered::read(&badge(), vec![User, Group], required).unwrap()])
}

fn person(badge: &Value) -> Value {
    json!({"userName": "ada", URN: badge})
}

fn refusal(outcome: Result<impl std::fmt::Debug, ScimError>) -> (String, String) {
    let error = outcome.unwrap_err();
    (
        error.body()["scimType"].as_str().unwrap_or_default().to_owned(),
        error.detail,
    )
}

fn patched(current: &Document, operation: Value) -> Result<Document, ScimError> {
    let body =
        json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation]});
    user::patch(&schemas(false), current, &PatchRequest::parse(&body)?)
}

fn shown(document: &Document, attributes: Option<&str>, excluded: Option<&str>) -> Value {
    let meta = Meta {
        id: "u",
        created_ms: 0,
        modified_ms: 0,
        version: 1,
        base_url: "",
    };
    let projection = Projection::parse(attributes, excluded).unwrap();
    present::user(&schemas(false), document, &meta, &[], &projection)
}

#[test]
fn discovery_tells_of_it() {
    let schemas = schemas(true);
    let document = discovery::schema(&schemas, "https://t.example", &URN.to_uppercase()).unwrap();
    assert_eq!(
        document["meta"]["location"],
        format!("https://t.example/Schemas/{URN}")
    );
    assert_eq!(
        document["attributes"][0],
        json!({
            "name": "number", "type": "integer", "multiValued": false, "description": "", "required": false,
            "caseExact": false, "mutability": "readWrite", "returned": "default", "uniqueness": "server",
        })
    );
    assert_eq!(
        document["attributes"][3]["returned"], "never",
        "what is only written is not shown"
    );
    assert_eq!(
        discovery::schemas(&schemas, "")["totalResults"],
        4,
        "once, though two kinds have it"
    );
    for name in ["User", "Group"] {
        let described = discovery::resource_type(&schemas, "", name).unwrap();
        let extensions = described["schemaExtensions"].as_array().unwrap();
        assert_eq!(extensions.last(), Some(&json!({"schema": URN, "required": true})));
    }
}

#[test]
fn types_are_enforced_and_spelling_is_normal() {
    let given = json!({"NUMBER": 7, "code": "A", "colours": "red", "doors": {"VALUE": "north"}});
    let document = user::create(&schemas(false), &person(&given)).unwrap();
    assert_eq!(
        document[URN],
        json!({"number": 7, "code": "A", "colours": ["red"], "doors": [{"value": "north"}]})
    );
    for wrong in [
        json!({"code": "A", "number": "7"}),
        json!({"code": "A", "issued": "yesterday"}),
        json!({"code": ["A"]}),
        json!({"number": 7}),
        json!({"code": "A", "doors": [{"floor": 1}]}),
    ] {
        let (keyword, detail) = refusal(user::create(&schemas(false), &person(&wrong)));
        assert_eq!(keyword, "invalidValue", "{wrong}");
        assert!(
            detail.contains(':')
                || detail.contains("number")
                || detail.contains("issued")
                || detail.contains("code"),
            "{detail}"
        );
    }
}

#[test]
fn a_required_extension_must_be_there() {
    assert!(user::create(&schemas(false), &json!({"userName": "ada"})).is_ok());
    let (keyword, detail) = refusal(user::create(&schemas(true), &json!({"userName": "ada"})));
    assert_eq!(keyword, "invalidValue");
    assert!(detail.contains(URN), "{detail}");
    assert!(group::create(&schemas(true), &json!({"displayName": "x"})).is_err());
    let current = user::create(&schemas(true), &person(&json!({"code": "A"}))).unwrap();
    let (keyword, _) = refusal(user::patch(
        &schemas(true),
        &current,
        &PatchRequest::parse(&json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "remove", "path": URN}],
        }))
        .unwrap(),
    ));
    assert_eq!(keyword, "invalidValue");
}

#[test]
fn what_clients_may_not_set_is_ignored_in_bodies_and_refused_in_paths() {
    let given = json!({"code": "A", "printed": true, "pin": "1234"});
    let document = user::create(&schemas(false), &person(&given)).unwrap();
    assert_eq!(document[URN], json!({"code": "A"}), "nothing of a PIN is kept");
    let path = format!("{URN}:printed");
    let (keyword, _) = refusal(patched(
        &document,
        json!({"op": "replace", "path": path, "value": true}),
    ));
    assert_eq!(keyword, "mutability");
    let same = patched(
        &document,
        json!({"op": "replace", "path": format!("{URN}:pin"), "value": "1"}),
    );
    assert_eq!(same.unwrap(), document);
}

#[test]
fn what_is_immutable_is_set_once() {
    let schemas = schemas(false);
    let before = user::create(&schemas, &person(&json!({"code": "A"}))).unwrap();
    let path = format!("{URN}:issued");
    let first = json!({"op": "add", "path": path, "value": "2026-01-01T00:00:00Z"});
    let document = patched(&before, first.clone()).unwrap();
    assert_eq!(
        patched(&document, first).unwrap(),
        document,
        "the same again is no change"
    );
    for change in [
        json!({"op": "replace", "path": path, "value": "2027-01-01T00:00:00Z"}),
        json!({"op": "remove", "path": path}),
        json!({"op": "remove", "path": URN}),
        json!({"op": "replace", "value": {URN: {"issued": "2027-01-01T00:00:00Z"}}}),
    ] {
        assert_eq!(
            refusal(patched(&document, change.clone())).0,
            "mutability",
            "{change}"
        );
    }
    let put = user::replace(&schemas, &document, &person(&json!({"code": "B"}))).unwrap();
    assert_eq!(
        put[URN],
        json!({"code": "B", "issued": "2026-01-01T00:00:00Z"}),
        "left out is not taken away"
    );
    let other = person(&json!({"code": "B", "issued": "2027-01-01T00:00:00Z"}));
    assert_eq!(
        refusal(user::replace(&schemas, &document, &other)).0,
        "mutability"
    );
}

#[test]
fn returned_is_honoured() {
    let given = json!({"code": "A", "note": "n", "secret": "s"});
    let document = user::create(&schemas(false), &person(&given)).unwrap();
    assert_eq!(document[URN], given, "kept, to be filtered by");
    assert_eq!(shown(&document, None, None)[URN], json!({"code": "A"}));
    assert_eq!(
        shown(&document, Some(&format!("{URN}:note")), None)[URN],
        json!({"note": "n"})
    );
    assert_eq!(
        shown(&document, Some(URN), None)[URN],
        json!({"code": "A", "note": "n"})
    );
    assert!(
        shown(&document, Some(&format!("{URN}:secret")), None)
            .get(URN)
            .is_none()
    );
    assert_eq!(
        shown(&document, None, Some("userName"))[URN],
        json!({"code": "A"})
    );
    assert!(
        shown(&document, None, Some(&format!("{URN}:code")))
            .get(URN)
            .is_none()
    );
    assert!(
        !user::view(&schemas(false), &document, "u").raw.contains("\"s\""),
        "rules see no secrets"
    );
}

#[test]
fn unique_values_are_named_for_the_store_and_looked_up_there() {
    let schemas = schemas(false);
    let document = user::create(&schemas, &person(&json!({"code": "A", "number": 7}))).unwrap();
    let values: Vec<(String, String)> = schemas
        .user()
        .unique_values(&document)
        .into_iter()
        .map(|unique| (unique.attribute, unique.value))
        .collect();
    let name = |attribute: &str| format!("{}:{attribute}", URN.to_lowercase());
    assert_eq!(values, [(name("code"), "A".into()), (name("number"), "7".into())]);
    let access = |text: &str| {
        let filter = filter::parse(text).unwrap();
        Condition::new(schemas.user(), &filter).unwrap().access(User)
    };
    let found = |attribute: &str, value: &str| Access::Lookups {
        any: vec![Lookup::Unique {
            attribute: name(attribute),
            value: value.into(),
        }],
        exact: true,
    };
    assert_eq!(access(&format!("{URN}:number eq 7")), found("number", "7"));
    assert_eq!(access(&format!("{URN}:CODE eq \"A\"")), found("code", "A"));
    assert_eq!(
        access(&format!("{URN}:number eq 7.0")),
        Access::Everything,
        "equal, and another text"
    );
    assert_eq!(access(&format!("{URN}:colours eq \"red\"")), Access::Everything);
}

#[test]
fn filters_know_its_types() {
    let schemas = schemas(false);
    let given =
        json!({"code": "A", "number": 7, "issued": "2026-01-01T00:00:00Z", "colours": ["red", "Blue"]});
    let document = user::create(&schemas, &person(&given)).unwrap();
    let matches = |text: &str| {
        let filter = filter::parse(&format!("{URN}:{text}")).unwrap();
        let condition = Condition::new(schemas.user(), &filter).unwrap();
        condition.matches(&document).unwrap()
    };
    assert!(matches("number gt 6") && !matches("number gt 7") && matches("number eq 7.0"));
    assert!(matches("issued lt \"2026-01-01T02:00:00+01:00\"") && matches("issued pr"));
    assert!(matches("colours eq \"BLUE\"") && !matches("colours ne \"blue\""));
    assert!(matches("code eq \"A\"") && !matches("code eq \"a\""));
    let wrong = filter::parse(&format!("{URN}:weight gt 6")).unwrap();
    assert!(Condition::new(schemas.user(), &wrong).is_err());
}

#[test]
fn a_wrong_document_is_told_all_that_is_wrong() {
    let read = |document: &Value| Registered::read(document, vec![User], false);
    let paths = |document: &Value| -> Vec<String> {
        read(document)
            .unwrap_err()
            .into_iter()
            .map(|problem| problem.path)
            .collect()
    };
    assert_eq!(paths(&json!([])), [""]);
    assert_eq!(paths(&json!({"id": "badge"})), ["/id", "/attributes"]);
    for id in [
        "urn:ietf:params:scim:schemas:core:2.0:User",
        "URN:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        "urn:x",
        "urn:a:b c",
        "https://example.com/schema",
    ] {
        assert_eq!(
            paths(&json!({"id": id, "attributes": [{"name": "a"}]})),
            ["/id"],
            "{id}"
        );
    }
    let attributes = json!({"id": URN, "attributes": [
        {"name": "1st"},
        {"name": "a", "type": "number"},
        {"name": "A"},
        {"name": "b", "type": "complex"},
        {"name": "c", "type": "complex", "subAttributes": [{"name": "d", "type": "complex"}]},
        {"name": "e", "mutability": "writeOnly", "returned": "always"},
        {"name": "f", "uniqueness": "server", "mutability": "readOnly"},
        {"name": "g", "required": "yes"},
        {"name": "h", "canonicalValues": [1]},
        7,
    ]});
    assert_eq!(
        paths(&attributes),
        [
            "/attributes/0/name",
            "/attributes/1/type",
            "/attributes/2/name",
            "/attributes/3/subAttributes",
            "/attributes/4/subAttributes/0/type",
            "/attributes/5/returned",
            "/attributes/6/uniqueness",
            "/attributes/7/required",
            "/attributes/8/canonicalValues",
            "/attributes/9",
        ]
    );
    assert!(Registered::read(&badge(), Vec::new(), false).is_err());
    let complete = read(&badge()).unwrap().document();
    assert_eq!(
        read(&complete).unwrap().document(),
        complete,
        "the complete form stays as it is"
    );
}
