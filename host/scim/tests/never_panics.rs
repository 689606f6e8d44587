//! Properties over arbitrary input: nothing panics, and what the RFC calls idempotent is.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tidegate_scim::ResourceKind;
use tidegate_scim::bulk::{BulkRequest, Plan};
use tidegate_scim::filter::{self, Condition};
use tidegate_scim::patch::PatchRequest;
use tidegate_scim::present::{self, Meta};
use tidegate_scim::query::{self, Projection};
use tidegate_scim::schema::{Registered, Schemas};
use tidegate_scim::{Document, group, user};

/// Names that mean something here, so that arbitrary input reaches the depths.
fn name() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "userName",
        "USERNAME",
        "active",
        "name",
        "name.givenName",
        "givenName",
        "emails",
        "emails.value",
        "value",
        "type",
        "primary",
        "members",
        "groups",
        "id",
        "meta",
        "schemas",
        "password",
        "displayName",
        "externalId",
        "emails[type eq \"work\"].value",
        "emails[type eq \"work\"]",
        "emails[not (type pr)].primary",
        "roles",
        "x.y",
        "members[value eq \"a\"]",
        "addresses[type eq \"home\"].locality",
        "addresses",
        "custom",
        "$ref",
        "",
        "urn:ietf:params:scim:schemas:core:2.0:User",
        "urn:ietf:params:scim:schemas:core:2.0:User:name.familyName",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User",
        "urn:x:y:User",
        "urn:x:y:User:a.b",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
        "x509Certificates",
    ]);
    prop_oneof![8 => known.prop_map(str::to_owned), 1 => "\\PC{0,12}"]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(vec!["True", "false", "work", "a", "b", "User", "Group", ""])
            .prop_map(Value::from),
        "\\PC{0,8}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((name(), inner), 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn operation() -> impl Strategy<Value = Value> {
    let op = prop::sample::select(vec!["add", "replace", "remove", "Add", "Replace", "Remove"]);
    (op, prop::option::of(name()), prop::option::of(value())).prop_map(|(op, path, value)| {
        let mut operation = Map::new();
        operation.insert("op".into(), op.into());
        operation.extend(path.map(|path| ("path".to_owned(), path.into())));
        operation.extend(value.map(|value| ("value".to_owned(), value)));
        Value::Object(operation)
    })
}

fn body(operations: &[Value]) -> Value {
    json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": operations })
}

fn some_user() -> Document {
    let body = json!({
        "userName": "ada", "active": true, "custom": [1],
        "emails": [{ "value": "a", "type": "work", "primary": true }, { "value": "b" }],
    });
    user::create(Schemas::standard(), &body).unwrap()
}

/// The promises of the stored form.
fn is_canonical(document: &Document) -> bool {
    let reserved = ["id", "meta", "schemas", "groups", "members", "password"];
    let no_null = !Value::Object(document.clone()).to_string().contains(":null");
    let one_primary = document.values().filter_map(Value::as_array).all(|entries| {
        entries
            .iter()
            .filter(|entry| entry.get("primary") == Some(&Value::Bool(true)))
            .count()
            <= 1
    });
    no_null && one_primary && !reserved.iter().any(|name| document.contains_key(*name))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bodies(body in value(), user_name in "[a-z]{1,5}") {
        let mut bodies = vec![body.clone()];
        if let Value::Object(mut body) = body {
            body.shift_remove("USERNAME");
            body.shift_remove("schemas");
            body.insert("userName".into(), user_name.clone().into());
            body.insert("displayName".into(), user_name.into());
            bodies.push(Value::Object(body));
        }
        for body in bodies {
            if let Ok(document) = user::create(Schemas::standard(), &body) {
                prop_assert!(is_canonical(&document), "{document:?}");
                let shown = present::user(Schemas::standard(), &document,
                    &Meta { id: "u", created_ms: i64::MIN, modified_ms: 0, version: 0, base_url: "" },
                    &[],
                    &Projection::default(),
                );
                // What Okta reads and sends back as PUT changes nothing.
                prop_assert_eq!(user::replace(Schemas::standard(), &document, &shown), Ok(document));
            }
            if let Ok(input) = group::create(Schemas::standard(), &body) {
                prop_assert!(is_canonical(&input.document));
            }
        }
    }

    #[test]
    fn patches(operations in prop::collection::vec(operation(), 1..6)) {
        let Ok(request) = PatchRequest::parse(&body(&operations)) else { return Ok(()) };
        if let Ok(document) = user::patch(Schemas::standard(), &some_user(), &request) {
            prop_assert!(is_canonical(&document), "{document:?}");
        }
        let group = group::create(Schemas::standard(), &json!({ "displayName": "All" })).unwrap().document;
        if let Ok(patch) = group::patch(Schemas::standard(), &group, &request) {
            prop_assert!(is_canonical(&patch.document));
        }
    }

    #[test]
    fn one_add_or_replace_twice_is_once(op in prop::sample::select(vec!["add", "replace"]), path in prop::option::of(name()), value in value()) {
        let mut operation = json!({ "op": op, "value": value });
        if let Some(path) = path {
            operation["path"] = path.into();
        }
        // Giving the work address another type ends in another place the second time.
        let text = operation.to_string();
        prop_assume!(!text.contains("[type eq") || !(text.contains("\"type\"")));
        let Ok(request) = PatchRequest::parse(&body(&[operation])) else { return Ok(()) };
        let Ok(once) = user::patch(Schemas::standard(), &some_user(), &request) else { return Ok(()) };
        if let Ok(twice) = user::patch(Schemas::standard(), &once, &request) {
            prop_assert_eq!(twice, once);
        }
    }

    #[test]
    fn filters(text in filter_text(), resource in value()) {
        if let Ok(filter) = filter::parse(&text) {
            for kind in ResourceKind::ALL {
                let Ok(condition) = Condition::new(Schemas::standard().of(kind), &filter) else { continue };
                let _ = condition.access(kind);
                if let Value::Object(resource) = &resource {
                    let _ = condition.matches(resource);
                }
            }
        }
    }

    #[test]
    fn schemas(document in value(), attribute in value()) {
        let some = json!({"id": "urn:example:x", "attributes": [attribute]});
        for document in [document, some] {
            let Ok(registered) = Registered::read(&document, vec![ResourceKind::User], true) else { continue };
            let complete = registered.document();
            let again = Registered::read(&complete, vec![ResourceKind::User], true);
            prop_assert_eq!(again.map(|again| again.document()).ok(), Some(complete));
        }
    }

    #[test]
    fn bulk_requests(operations in prop::collection::vec(bulk_operation(), 1..12)) {
        let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations});
        let request = BulkRequest::read(&body).unwrap();
        let mut plan = Plan::new(&request.operations);
        let mut turns: Vec<usize> = std::iter::from_fn(|| plan.next_turn()).map(|turn| turn.index).collect();
        turns.sort_unstable();
        // Each has its turn, once.
        prop_assert_eq!(turns, (0..request.operations.len()).collect::<Vec<_>>());
    }

    #[test]
    fn queries(raw in "\\PC{0,60}", name in "(filter|startIndex|count|attributes|sortBy)", value in "\\PC{0,40}") {
        let _ = query::parse(Some(&raw));
        let _ = query::parse(Some(&format!("{name}={value}&{raw}")));
    }
}

fn bulk_operation() -> impl Strategy<Value = Value> {
    let method = prop::sample::select(vec!["POST", "post", "PUT", "PATCH", "DELETE", "GET"]);
    let path = prop::sample::select(vec![
        "/Users",
        "/Groups",
        "/Users/bulkId:a",
        "/Groups/x",
        "/Users/",
        "//",
        "",
    ]);
    let name = prop::sample::select(vec!["a", "b", "c"]);
    let refers = prop::collection::vec(
        prop::sample::select(vec!["bulkId:a", "bulkId:b", "bulkId:c", "bulkId:", "x"]),
        0..3,
    );
    (method, path, name, refers).prop_map(|(method, path, name, refers)| {
        json!({"method": method, "path": path, "bulkId": name, "data": {"members": refers}})
    })
}

fn filter_text() -> impl Strategy<Value = String> {
    let op = prop::sample::select(vec!["eq", "ne", "co", "sw", "ew", "gt", "le"]);
    let value = prop::sample::select(vec![
        "\"a\"",
        "\"work\"",
        "true",
        "null",
        "1",
        "1e400",
        "\"2026-01-01T00:00:00Z\"",
    ]);
    let term = prop_oneof![
        (name(), op.clone(), value.clone()).prop_map(|(name, op, value)| format!("{name} {op} {value}")),
        (name(), op, value)
            .prop_map(|(name, op, value)| format!("{name}[type eq \"work\"].value {op} {value}")),
        name().prop_map(|name| format!("{name} pr")),
        "\\PC{0,20}",
    ];
    term.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("{left} and {right}")),
            (inner.clone(), inner.clone()).prop_map(|(left, right)| format!("({left} or {right})")),
            inner.prop_map(|inner| format!("not ({inner})")),
        ]
    })
}
