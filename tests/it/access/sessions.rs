//! Sessions: how they begin and end.

use http::Method;
use serde_json::json;

use super::{Caller, PASSWORD, ask, by_hand, cookie, get, post, set_up, sign_in};
use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn the_cookie_is_for_this_host_and_no_script() {
    let world = World::bare().await;
    set_up(&world).await;
    let answer = sign_in(&world, " aDA ", PASSWORD).await;
    assert_eq!(
        answer.status, 200,
        "names are the same in whatever case: {}",
        answer.text
    );
    let set = answer.headers["set-cookie"].to_str().expect("a text");
    assert!(
        set.starts_with("tidegate=tgs_") && set.ends_with("; Path=/; HttpOnly; SameSite=Strict"),
        "{set}"
    );
    assert!(!answer.text.contains("tgs_"), "only the cookie has it");

    let secure = World::with(|config| config.public_url = Some("https://scim.example.com".into())).await;
    let ada = set_up(&secure).await;
    let answer = sign_in(&secure, "ada", PASSWORD).await;
    let set = answer.headers["set-cookie"].to_str().expect("a text");
    assert!(
        set.starts_with("__Host-tidegate=tgs_")
            && set.ends_with("; Path=/; HttpOnly; SameSite=Strict; Secure"),
        "{set}"
    );
    assert_eq!(get(&secure, &ada, "/status").await.status, 200);
    let planted = cookie(&answer).replace("__Host-", "");
    assert_eq!(
        get(&secure, &Caller::default().with("cookie", &planted), "/status")
            .await
            .status,
        401
    );
}

/// Who plants a cookie in somebody's browser must not be signed in with them.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_cannot_be_planted() {
    let world = World::bare().await;
    let ada = set_up(&world).await;
    let own = json!({"name": "ada", "password": PASSWORD});
    for planted in [format!("tidegate=tgs_{}", "a".repeat(64)), ada.0[0].1.clone()] {
        let victim = Caller::default().with("cookie", &planted);
        let answer = post(&world, &victim, "/session", own.clone()).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_ne!(cookie(&answer), planted, "sign-in makes another");
        assert_eq!(
            get(&world, &victim, "/session").await.status,
            401,
            "what was planted opens nothing"
        );
        assert_eq!(
            get(&world, &Caller::of_session(&answer), "/session").await.status,
            200
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_ends_when_it_is_idle_when_it_is_old_and_when_it_is_ended() {
    let world = World::bare().await;
    let ada = set_up(&world).await;
    let minute = 60_000;
    let status = async || get(&world, &ada, "/session").await.status;
    by_hand(
        &world,
        &format!("UPDATE admin_session SET seen_ms = seen_ms - 29 * {minute}"),
    );
    assert_eq!(status().await, 200, "29 minutes");
    let seen = || -> i64 {
        let database = world.database();
        let row = database.query_row("SELECT seen_ms - created_ms FROM admin_session", [], |row| {
            row.get(0)
        });
        row.expect("a session")
    };
    assert!(seen() > -minute, "use is noted, so that it goes on");
    by_hand(
        &world,
        &format!("UPDATE admin_session SET seen_ms = seen_ms - 31 * {minute}"),
    );
    assert_eq!(status().await, 401, "31 minutes");
    by_hand(
        &world,
        &format!("UPDATE admin_session SET seen_ms = seen_ms + 31 * {minute}"),
    );
    assert_eq!(status().await, 200);
    let lasts: i64 = world
        .database()
        .query_row("SELECT expires_ms - created_ms FROM admin_session", [], |row| {
            row.get(0)
        })
        .expect("a session");
    assert_eq!(lasts, 12 * 60 * minute);
    by_hand(&world, "UPDATE admin_session SET expires_ms = created_ms");
    assert_eq!(status().await, 401, "used or not");

    let ada = Caller::of_session(&sign_in(&world, "ada", PASSWORD).await);
    let ended = ask(&world, &ada, Method::DELETE, "/session", None).await;
    assert_eq!(ended.status, 204);
    assert!(
        ended.headers["set-cookie"]
            .to_str()
            .expect("a text")
            .contains("Max-Age=0")
    );
    assert_eq!(
        get(&world, &ada, "/session").await.status,
        401,
        "also for who kept the cookie"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_has_twenty_sessions_at_most() {
    let world = World::bare().await;
    let first = set_up(&world).await;
    for _ in 0..20 {
        assert_eq!(sign_in(&world, "ada", PASSWORD).await.status, 200);
    }
    let count: i64 = world
        .database()
        .query_row("SELECT count(*) FROM admin_session", [], |row| row.get(0))
        .expect("a count");
    assert_eq!(count, 20);
    assert_eq!(
        get(&world, &first, "/session").await.status,
        401,
        "the oldest has ended"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_changes_their_own_password_and_knows_the_old_one() {
    let world = World::bare().await;
    let ada = set_up(&world).await;
    let elsewhere = Caller::of_session(&sign_in(&world, "ada", PASSWORD).await);
    let change = async |password: &str, new: &str| {
        let wanted = json!({"password": password, "new-password": new});
        ask(&world, &ada, Method::PUT, "/session/password", Some(wanted)).await
    };
    assert_eq!(change("wrong", "another long password").await.status, 403);
    assert_eq!(change(PASSWORD, "short").await.status, 422);
    let changed = change(PASSWORD, "another long password").await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    for ended in [&ada, &elsewhere] {
        assert_eq!(get(&world, ended, "/session").await.status, 401);
    }
    assert_eq!(
        get(&world, &Caller::of_session(&changed), "/session")
            .await
            .status,
        200
    );
    assert_eq!(sign_in(&world, "ada", PASSWORD).await.status, 401);
    assert_eq!(sign_in(&world, "ada", "another long password").await.status, 200);
    // Guesses count as those at the door do.
    let browser = Caller::of_session(&changed);
    let mut last = 0;
    for _ in 0..7 {
        let wanted = json!({"password": "wrong", "new-password": PASSWORD});
        last = ask(&world, &browser, Method::PUT, "/session/password", Some(wanted))
            .await
            .status;
    }
    assert_eq!(last, 429);
}
