//! Every role against every route.

use http::Method;
use serde_json::json;
use tidegate::access::matrix::table;
use tidegate_store::access::Role;

use super::{Caller, ask, get, set_up, token};
use crate::world::{APP, World};

/// An address of a route: nothing is there, so nothing is done.
fn filled(pattern: &str) -> String {
    let path = pattern.strip_prefix("/admin/api/v1").expect("a route of the API");
    path.replace("{number}", "4711")
        .replace("{app}", "nothing")
        .replace(['{', '}'], "")
}

#[tokio::test(flavor = "multi_thread")]
async fn each_role_reaches_what_it_may_and_nothing_else() {
    let world = World::bare().await;
    let ada = set_up(&world).await;
    let roles = [Role::Viewer, Role::Operator, Role::Administrator];
    let mut callers = Vec::new();
    for role in roles {
        callers.push((
            role,
            token(&world, &ada, json!({"name": role, "role": role})).await,
        ));
    }
    let mut tried = 0;
    for (method, pattern, least) in table() {
        let (method, path) = (method.parse::<Method>().expect("a method"), filled(&pattern));
        let body = (method != Method::GET).then(|| json!({}));
        let of = async |caller: &Caller| ask(&world, caller, method.clone(), &path, body.clone()).await;
        let nobody = of(&Caller::default()).await;
        let Some(least) = least else {
            assert_ne!(nobody.status, 401, "{method} {path}: anyone");
            continue;
        };
        assert_eq!(nobody.status, 401, "{method} {path}: {}", nobody.text);
        assert!(nobody.headers.contains_key("www-authenticate"));
        let unknown = of(&Caller::of_token(&format!("tga_{}", "0".repeat(64)))).await;
        assert_eq!(unknown.status, 401, "{method} {path}: a token that there is not");
        for (role, caller) in &callers {
            let answer = of(caller).await;
            let allowed = ![401, 403].contains(&answer.status);
            assert_eq!(
                allowed,
                *role >= least,
                "{method} {path} as {role}: {}",
                answer.text
            );
            tried += 1;
        }
    }
    assert!(tried > 100, "{tried}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_route_is_denied_and_tells_nobody_anything() {
    let world = World::bare().await;
    let ada = set_up(&world).await;
    for (method, path, status) in [
        (Method::GET, "/nothing/here", 404),
        (Method::GET, "/apps/../status", 404),
        (Method::GET, "/apps/%2e%2e/targets", 404),
        (Method::PUT, "/status", 405),
        (Method::DELETE, "/apps", 405),
        (Method::OPTIONS, "/apps", 405),
    ] {
        assert_eq!(
            ask(&world, &Caller::default(), method.clone(), path, None)
                .await
                .status,
            401,
            "{path}"
        );
        let answer = ask(&world, &ada, method.clone(), path, None).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.text);
        assert_eq!(
            answer.headers.contains_key("allow"),
            status == 405,
            "{method} {path}"
        );
    }
    let head = ask(&world, &ada, Method::HEAD, "/status", None).await;
    assert_eq!(head.status, 200);
    let nobody = ask(&world, &Caller::default(), Method::HEAD, "/status", None).await;
    assert_eq!(nobody.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_scim_token_and_an_app_s_basic_password_administer_nothing() {
    let world = World::bare().await;
    set_up(&world).await;
    let answer = get(&world, &Caller::of_token(world.token()), "/status").await;
    assert_eq!(answer.status, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_one_app_is_kept_to_it() {
    let world = World::bare().await;
    world.admin.create_app("second").await;
    let ada = set_up(&world).await;
    let only = token(
        &world,
        &ada,
        json!({"name": "ci", "role": "administrator", "app": "second"}),
    )
    .await;
    for (path, status) in [
        ("/apps/second/targets", 200),
        (&format!("/apps/{APP}/targets"), 403),
        ("/apps/third/targets", 403),
        ("/apps", 403),
        ("/status", 403),
        ("/tokens", 403),
        ("/audit", 403),
    ] {
        assert_eq!(get(&world, &only, path).await.status, status, "{path}");
    }
    let more = json!({"name": "more", "role": "administrator"});
    assert_eq!(super::post(&world, &only, "/tokens", more).await.status, 403);
    // No route of another app, or of none: each is tried.
    for (method, pattern, least) in table() {
        let (method, path) = (method.parse::<Method>().expect("a method"), filled(&pattern));
        let body = (method != Method::GET).then(|| json!({}));
        let answer = ask(&world, &only, method.clone(), &path, body).await;
        assert!(
            least.is_none() || answer.status == 403,
            "{method} {path}: {}",
            answer.text
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_has_strict_headers() {
    let world = World::bare().await;
    let ada = set_up(&world).await;
    for answer in [
        get(&world, &ada, "/status").await,
        get(&world, &Caller::default(), "/status").await,
        get(&world, &ada, "/nothing").await,
        super::sign_in(&world, "ada", "wrong").await,
    ] {
        for (name, value) in [
            ("cache-control", "no-store"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "no-referrer"),
        ] {
            assert_eq!(answer.headers[name], value, "{}", answer.text);
        }
        let policy = answer.headers["content-security-policy"]
            .to_str()
            .expect("a text");
        assert!(
            policy.starts_with("default-src 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
    }
}
