//! What a policy may do beside deciding, on real parts: an HTTP service that answers, the database,
//! the products. The policy used here rejects every user and says in the rejection what it got.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::response::Redirect;
use axum::routing::get;
use http::HeaderMap;
use serde_json::{Value, json};
use tidegate::admin::answers::PutCredential;
use tidegate_guests::MISBEHAVE;

use crate::world::{APP, World, person};

/// What the service was sent as `authorization`.
type Heard = Arc<Mutex<Vec<String>>>;

/// An HR service on a port of its own. `/away` leads to `/people`.
async fn hr_service() -> (String, Heard) {
    let heard = Heard::default();
    let people = |State(heard): State<Heard>, headers: HeaderMap| async move {
        let shown = headers.get("authorization").and_then(|value| value.to_str().ok());
        heard.lock().unwrap().push(shown.unwrap_or("nothing").to_owned());
        "engineering"
    };
    let routes = Router::new()
        .route("/people", get(people))
        .route("/away", get(|| async { Redirect::temporary("/people") }))
        .with_state(Arc::clone(&heard));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (origin, heard)
}

async fn said(world: &World) -> String {
    let asked = world.okta().assign(&person("ada")).await;
    asked.expect_err("the policy rejects everybody").to_string()
}

async fn fetch(world: &World, url: &str, credential: Option<&str>, grants: &Value) -> String {
    let settings = json!({"behaviour": "sleep-http", "url": url, "credential": credential, "aloud": true});
    world
        .admin
        .rule_with(APP, MISBEHAVE, settings, json!({ "http": grants }))
        .await;
    said(world).await
}

#[tokio::test(flavor = "multi_thread")]
async fn http_goes_where_it_is_granted_and_carries_a_secret_that_the_policy_never_sees() {
    let world = World::bare().await;
    let (origin, heard) = hr_service().await;
    let people = format!("{origin}/people");
    let none = fetch(&world, &people, None, &json!({})).await;
    assert!(
        none.contains("Denied") && none.contains("is not granted"),
        "{none}"
    );

    // A name or address that leads into a private network needs that network's grant besides.
    let origin_only = json!({"origins": [origin]});
    let private = fetch(&world, &people, None, &origin_only).await;
    assert!(
        private.contains("Denied") && private.contains("127.0.0.1"),
        "{private}"
    );
    let by_address =
        json!({"origins": [origin], "networks": ["127.0.0.0/8"], "credentials": ["hr", "other"]});
    let granted = fetch(&world, &people, None, &by_address).await;
    assert!(granted.contains("200 engineering"), "{granted}");
    let led = fetch(&world, &format!("{origin}/away"), None, &by_address).await;
    assert!(led.contains("307 "), "redirects are not followed: {led}");

    let secret = |origins: &[&str]| PutCredential {
        origins: origins.iter().map(|&origin| origin.to_owned()).collect(),
        header: "Authorization".into(),
        value: "Bearer s3cret-of-hr".into(),
    };
    world
        .admin
        .put_credential(APP, "hr", &secret(&[&origin]))
        .await
        .expect("is stored");
    world
        .admin
        .put_credential(APP, "other", &secret(&["https://elsewhere.example"]))
        .await
        .expect("is stored");
    let with_secret = fetch(&world, &people, Some("hr"), &by_address).await;
    assert!(with_secret.contains("200 engineering"), "{with_secret}");
    let elsewhere = fetch(&world, &people, Some("other"), &by_address).await;
    assert!(
        elsewhere.contains("Denied") && elsewhere.contains("is not for"),
        "{elsewhere}"
    );
    let not_granted = json!({"origins": [origin], "networks": ["127.0.0.0/8"]});
    let without = fetch(&world, &people, Some("hr"), &not_granted).await;
    assert!(
        without.contains("Denied") && without.contains("\\\"hr\\\""),
        "{without}"
    );

    world.admin.remove_credential(APP, "hr").await;
    let removed = fetch(&world, &people, Some("hr"), &by_address).await;
    assert!(
        removed.contains("Denied") && removed.contains("no credential"),
        "{removed}"
    );
    assert_eq!(*heard.lock().unwrap(), ["nothing", "Bearer s3cret-of-hr"]);
    let listed = world.admin.credentials(APP).await.to_string();
    assert!(
        listed.contains("elsewhere.example") && !listed.contains("s3cret"),
        "{listed}"
    );

    // Each is on record: two addresses, two secrets, one that is not there.
    let denied = world.database();
    let lines: i64 = denied
        .query_row(
            "SELECT count(*) FROM audit WHERE action = 'policy.denied'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(lines, 5);
    assert_eq!(world.metric("tidegate_policy_denials_total").await, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_and_requests_of_one_decision_are_bounded() {
    let world = World::bare().await;
    let (origin, _) = hr_service().await;
    let people = format!("{origin}/people");
    let small = json!({"origins": [origin], "networks": ["127.0.0.0/8"], "max-body-bytes": 10});
    let large = fetch(&world, &people, None, &small).await;
    assert!(large.contains("TooLarge"), "{large}");
    let no_call = json!({"origins": [origin], "networks": ["127.0.0.0/8"], "calls": 0});
    let more = fetch(&world, &people, None, &no_call).await;
    assert!(more.contains("Denied") && more.contains("more than 0"), "{more}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_policy_stores_outlives_versions_and_restarts_and_is_of_one_app() {
    let mut world = World::bare().await;
    let settings = json!({"behaviour": "storage-counter", "namespace": "n", "aloud": true});
    let grants = json!({"storage": {"namespaces": ["n"]}});
    for expected in ["1", "2"] {
        world
            .admin
            .rule_with(APP, MISBEHAVE, settings.clone(), grants.clone())
            .await;
        let counted = said(&world).await;
        assert!(counted.ends_with(&format!(": {expected}")), "{counted}");
    }
    world.stop().await;
    world.start_again().await;
    let counted = said(&world).await;
    assert!(counted.ends_with(": 3"), "{counted}");
    let full = json!({"storage": {"namespaces": ["n", "m"], "max-entries": 0}});
    let elsewhere = json!({"behaviour": "storage-counter", "namespace": "m", "aloud": true});
    world.admin.rule_with(APP, MISBEHAVE, elsewhere, full).await;
    let refused = said(&world).await;
    assert!(refused.ends_with("TooLarge"), "no entry fits: {refused}");
}
