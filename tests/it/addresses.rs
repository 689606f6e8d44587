//! Under which address resources are: `Location`, `meta.location` and `$ref`, directly and behind a
//! proxy. And what addresses take.

use http::Method;
use serde_json::{Value, json};

use crate::world::{RawAnswer, World};

async fn create(world: &World, name: &str, headers: &[(&str, &str)]) -> RawAnswer {
    let body = json!({"userName": format!("{name}@tidal.example")});
    let answer = world.call(Method::POST, "/Users", headers, Some(body)).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert_eq!(
        answer.headers["location"],
        answer.body["meta"]["location"].as_str().expect("text")
    );
    answer
}

fn origin(answer: &RawAnswer) -> String {
    let location = answer.body["meta"]["location"].as_str().expect("text");
    location
        .split_once("/scim/")
        .expect("a SCIM address")
        .0
        .to_owned()
}

const FORWARDED: [(&str, &str); 2] = [
    ("x-forwarded-proto", "https"),
    ("x-forwarded-host", "scim.example.com"),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_location_leads_back_to_its_resource() {
    let world = World::bare().await;
    let made = create(&world, "ann", &FORWARDED).await;
    assert_eq!(
        origin(&made),
        format!("http://{}", world.address()),
        "nobody here is a proxy"
    );
    let location = made.body["meta"]["location"].as_str().expect("text");
    let path = location
        .strip_prefix(&world.base_url())
        .expect("below the base URL");
    assert_eq!(world.read(path).await, made.body);
    let named = create(&world, "bob", &[("host", "tidegate.internal:8443")]).await;
    assert_eq!(origin(&named), "http://tidegate.internal:8443");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trusted_proxy_says_where_clients_are() {
    let world = World::with(|config| {
        config.trusted_proxies = vec!["127.0.0.0/8".parse().expect("a network")];
    })
    .await;
    let made = create(&world, "ann", &FORWARDED).await;
    assert_eq!(origin(&made), "https://scim.example.com");
    let group = json!({"displayName": "Crew", "members": [{"value": made.body["id"]}]});
    let group = world
        .call(Method::POST, "/Groups", &FORWARDED, Some(group))
        .await
        .body;
    assert_eq!(group["members"][0]["$ref"], made.body["meta"]["location"]);
    let forwarded = [("forwarded", "for=192.0.2.1;host=other.example;proto=https")];
    assert_eq!(
        origin(&create(&world, "bob", &forwarded).await),
        "https://other.example"
    );
    for path in ["/Schemas", "/ResourceTypes", "/ServiceProviderConfig"] {
        let text = world.call(Method::GET, path, &FORWARDED, None).await.text;
        assert!(text.contains("\"https://scim.example.com/scim/"), "{text:.300}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configured_address_wins() {
    let world = World::with(|config| {
        config.public_url = Some("https://tidegate.example.com/".into());
        config.trusted_proxies = vec!["127.0.0.1/32".parse().expect("a network")];
    })
    .await;
    assert_eq!(
        origin(&create(&world, "ann", &FORWARDED).await),
        "https://tidegate.example.com"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn methods_are_answered_as_http_says() {
    let world = World::bare().await;
    create(&world, "ann", &[]).await;
    for path in ["/Users", "/Users?count=0", "/Schemas", "/ServiceProviderConfig"] {
        let (get, head) = (
            world.get(path).await,
            world.call(Method::HEAD, path, &[], None).await,
        );
        assert_eq!((head.status, head.text.as_str()), (200, ""), "{path}");
        assert_eq!(
            head.headers["content-length"],
            get.text.len().to_string(),
            "{path}"
        );
        assert_eq!(
            head.headers["content-type"], get.headers["content-type"],
            "{path}"
        );
    }
    for (path, allowed) in [
        ("/Users", "GET,HEAD,POST"),
        ("/Users/x", "GET,HEAD,PUT,PATCH,DELETE"),
        ("/Bulk", "POST"),
        ("/Schemas", "GET,HEAD"),
    ] {
        let answer = world.call(Method::OPTIONS, path, &[], None).await;
        assert_eq!((answer.status, answer.text.as_str()), (204, ""), "{path}");
        assert_eq!(answer.headers["allow"], allowed, "{path}");
        let other = world.call(Method::TRACE, path, &[], None).await;
        assert_eq!(
            (other.status, &other.headers["allow"]),
            (405, &answer.headers["allow"]),
            "{path}"
        );
        assert!(
            answer
                .headers
                .keys()
                .all(|name| !name.as_str().starts_with("access-control"))
        );
    }
    assert_eq!(
        world.call(Method::OPTIONS, "/Nothing", &[], None).await.status,
        404
    );
    let nobody = [("authorization", "Bearer wrong")];
    assert_eq!(
        world.call(Method::OPTIONS, "/Users", &nobody, None).await.status,
        401
    );
    // The token is an app's: there is nobody behind it.
    for method in [Method::GET, Method::PATCH, Method::POST, Method::DELETE] {
        let me = world.call(method, "/Me", &[], None).await;
        assert_eq!((me.status, &me.body["status"]), (501, &json!("501")));
    }
    for path in [
        "/Schemas",
        "/ResourceTypes",
        "/ServiceProviderConfig",
        "/ResourceTypes/User",
    ] {
        let answer = world.get(&format!("{path}?filter=id%20eq%20%22User%22")).await;
        assert_eq!(
            (answer.status, &answer.body["status"]),
            (403, &json!("403")),
            "{path}"
        );
        let unreadable: Value = world.get(&format!("{path}?FILTER=%22")).await.body;
        assert_eq!(unreadable["status"], "403", "{path}");
    }
}
