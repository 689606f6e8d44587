//! Bodies: not JSON, not SCIM, too long, too deep.

use serde_json::{Value, json};

use super::{Case, GROUP, SYNTAX, USER, VALUE, assert_error, request, send, stored};
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_no_json() {
    let world = World::bare().await;
    let before = stored(&world);
    let deep = format!(
        "{{\"schemas\":[\"{USER}\"],\"userName\":{}1{}}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("empty", Vec::new()),
        ("cut", br#"{"schemas": ["urn"#.to_vec()),
        ("a word", b"user".to_vec()),
        ("XML", b"<user/>".to_vec()),
        ("two documents", b"{} {}".to_vec()),
        ("a trailing comma", br#"{"userName": "a",}"#.to_vec()),
        ("no UTF-8", b"{\"userName\": \"\xff\xfe\"}".to_vec()),
        ("half a surrogate", br#"{"userName": "\ud800"}"#.to_vec()),
        ("a NUL byte outside a string", b"{\"userName\": \0\"a\"}".to_vec()),
        ("a raw NUL byte in a string", b"{\"userName\": \"a\0b\"}".to_vec()),
        ("a byte order mark", b"\xef\xbb\xbf{}".to_vec()),
        ("deeper than anybody needs", deep.into_bytes()),
    ];
    for (case, body) in cases {
        for path in ["/Users", "/Groups"] {
            let answer = send(&world, request(&world, "POST", path, body.clone())).await;
            assert_error(case, &answer, SYNTAX.0, SYNTAX.1);
        }
        let answer = send(&world, request(&world, "PATCH", "/Groups/x", body)).await;
        assert_error(case, &answer, SYNTAX.0, SYNTAX.1);
    }
    assert_eq!(stored(&world), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn users_and_groups_that_are_none() {
    let world = World::start().await;
    let before = stored(&world);
    let long = |length: usize| "x".repeat(length);
    let user = |name: Value| json!({"schemas": [USER], "userName": name});
    let with = |name: &str, value: Value| {
        let mut body = user(json!("ada"));
        body[name] = value;
        body
    };
    let mut nested = json!(1);
    for _ in 0..60 {
        nested = json!({ "n": nested });
    }
    let cases: Vec<Case<'_>> = vec![
        ("a list", "/Users", json!([]), SYNTAX),
        ("a text", "/Users", json!("ada"), SYNTAX),
        ("null", "/Users", Value::Null, SYNTAX),
        (
            "empty schemas",
            "/Users",
            json!({"schemas": [], "userName": "ada"}),
            SYNTAX,
        ),
        (
            "another's schema",
            "/Users",
            json!({"schemas": [GROUP], "userName": "ada"}),
            SYNTAX,
        ),
        (
            "schemas of a wrong type",
            "/Users",
            json!({"schemas": USER, "userName": "ada"}),
            SYNTAX,
        ),
        ("no userName", "/Users", json!({"schemas": [USER]}), VALUE),
        ("userName null", "/Users", user(Value::Null), VALUE),
        ("userName empty", "/Users", user(json!("")), VALUE),
        ("userName blank", "/Users", user(json!("  ")), VALUE),
        ("userName a number", "/Users", user(json!(7)), VALUE),
        ("userName an object", "/Users", user(json!({"a": 1})), VALUE),
        ("userName too long", "/Users", user(json!(long(10_000))), VALUE),
        ("userName with NUL", "/Users", user(json!("a\0da")), VALUE),
        ("active a text", "/Users", with("active", json!("maybe")), VALUE),
        ("name a text", "/Users", with("name", json!("Ada")), VALUE),
        ("emails a number", "/Users", with("emails", json!(7)), VALUE),
        (
            "emails of numbers",
            "/Users",
            with("emails", json!([1, 2])),
            VALUE,
        ),
        (
            "displayName too long",
            "/Users",
            with("displayName", json!(long(100_000))),
            VALUE,
        ),
        (
            "externalId too long",
            "/Users",
            with("externalId", json!(long(10_000))),
            VALUE,
        ),
        (
            "too many emails",
            "/Users",
            with(
                "emails",
                (0..2_000)
                    .map(|n| json!({"value": format!("a{n}@tidal.example")}))
                    .collect(),
            ),
            (400, Some("tooMany")),
        ),
        (
            "an attribute too deep",
            "/Users",
            with("urn:example:tree", nested),
            VALUE,
        ),
        (
            "a group without name",
            "/Groups",
            json!({"schemas": [GROUP]}),
            VALUE,
        ),
        (
            "a group with an empty name",
            "/Groups",
            json!({"schemas": [GROUP], "displayName": " "}),
            VALUE,
        ),
        (
            "a group with a long name",
            "/Groups",
            json!({"schemas": [GROUP], "displayName": long(300)}),
            VALUE,
        ),
        (
            "members a text",
            "/Groups",
            json!({"schemas": [GROUP], "displayName": "Crew", "members": "ada"}),
            VALUE,
        ),
        (
            "a member without value",
            "/Groups",
            json!({"schemas": [GROUP], "displayName": "Crew", "members": [{}]}),
            VALUE,
        ),
        (
            "an unknown member",
            "/Groups",
            json!({"schemas": [GROUP], "displayName": "Crew", "members": [{"value": "nobody"}]}),
            VALUE,
        ),
    ];
    for (case, path, body, (status, scim_type)) in cases {
        let answer = send(&world, request(&world, "POST", path, body.to_string())).await;
        assert_error(case, &answer, status, scim_type);
    }
    assert_eq!(stored(&world), before);
}
