//! The link that makes the first administrator.

use serde_json::json;

use super::{Caller, PASSWORD, ask, by_hand, get, post, set_up, setup_token, sign_in};
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn the_link_works_once() {
    let world = World::bare().await;
    let link = world
        .server
        .as_ref()
        .expect("runs")
        .setup_link
        .clone()
        .expect("a link");
    assert_eq!(format!("{link:?}"), "SetupLink(…)");
    let link = link.to_string();
    assert!(
        link.starts_with(&format!("http://{}/admin/setup#", world.address())),
        "{link}"
    );
    let token = setup_token(&world);
    let nobody = Caller::default();
    let wanted = |token: &str, password: &str| json!({"token": token, "name": "Ada", "password": password});
    assert_eq!(
        post(&world, &nobody, "/setup", wanted("wrong", PASSWORD))
            .await
            .status,
        403
    );
    // What is refused for another reason does not use it up.
    assert_eq!(
        post(&world, &nobody, "/setup", wanted(&token, "short"))
            .await
            .status,
        422
    );
    let ada = set_up(&world).await;
    let who = get(&world, &ada, "/session").await;
    assert_eq!(
        (&who.body["name"], &who.body["role"]),
        (&json!("Ada"), &json!("administrator"))
    );

    let again = post(
        &world,
        &nobody,
        "/setup",
        json!({"token": token, "name": "Eve", "password": PASSWORD}),
    );
    assert_eq!(again.await.status, 403);
    assert_eq!(sign_in(&world, "eve", PASSWORD).await.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_link_ends_and_a_start_makes_another_while_nobody_is_there() {
    let mut world = World::bare().await;
    let first = setup_token(&world);
    world.stop().await;
    world.start_again().await;
    let second = setup_token(&world);
    let wanted = |token: &str| json!({"token": token, "name": "Ada", "password": PASSWORD});
    let nobody = Caller::default();
    assert_eq!(
        post(&world, &nobody, "/setup", wanted(&first)).await.status,
        403,
        "an older one"
    );
    by_hand(&world, "UPDATE admin_setup SET expires_ms = 1");
    assert_eq!(
        post(&world, &nobody, "/setup", wanted(&second)).await.status,
        403,
        "it is over"
    );
    world.stop().await;
    world.start_again().await;
    set_up(&world).await;
    world.stop().await;
    world.start_again().await;
    assert_eq!(world.server.as_ref().expect("runs").setup_link, None);
}

/// Two browsers with one link, at once.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_at_once_one_becomes_the_administrator() {
    let world = World::bare().await;
    let token = setup_token(&world);
    let nobody = Caller::default();
    let wanted = |name: &str| json!({"token": token, "name": name, "password": PASSWORD});
    let (one, other) = tokio::join!(
        post(&world, &nobody, "/setup", wanted("one")),
        post(&world, &nobody, "/setup", wanted("other"))
    );
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 403]);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_administration_there_is_neither_link_nor_api() {
    let world = World::with(|config| config.admin = false).await;
    assert_eq!(world.server.as_ref().expect("runs").setup_link, None);
    let answer = ask(
        &world,
        &Caller::default(),
        http::Method::POST,
        "/session",
        Some(json!({})),
    )
    .await;
    assert_eq!(
        answer.status, 401,
        "as every address that there is not: {}",
        answer.text
    );
    assert!(answer.headers.get("content-security-policy").is_none());
}
