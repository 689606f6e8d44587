//! A sign-in belongs to the browser that began it, and is used once.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;

use serde_json::json;

use super::{
    Browser, Issuer, Lie, PASSWORD, ada, at, come, sent_back, set_up, sign_in, trail, who, world_at,
};
use crate::doctor;

/// Otherwise whoever sends somebody such an address signs them in as themselves.
#[tokio::test(flavor = "multi_thread")]
async fn an_address_of_somebody_else_s_sign_in_opens_nothing() {
    let issuer = Issuer::start(ada(&["tidegate-administrators"])).await;
    let world = world_at(&issuer.url()).await;
    let (attacker, victim) = (Browser::new(), Browser::new());
    let back = sent_back(&world, &attacker).await;
    assert_eq!(victim.ask(&back).await.status, 400, "this browser began nothing");
    drop(sent_back(&world, &victim).await);
    assert_eq!(victim.ask(&back).await.status, 400, "this browser began another");
    assert_eq!(who(&world, &victim).await, None);
    assert_eq!(issuer.tell(|told| told.exchanges), 0, "nothing was asked for it");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_state_none_or_no_code_is_nothing() {
    let issuer = Issuer::start(ada(&["tidegate-administrators"])).await;
    let world = world_at(&issuer.url()).await;
    let browser = Browser::new();
    let callback = at(&world, "/admin/sign-in/oidc/callback");
    let back = sent_back(&world, &browser).await;
    let state = issuer.tell(|told| told.asked["state"].clone());
    let cookie = browser.cookies(&callback);
    for (came, status) in [
        (back.replace(&state, "another"), 400),
        (back.replace("state=", "stat="), 400),
        (callback.clone(), 400),
        (format!("{callback}?state={state}"), 400),
        (format!("{callback}?state={state}&code="), 400),
        (
            format!("{callback}?state={state}&code={}", "c".repeat(5_000)),
            400,
        ),
        (format!("{callback}?state={state}&code=1&code=2"), 400),
        (
            format!("{callback}?state={state}&error=access_denied&error_description=<b>go+to+evil.example"),
            403,
        ),
        (format!("{callback}?state={state}&error=<script>"), 403),
    ] {
        browser.plant(&callback, &cookie);
        let page = browser.ask(&came).await;
        assert_eq!(page.status, status, "{came}: {}", page.text);
        assert!(
            !page.text.contains("evil") && !page.text.contains("<script>"),
            "{}",
            page.text
        );
    }
    assert_eq!(issuer.tell(|told| told.exchanges), 0);
    browser.plant(&callback, &cookie);
    assert_eq!(browser.ask(&back).await.status, 200, "the right one");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_works_once() {
    let issuer = Issuer::start(ada(&["tidegate-administrators"])).await;
    let world = world_at(&issuer.url()).await;
    let browser = Browser::new();
    let back = sent_back(&world, &browser).await;
    let begun = browser.cookies(&back);
    assert_eq!(browser.ask(&back).await.status, 200);
    let again = Browser::new();
    again.plant(
        &back,
        browser.cookies(&back).split("; ").next().expect("a cookie"),
    );
    assert_eq!(browser.ask(&back).await.status, 400, "the attempt is over");
    // Somebody who kept the cookie has a code that the issuer takes no longer.
    let thief = Browser::new();
    thief.plant(&back, &begun);
    assert_eq!(thief.ask(&back).await.status, 400);
    assert_eq!(who(&world, &thief).await, None);
    assert_eq!(issuer.tell(|told| told.exchanges), 2);
}

/// Whoever plants a cookie before somebody signs in is not signed in with them.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_cannot_be_planted() {
    let issuer = Issuer::start(ada(&["tidegate-administrators"])).await;
    let world = world_at(&issuer.url()).await;
    let attacker = Browser::new();
    assert_eq!(come(&world, &attacker).await.status, 200);
    let own = attacker.cookies(&at(&world, "/"));
    for planted in [own, format!("tidegate=tgs_{}", "a".repeat(64))] {
        let victim = Browser::new();
        victim.plant(&at(&world, "/"), &planted);
        assert_eq!(come(&world, &victim).await.status, 200);
        assert_ne!(victim.cookies(&at(&world, "/")), planted, "sign-in makes another");
        attacker.plant(&at(&world, "/"), &planted);
        assert_eq!(
            who(&world, &attacker).await,
            None,
            "what was planted opens nothing"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_tries_too_often_waits() {
    let issuer = Issuer::start(ada(&["nobody"])).await;
    let world = world_at(&issuer.url()).await;
    let mut last = 0;
    for _ in 0..22 {
        last = come(&world, &Browser::new()).await.status;
    }
    assert_eq!(last, 429);
    let exchanges = issuer.tell(|told| told.exchanges);
    assert_eq!(exchanges, 21, "nothing is asked for whoever waits");
}

#[tokio::test(flavor = "multi_thread")]
async fn passwords_work_while_the_issuer_is_down() {
    // Nobody listens there: the port was free a moment ago.
    let gone = std::net::TcpListener::bind("127.0.0.1:0")
        .expect("binds")
        .local_addr()
        .expect("an address");
    let world = world_at(&format!("http://{gone}")).await;
    set_up(&world).await;
    let page = come(&world, &Browser::new()).await;
    assert_eq!(page.status, 502);
    for wanted in [
        "Okta &#38; Co cannot be used right now",
        r#"action="/admin/sign-in""#,
        r#"name="password""#,
    ] {
        assert!(page.text.contains(wanted), "{}", page.text);
    }
    assert_eq!(page.headers["referrer-policy"], "same-origin", "its form is ours");
    assert_eq!(sign_in(&world, "ada", PASSWORD).await.status, 200);
    let by: Vec<_> = trail(&world, "access.sign-in")
        .into_iter()
        .map(|(_, detail)| detail["by"].clone())
        .collect();
    assert_eq!(by, [json!("password")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_says_whether_the_issuer_is_there() {
    let issuer = Issuer::start(ada(&["tidegate-administrators"])).await;
    let world = world_at(&issuer.url()).await;
    let of_sign_in = || -> Vec<String> {
        let found = doctor::bad(&world.config.data_dir);
        found
            .into_iter()
            .filter(|line| line.contains("OpenID Connect: "))
            .collect()
    };
    let secret = world.config.oidc_client_secret_file.clone().expect("a file");
    let mode = |mode| std::fs::set_permissions(&secret, Permissions::from_mode(mode)).expect("is ours");
    mode(0o644);
    let found = of_sign_in();
    assert!(
        found.len() == 1 && found[0].contains("oidc.secret has mode 644"),
        "{found:?}"
    );
    mode(0o600);
    assert_eq!(of_sign_in(), Vec::<String>::new());
    // It asks anew each time, whatever sign-ins remember.
    issuer.tell(|told| told.lie = Lie::Description);
    let found = of_sign_in();
    assert!(
        found.len() == 1 && found[0].contains("unexpected issuer URI"),
        "{found:?}"
    );
    assert!(found[0].contains("is the issuer to the letter"), "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_is_configured_there_is_no_such_address() {
    let world = crate::world::World::bare().await;
    let browser = Browser::new();
    for path in [
        "/admin/sign-in/oidc",
        "/admin/sign-in/oidc/callback?state=1&code=1",
    ] {
        let page = browser.ask(&at(&world, path)).await;
        assert_eq!(page.status, 401, "as every address that is nobody's");
        assert!(page.sets().is_empty(), "{page:?}");
    }
    let form = browser.open(&at(&world, "/admin/sign-in")).await;
    assert!(!form.text.contains("oidc"), "{}", form.text);
}
