//! Pages of other sites.

use http::Method;
use serde_json::json;

use super::{Caller, PASSWORD, ask, get, post, set_up, sign_in, token};
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn what_changes_something_needs_the_session_s_own_token() {
    let world = World::bare().await;
    let ada = set_up(&world).await;
    let other = Caller::of_session(&sign_in(&world, "ada", PASSWORD).await);
    let others = &other
        .0
        .iter()
        .find(|(name, _)| name == "x-csrf-token")
        .expect("a token")
        .1;
    let create = async |caller: &Caller| post(&world, caller, "/apps", json!({"name": "made"})).await;
    for (caller, why) in [
        (ada.clone().without("x-csrf-token"), "missing"),
        (ada.clone().with("x-csrf-token", ""), "empty"),
        (ada.clone().with("x-csrf-token", &"0".repeat(64)), "wrong"),
        (ada.clone().with("x-csrf-token", others), "another session's"),
        (ada.clone().with("sec-fetch-site", "cross-site"), "another site"),
        (ada.clone().with("sec-fetch-site", "same-site"), "a neighbour"),
        (
            ada.clone().with("origin", "https://evil.example"),
            "another origin",
        ),
        (ada.clone().with("origin", "null"), "a sandboxed frame"),
    ] {
        assert_eq!(create(&caller).await.status, 403, "{why}");
    }
    let reads = ada
        .clone()
        .without("x-csrf-token")
        .with("sec-fetch-site", "cross-site");
    assert_eq!(
        get(&world, &reads, "/apps").await.status,
        200,
        "reading changes nothing"
    );
    let own = ada
        .with("sec-fetch-site", "same-origin")
        .with("origin", &format!("http://{}", world.address()));
    assert_eq!(create(&own).await.status, 201);
}

/// A page must not sign its visitor in as somebody else either.
#[tokio::test(flavor = "multi_thread")]
async fn signing_in_is_not_for_other_pages() {
    let world = World::bare().await;
    set_up(&world).await;
    let wanted = json!({"name": "ada", "password": PASSWORD});
    let foreign = Caller::default().with("origin", "https://evil.example");
    assert_eq!(
        post(&world, &foreign, "/session", wanted.clone()).await.status,
        403
    );
    // What a form can send is not taken.
    let form = Caller::default().with("content-type", "text/plain");
    let answer = ask_as(&world, &form, wanted).await;
    assert_eq!(answer, 415);
}

async fn ask_as(world: &World, caller: &Caller, body: serde_json::Value) -> u16 {
    let mut request =
        http::Request::post("/admin/api/v1/session").header("host", world.address().to_string());
    for (name, value) in &caller.0 {
        request = request.header(name, value);
    }
    let request = request.body(body.to_string().into()).expect("a request");
    crate::world::exchange(world.address(), request)
        .await
        .expect("an answer")
        .status
}

#[tokio::test(flavor = "multi_thread")]
async fn api_tokens_need_none() {
    let world = World::bare().await;
    let ada = set_up(&world).await;
    let ci = token(&world, &ada, json!({"name": "ci", "role": "administrator"})).await;
    assert_eq!(
        post(&world, &ci, "/apps", json!({"name": "made"})).await.status,
        201
    );
    // A wrong token is not made good by a cookie.
    for wrong in [
        "Bearer tga_wrong",
        "Bearer",
        "bearer x",
        &format!("Bearer tga_{}", "0".repeat(5_000)),
    ] {
        let both = ada.clone().with("authorization", wrong);
        assert_eq!(
            ask(&world, &both, Method::GET, "/apps", None).await.status,
            401,
            "{wrong}"
        );
    }
    // A proxy's own password is another affair.
    let proxied = ada.with("authorization", "Basic cHJveHk6cGFzc3dvcmQ=");
    assert_eq!(
        ask(&world, &proxied, Method::GET, "/apps", None).await.status,
        200
    );
}
