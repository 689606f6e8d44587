//! Bad input.

use http::Method;
use serde_json::{Value, json};

use super::{Caller, PASSWORD, ask, get, post, set_up, setup_token};
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn fields_are_refused_and_not_repeated() {
    let world = World::bare().await;
    let nobody = Caller::default();
    let token = setup_token(&world);
    let secret = "qZ7 never repeated qZ7";
    let long = "x".repeat(20_000);
    for (wanted, status) in [
        (
            json!({"token": token, "name": "a\r\nset-cookie: x=y", "password": PASSWORD}),
            400,
        ),
        (
            json!({"token": token, "name": "<script>", "password": PASSWORD}),
            400,
        ),
        (
            json!({"token": token, "name": "../../etc", "password": PASSWORD}),
            400,
        ),
        (json!({"token": token, "name": " ", "password": PASSWORD}), 400),
        (
            json!({"token": token, "name": "x".repeat(65), "password": PASSWORD}),
            400,
        ),
        (
            json!({"token": token, "name": "Ada", "password": "x".repeat(257)}),
            422,
        ),
        (
            json!({"token": token, "name": "Ada", "password": "eleven char"}),
            422,
        ),
        (
            json!({"token": token, "name": "Ada Lovelace", "password": "ada lovelace"}),
            422,
        ),
        (
            json!({"token": token, "name": "Ada", "password": "password1234"}),
            422,
        ),
        (json!({"token": token, "name": "Ada", "password": [secret]}), 422),
        (
            json!({"token": token, "name": {"x": secret}, "password": PASSWORD}),
            422,
        ),
        (json!({"token": token, "name": "Ada"}), 422),
        (
            json!({"token": token, "name": "Ada", "password": PASSWORD, "role": secret}),
            422,
        ),
        (json!({"token": token, "name": long, "password": PASSWORD}), 413),
        (json!(secret), 422),
    ] {
        let answer = post(&world, &nobody, "/setup", wanted.clone()).await;
        assert_eq!(answer.status, status, "{wanted}: {}", answer.text);
        assert!(answer.body["error"].is_string(), "{}", answer.text);
        assert!(
            !answer.text.contains(secret) && !answer.text.contains(PASSWORD),
            "{}",
            answer.text
        );
        assert!(answer.headers.get("set-cookie").is_none(), "nothing is planted");
    }
    let ada = set_up(&world).await;
    for (path, wanted) in [
        ("/tokens", json!({"name": "x\ny", "role": "viewer"})),
        ("/tokens", json!({"name": "ci", "role": "root"})),
        ("/tokens", json!({"name": "ci", "role": "viewer", "days": 0})),
        (
            "/tokens",
            json!({"name": "ci", "role": "viewer", "days": 100_000}),
        ),
        ("/tokens", json!({"name": "ci", "role": "viewer", "days": -1})),
        (
            "/tokens",
            json!({"name": "ci", "role": "viewer", "app": "nobody's"}),
        ),
        (
            "/administrators",
            json!({"name": "bob", "role": "viewer", "password": 7}),
        ),
        (
            "/administrators",
            json!({"name": "", "role": "viewer", "password": PASSWORD}),
        ),
        (
            "/administrators",
            json!({"name": "bob", "role": "viewer", "password": PASSWORD, "admin": true}),
        ),
    ] {
        let answer = post(&world, &ada, path, wanted.clone()).await;
        assert!(
            [400, 404, 422].contains(&answer.status),
            "{wanted}: {} {}",
            answer.status,
            answer.text
        );
    }
    assert_eq!(get(&world, &ada, "/tokens").await.body, json!([]));
    for path in [
        "/administrators/%0d%0ax",
        "/administrators/nobody",
        "/administrators/%00",
    ] {
        assert_eq!(
            ask(&world, &ada, Method::DELETE, path, None).await.status,
            404,
            "{path}"
        );
    }
    for path in [
        "/audit?since-ms=x",
        "/audit?sinse=1",
        "/audit?after=99999999999999999999",
    ] {
        assert_eq!(get(&world, &ada, path).await.status, 400, "{path}");
    }
    let cut: Value = get(&world, &ada, "/audit?limit=1").await.body;
    assert_eq!(cut["seq"], 1);
}
