//! Bad input in every field that the API's description knows, and in every part of an address.

use http::Method;
use serde_json::{Map, Value, json};

use super::{Caller, ask, get, post, set_up, token};
use crate::world::{RawAnswer, World};

/// Follows references.
fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(name) => resolved(document, document.pointer(&name[1..]).expect("is there")),
        None => schema,
    }
}

/// Method, address and the fields of the body, of each operation that takes one.
fn bodies(document: &Value) -> Vec<(Method, String, &Map<String, Value>)> {
    let paths = document["paths"].as_object().expect("paths");
    let mut found = Vec::new();
    for (path, item) in paths {
        for (method, operation) in item.as_object().expect("operations") {
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            if let Some(fields) = resolved(document, schema)["properties"].as_object() {
                let method = method.to_uppercase().parse().expect("a method");
                found.push((method, filled(path, "okta", "1"), fields));
            }
        }
    }
    found
}

/// An address with its parts.
fn filled(path: &str, app: &str, rest: &str) -> String {
    let parts = path.split('/').map(|part| match part {
        "{app}" => app,
        part if part.starts_with('{') => rest,
        part => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

fn is_a_problem(answer: &RawAnswer, what: &str) {
    assert!(
        (400..500).contains(&answer.status),
        "{what}: {} {}",
        answer.status,
        answer.text
    );
    assert_eq!(
        answer.headers["content-type"], "application/problem+json",
        "{what}"
    );
    assert_eq!(answer.body["status"], answer.status, "{what}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_refuses_what_it_is_not() {
    let world = World::bare().await;
    let ada = set_up(&world).await;
    post(&world, &ada, "/apps", json!({"name": "okta"})).await;
    // Another caller than the browser: whoever changes their password, or signs out, goes on.
    let ci = token(&world, &ada, json!({"name": "ci", "role": "administrator"})).await;
    let document = get(&world, &ci, "/openapi.json").await.body;
    let bodies = bodies(&document);
    assert!(bodies.len() > 25, "{}", bodies.len());
    for (method, path, fields) in bodies {
        for body in [
            json!(null),
            json!([]),
            json!("text"),
            json!(7),
            json!({"no-such-field": 1}),
        ] {
            let answer = ask(&world, &ci, method.clone(), &path, Some(body.clone())).await;
            is_a_problem(&answer, &format!("{method} {path} {body}"));
        }
        for (field, schema) in fields {
            let schema = resolved(&document, schema);
            let types = schema["type"].to_string();
            let mut bad = Vec::new();
            if types.contains("string") && schema["enum"].is_null() {
                let most = schema["maxLength"]
                    .as_u64()
                    .unwrap_or_else(|| panic!("{path} {field} has no end"));
                if let Ok(most @ ..10_000) = usize::try_from(most) {
                    bad.push(json!("é".repeat(most + 1)));
                }
                bad.extend([json!(7), json!(["x"]), json!({"x": 1})]);
            }
            if types.contains("integer") || types.contains("boolean") {
                bad.extend([json!("x"), json!(-1.5), json!([1])]);
            }
            if types.contains("array") {
                bad.extend([json!("x"), json!([{"x": []}])]);
            }
            for value in bad {
                let answer = ask(&world, &ci, method.clone(), &path, Some(json!({field: value}))).await;
                is_a_problem(&answer, &format!("{method} {path} {field}: {types}"));
            }
            // These may be fit for one field and not for another; none may be met with a failure of ours.
            for value in [
                "",
                " ",
                "<script>alert(1)</script>",
                "../../etc/passwd",
                "okta\r\nx: y",
                "\0",
            ] {
                let answer = ask(&world, &ci, method.clone(), &path, Some(json!({field: value}))).await;
                assert!(
                    answer.status < 500,
                    "{method} {path} {field} {value:?}: {}",
                    answer.text
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_address_is_met_with_a_failure() {
    let world = World::bare().await;
    let ada = set_up(&world).await;
    post(&world, &ada, "/apps", json!({"name": "okta"})).await;
    let only = token(
        &world,
        &ada,
        json!({"name": "ci", "role": "administrator", "app": "okta"}),
    )
    .await;
    let document = get(&world, &ada, "/openapi.json").await.body;
    let long = "x".repeat(4_000);
    for (path, item) in document["paths"].as_object().expect("paths") {
        if !path.contains('{') || item["get"].is_null() {
            continue;
        }
        for part in [
            "%00",
            "..%2f..%2fetc%2fpasswd",
            "%3Cscript%3E",
            "%ff",
            "99999999999999999999",
            "-1",
            &long,
        ] {
            let answer = get(&world, &ada, &filled(path, part, part)).await;
            is_a_problem(&answer, &format!("{path} {part}"));
        }
        if path.starts_with("/apps/{app}") {
            let answer = get(&world, &only, &filled(path, "default", "1")).await;
            assert_eq!(answer.status, 403, "{path}: another app's is nobody else's");
        }
    }
    assert_eq!(get(&world, &Caller::default(), "/openapi.json").await.status, 401);
}
