//! Who may come in, as whom, and for how long.

use http::Method;
use serde_json::json;

use super::{
    Browser, Caller, Issuer, PASSWORD, ada, ask, at, by_hand, come, get, post, set_up, sign_in, trail, who,
    world_at,
};

#[tokio::test(flavor = "multi_thread")]
async fn the_role_follows_the_groups_at_each_sign_in() {
    let issuer = Issuer::start(ada(&["tidegate-viewers", "tidegate-administrators"])).await;
    let world = world_at(&issuer.url()).await;
    let first = Browser::new();
    come(&world, &first).await;
    assert_eq!(who(&world, &first).await.expect("is in")["role"], "administrator");
    issuer.says(ada(&["tidegate-viewers"]));
    come(&world, &Browser::new()).await;
    assert_eq!(
        who(&world, &first).await.expect("is in")["role"],
        "viewer",
        "everywhere"
    );
    // Out of all groups: out, and what was open is closed.
    for nothing in [
        ada(&[]),
        ada(&["TIDEGATE-viewers"]),
        json!({"sub": "00u1ada", "preferred_username": "ada@example.com"}),
    ] {
        issuer.says(nothing);
        let browser = Browser::new();
        let page = come(&world, &browser).await;
        assert_eq!(page.status, 403);
        assert!(page.text.contains("none of your groups in Okta"), "{}", page.text);
        assert_eq!(who(&world, &browser).await, None);
    }
    assert_eq!(who(&world, &first).await, None);
    let (subject, detail) = trail(&world, "access.refuse").remove(0);
    assert_eq!(
        (subject.as_str(), &detail["why"]),
        ("ada@example.com", &json!("unmapped"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_disabled_stays_out_whatever_the_groups_say() {
    let issuer = Issuer::start(ada(&["tidegate-administrators"])).await;
    let world = world_at(&issuer.url()).await;
    let browser = Browser::new();
    come(&world, &browser).await;
    world.command(&["administrator", "set", "ada@example.com", "--disabled", "true"]);
    assert_eq!(who(&world, &browser).await, None, "at once");
    let page = come(&world, &browser).await;
    assert_eq!(page.status, 403);
    assert!(page.text.contains("has disabled you"), "{}", page.text);
    assert_eq!(who(&world, &browser).await, None);
    assert_eq!(trail(&world, "access.refuse")[0].1["why"], "disabled");
    world.command(&["administrator", "set", "ada@example.com", "--disabled", "false"]);
    assert_eq!(come(&world, &browser).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_is_never_taken_over() {
    let issuer = Issuer::start(
        json!({"sub": "1", "preferred_username": "ADA", "groups": ["tidegate-administrators"]}),
    )
    .await;
    let world = world_at(&issuer.url()).await;
    set_up(&world).await;
    let browser = Browser::new();
    let page = come(&world, &browser).await;
    assert_eq!(page.status, 403);
    assert!(
        page.text.contains("somebody else has your name here"),
        "{}",
        page.text
    );
    assert_eq!(who(&world, &browser).await, None);
    assert_eq!(sign_in(&world, "ada", PASSWORD).await.status, 200);
    // An email that nobody verified is no name, and no other comes along.
    issuer.says(json!({"sub": "2", "email": "ceo@example.com", "email_verified": false, "groups": ["tidegate-viewers"]}));
    let page = come(&world, &browser).await;
    assert!(
        page.status == 403 && page.text.contains("says no name of yours"),
        "{}",
        page.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn they_have_no_password_and_get_none() {
    let issuer = Issuer::start(ada(&["tidegate-administrators"])).await;
    let world = world_at(&issuer.url()).await;
    let browser = Browser::new();
    come(&world, &browser).await;
    let session = who(&world, &browser).await.expect("is in");
    let caller = Caller::default()
        .with("cookie", &browser.cookies(&at(&world, "/")))
        .with("x-csrf-token", session["csrf-token"].as_str().expect("a token"));
    for password in ["", PASSWORD] {
        assert_eq!(
            sign_in(&world, "ada@example.com", password).await.status,
            401,
            "{password:?}"
        );
        let own = json!({"password": password, "new-password": PASSWORD});
        let answer = ask(&world, &caller, Method::PUT, "/session/password", Some(own)).await;
        assert_eq!(answer.status, 409, "{}", answer.text);
    }
    for wanted in [json!({"password": PASSWORD}), json!({"role": "viewer"})] {
        let answer = ask(
            &world,
            &caller,
            Method::PATCH,
            "/administrators/ada@example.com",
            Some(wanted),
        )
        .await;
        assert!(
            answer.status == 409 && answer.text.contains("OpenID Connect"),
            "{}",
            answer.text
        );
    }
    let known = get(&world, &caller, "/administrators").await;
    assert_eq!(known.body[0]["issuer"], issuer.url());
    // They may make others, and the set-up link still makes the first with a password.
    let made = json!({"name": "grace", "password": PASSWORD, "role": "administrator"});
    set_up(&world).await;
    assert_eq!(post(&world, &caller, "/administrators", made).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn their_sessions_end_as_all_do() {
    let issuer = Issuer::start(ada(&["tidegate-viewers"])).await;
    let world = world_at(&issuer.url()).await;
    let browser = Browser::new();
    come(&world, &browser).await;
    by_hand(&world, "UPDATE admin_session SET seen_ms = seen_ms - 31 * 60000");
    assert_eq!(who(&world, &browser).await, None);
}
