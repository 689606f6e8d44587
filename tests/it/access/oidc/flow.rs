//! Somebody signs in.

use serde_json::json;

use super::{Browser, Issuer, ada, at, come, trail, who, world_at};

#[tokio::test(flavor = "multi_thread")]
async fn who_is_in_a_mapped_group_signs_in_with_its_role() {
    let issuer = Issuer::start(ada(&["everyone", "tidegate-operators"])).await;
    let world = world_at(&issuer.url()).await;
    let browser = Browser::new();
    let form = browser.open(&at(&world, "/admin/sign-in")).await;
    assert!(
        form.text
            .contains(r#"href="/admin/sign-in/oidc">Sign in with Okta &#38; Co<"#),
        "{}",
        form.text
    );

    let away = browser.ask(&at(&world, "/admin/sign-in/oidc")).await;
    let cookie = away.sets().join("\n");
    assert!(
        cookie.starts_with("tidegate-oidc=")
            && cookie.ends_with("; Path=/; Max-Age=600; HttpOnly; SameSite=Lax"),
        "{cookie}"
    );
    let back = browser.ask(away.leads_to()).await.leads_to().to_owned();
    let asked = issuer.tell(|told| told.asked.clone());
    assert_eq!(asked["response_type"], "code");
    assert_eq!(asked["scope"], "openid profile email groups");
    assert_eq!(asked["code_challenge_method"], "S256");
    assert_eq!(asked["redirect_uri"], at(&world, "/admin/sign-in/oidc/callback"));
    for secret in ["state", "nonce", "code_challenge"] {
        assert!(asked[secret].len() >= 22, "{secret} is short: {asked:?}");
        assert!(
            !cookie.contains(&asked[secret]),
            "{secret} is to be read in the cookie"
        );
    }

    let entered = browser.ask(&back).await;
    assert_eq!(entered.status, 200, "{}", entered.text);
    assert!(
        entered.text.contains(r#"content="0; url=/admin""#),
        "{}",
        entered.text
    );
    let sets = entered.sets();
    assert!(
        sets.iter()
            .any(|set| set.starts_with("tidegate=tgs_") && set.ends_with("; HttpOnly; SameSite=Strict")),
        "{sets:?}"
    );
    assert!(
        sets.iter()
            .any(|set| set.starts_with("tidegate-oidc=;") && set.contains("Max-Age=0"))
    );
    let session = who(&world, &browser).await.expect("is signed in");
    assert_eq!(
        (&session["name"], &session["role"]),
        (&json!("ada@example.com"), &json!("operator"))
    );
    let overview = browser.open(&at(&world, "/admin")).await;
    assert!(
        overview.status == 200 && overview.text.contains("ada@example.com"),
        "{}",
        overview.text
    );
    let line =
        json!({"role": "operator", "by": "oidc", "issuer": issuer.url(), "new": true, "from": "127.0.0.1"});
    assert_eq!(
        trail(&world, "access.sign-in"),
        [("ada@example.com".into(), line)]
    );
    let known = world.command(&["administrator", "list"]);
    assert!(
        known.contains("ada@example.com") && known.contains(&issuer.url()),
        "{known}"
    );
}

/// Okta's tokens are thin where an access token comes beside them.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_in_the_token_is_asked_for() {
    let issuer = Issuer::start(json!({"sub": "00u1ada"})).await;
    let world = world_at(&issuer.url()).await;
    issuer.tell(|told| {
        told.info = json!({"email": "ada@example.com", "email_verified": true, "groups": "tidegate-viewers"})
            .as_object()
            .expect("claims")
            .clone();
    });
    let browser = Browser::new();
    let page = come(&world, &browser).await;
    assert_eq!(page.status, 200);
    assert!(
        page.address
            .starts_with(&at(&world, "/admin/sign-in/oidc/callback?")),
        "{}",
        page.address
    );
    let session = who(&world, &browser).await.expect("is signed in");
    assert_eq!(
        (&session["name"], &session["role"]),
        (&json!("ada@example.com"), &json!("viewer"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_exchanged_without_a_word() {
    let issuer = Issuer::start(ada(&["tidegate-viewers"])).await;
    let world = world_at(&issuer.url()).await;
    assert_eq!(come(&world, &Browser::new()).await.status, 200);
    issuer.tell(|told| told.key = "two".into());
    assert_eq!(
        come(&world, &Browser::new()).await.status,
        200,
        "the new key is found"
    );
    // A key that is made up is not looked for again and again.
    issuer.tell(|told| told.key = "three".into());
    assert_eq!(come(&world, &Browser::new()).await.status, 403);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_led_anywhere_else() {
    let issuer = Issuer::start(ada(&["tidegate-viewers"])).await;
    let world = world_at(&issuer.url()).await;
    let browser = Browser::new();
    for asked in [
        "?return=https://evil.example",
        "?redirect_uri=//evil.example&next=/\\evil.example",
    ] {
        let away = browser
            .ask(&at(&world, &format!("/admin/sign-in/oidc{asked}")))
            .await;
        assert!(
            away.leads_to()
                .starts_with(&format!("{}/authorize?", issuer.url())),
            "{away:?}"
        );
        assert!(!away.leads_to().contains("evil"), "{away:?}");
        let back = browser.ask(away.leads_to()).await.leads_to().to_owned();
        let entered = browser.ask(&format!("{back}&next=https://evil.example")).await;
        assert_eq!(entered.status, 200);
        assert!(
            !entered.text.contains("evil") && !entered.headers.contains_key("location"),
            "{entered:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_secret_is_read_anew_and_never_shown() {
    let issuer = Issuer::start(ada(&["tidegate-viewers"])).await;
    let world = world_at(&issuer.url()).await;
    let file = world.config.oidc_client_secret_file.clone().expect("a file");
    let right = std::fs::read_to_string(&file).expect("is there");
    std::fs::write(&file, "a wrong one").expect("writes");
    let refused = come(&world, &Browser::new()).await;
    assert_eq!(refused.status, 502);
    assert!(
        refused.text.contains("oidc-client-secret-file"),
        "{}",
        refused.text
    );
    assert!(!refused.text.contains("a wrong one"));
    std::fs::write(&file, right).expect("writes");
    assert_eq!(come(&world, &Browser::new()).await.status, 200);
}
