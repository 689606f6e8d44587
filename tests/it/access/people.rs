//! Administrators, by administrators.

use http::Method;
use serde_json::{Value, json};

use super::{Caller, PASSWORD, ask, get, post, set_up, sign_in};
use crate::world::World;

async fn patch(world: &World, by: &Caller, name: &str, what: Value) -> u16 {
    ask(
        world,
        by,
        Method::PATCH,
        &format!("/administrators/{name}"),
        Some(what),
    )
    .await
    .status
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_administrator_stays() {
    let world = World::bare().await;
    let ada = set_up(&world).await;
    let remove = async |name: &str| {
        let path = format!("/administrators/{name}");
        ask(&world, &ada, Method::DELETE, &path, None).await.status
    };
    for what in [
        json!({"role": "operator"}),
        json!({"role": "viewer"}),
        json!({"disabled": true}),
    ] {
        assert_eq!(patch(&world, &ada, "ada", what).await, 409);
    }
    assert_eq!(remove("ADA").await, 409);
    let bob = json!({"name": "Bob", "password": PASSWORD, "role": "operator"});
    assert_eq!(
        post(&world, &ada, "/administrators", bob.clone()).await.status,
        201
    );
    assert_eq!(
        post(&world, &ada, "/administrators", bob).await.status,
        409,
        "once"
    );
    assert_eq!(remove("ada").await, 409, "an operator is not enough");
    assert_eq!(
        patch(
            &world,
            &ada,
            "bob",
            json!({"role": "administrator", "disabled": true})
        )
        .await,
        200
    );
    assert_eq!(remove("ada").await, 409, "nor is one who may not sign in");
    assert_eq!(
        get(&world, &ada, "/administrators")
            .await
            .body
            .as_array()
            .map(Vec::len),
        Some(2)
    );
    assert_eq!(patch(&world, &ada, "bob", json!({"disabled": false})).await, 200);
    assert_eq!(remove("ada").await, 204);
    assert_eq!(
        get(&world, &ada, "/session").await.status,
        401,
        "and is signed out"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_count_at_once() {
    let world = World::bare().await;
    let ada = set_up(&world).await;
    let bob = json!({"name": "Bob", "password": PASSWORD, "role": "administrator"});
    assert_eq!(post(&world, &ada, "/administrators", bob).await.status, 201);
    let bob = Caller::of_session(&sign_in(&world, "bob", PASSWORD).await);
    assert_eq!(get(&world, &bob, "/tokens").await.status, 200);
    assert_eq!(patch(&world, &ada, "bob", json!({"role": "operator"})).await, 200);
    assert_eq!(get(&world, &bob, "/tokens").await.status, 403);
    assert_eq!(
        patch(&world, &ada, "bob", json!({"password": "another long password"})).await,
        200
    );
    assert_eq!(get(&world, &bob, "/session").await.status, 401);
    assert_eq!(sign_in(&world, "bob", PASSWORD).await.status, 401);
    let bob = Caller::of_session(&sign_in(&world, "bob", "another long password").await);
    assert_eq!(patch(&world, &ada, "bob", json!({"disabled": true})).await, 200);
    assert_eq!(get(&world, &bob, "/session").await.status, 401);
    assert_eq!(sign_in(&world, "bob", "another long password").await.status, 401);
    let list = get(&world, &ada, "/administrators").await.text;
    assert!(!list.contains("argon2") && !list.contains("password"), "{list}");
}
