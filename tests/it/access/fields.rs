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
            422,
        ),
        (
            json!({"token": token, "name": "<script>", "password": PASSWORD}),
            422,
        ),
        (
            json!({"token": token, "name": "../../etc", "password": PASSWORD}),
            422,
        ),
        (json!({"token": token, "name": " ", "password": PASSWORD}), 422),
        (
            json!({"token": token, "name": "x".repeat(65), "password": PASSWORD}),
            422,
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
        assert_eq!(answer.headers["content-type"], "application/problem+json");
        assert_eq!(answer.body["status"], status, "{}", answer.text);
        assert!(answer.body["detail"].is_string(), "{}", answer.text);
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

#[tokio::test(flavor = "multi_thread")]
async fn each_refusal_says_which_field() {
    let world = World::bare().await;
    let ada = set_up(&world).await;
    let made = post(&world, &ada, "/apps", json!({"name": "okta"})).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let target = |change: Value| {
        let mut target = json!({"name": "jira", "product": "jira", "base-url": "https://jira.example.com",
            "credentials": {"method": "token", "token": "x"}});
        for (name, value) in change.as_object().expect("an object") {
            target[name] = value.clone();
        }
        target
    };
    let (put, patch, post) = (Method::PUT, Method::PATCH, Method::POST);
    let jira = "/apps/okta/targets/jira";
    for (method, path, wanted, status, place) in [
        (&post, "/apps", json!({"name": "okta"}), 409, "#/name"),
        (&post, "/apps", json!({"name": "<b>"}), 422, "#/name"),
        (
            &patch,
            "/apps/okta",
            json!({"brake": {"percent": 1_000}}),
            422,
            "#/brake/percent",
        ),
        (
            &patch,
            "/apps/okta",
            json!({"protected-groups": [""]}),
            422,
            "#/protected-groups",
        ),
        (&put, jira, target(json!({"name": "other"})), 422, "#/name"),
        (
            &put,
            jira,
            target(json!({"base-url": "ftp://x"})),
            422,
            "#/base-url",
        ),
        (&put, jira, target(json!({"proxy": "https://x"})), 422, "#/proxy"),
        (&put, jira, target(json!({"ca": "no PEM"})), 422, "#/ca"),
        (
            &put,
            jira,
            target(json!({"concurrency": 0})),
            422,
            "#/concurrency",
        ),
        (
            &put,
            jira,
            target(json!({"product": "crowd"})),
            422,
            "#/credentials",
        ),
        (
            &put,
            jira,
            target(json!({"product": "cloud-directory"})),
            422,
            "#/directory",
        ),
        (
            &put,
            "/apps/okta/credentials/hr",
            json!({"origins": ["https://x.example", "x"], "header": "x", "value": "x"}),
            422,
            "#/origins/1",
        ),
        (
            &post,
            "/apps/okta/policies",
            json!({"component": "!"}),
            422,
            "#/component",
        ),
        (
            &post,
            "/apps/okta/policies",
            json!({"grants": {"sing": true}}),
            422,
            "#/grants/sing",
        ),
        (
            &post,
            "/apps/okta/policies",
            json!({"settings": {"on-existing": 7}}),
            422,
            "#/settings",
        ),
        (
            &put,
            "/apps/okta/canary",
            json!({"share": {"number": 1, "percent": 101}}),
            422,
            "#/share/percent",
        ),
        (&post, "/apps/okta/policies/x/replay", json!({}), 400, "number"),
    ] {
        let answer = ask(&world, &ada, method.clone(), path, Some(wanted.clone())).await;
        assert_eq!(answer.status, status, "{path} {wanted}: {}", answer.text);
        let fault = &answer.body["errors"][0];
        let named = fault["pointer"].as_str().or(fault["parameter"].as_str());
        assert!(
            named.is_some_and(|named| named.starts_with(place)),
            "{path} {wanted}: {}",
            answer.text
        );
        assert!(fault["detail"].is_string(), "{}", answer.text);
    }
    for (path, parameter) in [
        ("/audit?limit=x", "limit"),
        ("/apps/okta/users?limit=-1", "limit"),
    ] {
        let answer = get(&world, &ada, path).await;
        assert_eq!(
            (answer.status, &answer.body["errors"][0]["parameter"]),
            (400, &json!(parameter)),
            "{}",
            answer.text
        );
    }
}
