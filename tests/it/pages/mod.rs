//! The administrator's pages, as a browser without scripts sees them.

mod anonymise;
mod forms;

use bytes::Bytes;
use http::{Method, Request, header};
use serde_json::json;
use tidegate_directory::target::Product;
use tidegate_guests::STANDARD;

use crate::world::{APP, RawAnswer, World, exchange, person, until};

const PASSWORD: &str = "correct horse battery";

/// A browser with one cookie.
struct Browser<'a> {
    world: &'a World,
    cookie: String,
}

impl Browser<'_> {
    async fn get(&self, path: &str) -> RawAnswer {
        self.send(Method::GET, path, "").await
    }

    async fn post(&self, path: &str, form: &str) -> RawAnswer {
        self.send(Method::POST, path, form).await
    }

    async fn send(&self, method: Method, path: &str, form: &str) -> RawAnswer {
        let host = self.world.address().to_string();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, &host)
            .header(header::COOKIE, &self.cookie)
            .header(header::ORIGIN, format!("http://{host}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Bytes::from(form.to_owned()))
            .expect("a request");
        exchange(self.world.address(), request).await.expect("an answer")
    }

    /// The token that forms of this session carry.
    async fn csrf(&self) -> String {
        let page = self.get("/admin").await.text;
        let (_, rest) = page.split_once("name=\"csrf\" value=\"").expect("a form");
        rest.split('"').next().expect("a token").to_owned()
    }
}

fn cookie(answer: &RawAnswer) -> String {
    let set = answer.headers[header::SET_COOKIE].to_str().expect("a text");
    set.split(';').next().expect("a cookie").to_owned()
}

/// Sets the first administrator up by the form, as the link leads to it.
async fn signed_in(world: &World) -> Browser<'_> {
    let link = world
        .server
        .as_ref()
        .expect("a server")
        .setup_link
        .as_ref()
        .expect("a set-up link");
    let link = link.to_string();
    let token = link.split('#').nth(1).expect("a token");
    let stranger = Browser {
        world,
        cookie: String::new(),
    };
    let made = stranger
        .post(
            "/admin/setup",
            &format!("token={token}&name=ada&password={}", PASSWORD.replace(' ', "+")),
        )
        .await;
    assert_eq!(made.status, 303, "{}", made.text);
    Browser {
        world,
        cookie: cookie(&made),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_not_signed_in_sees_nothing() {
    let world = World::with_product(Product::Jira).await;
    let stranger = Browser {
        world: &world,
        cookie: String::new(),
    };
    for path in [
        "/admin",
        "/admin/part",
        "/admin/live",
        "/admin/apps/default/people",
        "/admin/apps/default/rules",
        "/admin/apps/default/targets/jira",
    ] {
        let answer = stranger.get(path).await;
        assert_eq!(answer.status, 303, "{path}: {}", answer.text);
        assert_eq!(answer.headers[header::LOCATION], "/admin/sign-in", "{path}");
    }
    let refused = stranger
        .post("/admin/apps/default/rules/rollback", "csrf=x")
        .await;
    assert_eq!(refused.status, 303, "{}", refused.text);
    let form = stranger.get("/admin/sign-in").await;
    assert!(
        form.text.contains("autocomplete=\"current-password\""),
        "{}",
        form.text
    );
    let wrong = stranger
        .post(
            "/admin/sign-in",
            "name=%3Cscript%3Ealert(1)%3C/script%3E&password=wrong",
        )
        .await;
    assert_eq!(wrong.status, 401);
    assert!(
        wrong.text.contains("is not right") && !wrong.text.contains("<script>alert"),
        "{}",
        wrong.text
    );
    assert!(!wrong.text.contains("value=\"wrong\""), "no password comes back");
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_are_strict_and_small() {
    let world = World::with_product(Product::Jira).await;
    let browser = signed_in(&world).await;
    let mut bytes = 0;
    for path in [
        "/admin",
        "/admin/static/style.css",
        "/admin/static/pages.js",
        "/admin/static/icon.svg",
    ] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        let policy = answer.headers[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .expect("a text");
        assert!(
            policy.contains("default-src 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
        assert_eq!(
            answer.headers[header::X_CONTENT_TYPE_OPTIONS],
            "nosniff",
            "{path}"
        );
        // `no-referrer` would make browsers send `Origin: null` with every form.
        let referrer = &answer.headers[header::REFERRER_POLICY];
        assert_eq!(referrer, "same-origin", "{path}");
        bytes += answer.text.len();
    }
    assert!(bytes < 100 << 10, "{bytes} bytes for the first page");
    let page = browser.get("/admin").await;
    assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
    assert!(
        !page.text.contains("style=") && !page.text.contains("onclick"),
        "nothing inline"
    );
    assert_eq!(page.text.matches("<h1").count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_at_the_pages() {
    let world = World::with_product(Product::Jira).await;
    let browser = signed_in(&world).await;
    let ada = person("ada");
    world.okta().assign(&ada).await.expect("is assigned");
    world.admin.converged(APP).await;

    let overview = browser.get("/admin").await.text;
    for words in [
        "all is well",
        "in step",
        "SCIM connector base URL",
        &world.base_url(),
        "jira",
        "ada <small>(administrator)",
    ] {
        assert!(overview.contains(words), "{words:?} in\n{overview}");
    }
    let people = browser
        .get("/admin/apps/default/people/ada%40tidal.example")
        .await
        .text;
    assert!(
        people.contains("account ada@tidal.example") && people.contains("done 20"),
        "{people}"
    );
    let nobody = browser.get("/admin/apps/default/people/%3Cb%3Enobody").await.text;
    assert!(
        nobody.contains("role=\"alert\"") && !nobody.contains("<b>nobody"),
        "{nobody}"
    );

    // Nothing happens without the form's token.
    let csrf = browser.csrf().await;
    let test = "/admin/apps/default/targets/jira/test";
    let refused = browser.post(test, "csrf=").await;
    assert!(
        refused.status == 403 || refused.text.contains("role=\"alert\""),
        "{}",
        refused.text
    );
    assert!(!refused.text.contains("It answers"), "{}", refused.text);
    let tested = browser.post(test, &format!("csrf={csrf}")).await.text;
    assert!(
        tested.contains("It answers: version") && tested.contains("create accounts"),
        "{tested}"
    );

    // New rules are seen before they decide; then they do.
    let version = world
        .admin
        .deploy(APP, STANDARD, json!({"default-groups": ["everybody"]}))
        .await
        .expect("deploys");
    let path = format!("/admin/apps/default/rules/{}", version.number);
    let seen = browser
        .post(&format!("{path}/preview"), &format!("csrf={csrf}"))
        .await
        .text;
    assert!(
        seen.contains("memberships added") && seen.contains("Make exactly this live"),
        "{seen}"
    );
    let (_, rest) = seen.split_once("name=\"preview\" value=\"").expect("a digest");
    let digest = rest.split('"').next().expect("a digest");
    let live = browser
        .post(
            &format!("{path}/activate"),
            &format!("csrf={csrf}&preview={digest}"),
        )
        .await
        .text;
    assert!(
        live.contains(&format!("Version {} decides now.", version.number)),
        "{live}"
    );
    world.admin.converged(APP).await;
    let state = world.product("jira").state();
    assert_eq!(state.members("everybody"), [ada.login.as_str()]);
    let back = browser
        .post("/admin/apps/default/rules/rollback", &format!("csrf={csrf}"))
        .await
        .text;
    assert!(back.contains("Version 1 decides again."), "{back}");
    world.admin.converged(APP).await;
    assert!(state.members("everybody").is_empty());

    // What somebody changed by hand is found, and brought about again.
    assert!(state.remove_account(&ada.login));
    let drift = "/admin/apps/default/targets/jira";
    let found = browser
        .post(&format!("{drift}/drift"), &format!("csrf={csrf}"))
        .await
        .text;
    assert!(
        found.contains("1 rows are not as they were left") && found.contains("missing"),
        "{found}"
    );
    let mended = browser
        .post(&format!("{drift}/mend"), &format!("csrf={csrf}"))
        .await
        .text;
    assert!(mended.contains("brought about again"), "{mended}");
    world.admin.converged(APP).await;
    assert!(state.account(&ada.login).is_some());

    let out = browser.post("/admin/sign-out", &format!("csrf={csrf}")).await;
    assert_eq!(out.status, 303);
    assert_eq!(
        browser.get("/admin").await.status,
        303,
        "the session is over, not only forgotten"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_viewer_sees_and_does_nothing() {
    let world = World::with_product(Product::Jira).await;
    let browser = signed_in(&world).await;
    drop(browser);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("password");
    std::fs::write(&file, PASSWORD).expect("a file");
    world.command(&[
        "administrator",
        "create",
        "vera",
        "--role",
        "viewer",
        "--password-file",
        file.to_str().expect("a path"),
    ]);
    let stranger = Browser {
        world: &world,
        cookie: String::new(),
    };
    let form = format!("name=vera&password={}", PASSWORD.replace(' ', "+"));
    let entered = stranger.post("/admin/sign-in", &form).await;
    assert_eq!(entered.status, 303, "{}", entered.text);
    let vera = Browser {
        world: &world,
        cookie: cookie(&entered),
    };
    let page = vera.get("/admin/apps/default/targets/jira").await.text;
    assert!(
        page.contains("jira") && !page.contains("Test the connection"),
        "{page}"
    );
    let csrf = vera.csrf().await;
    let refused = vera
        .post("/admin/apps/default/targets/jira/test", &format!("csrf={csrf}"))
        .await
        .text;
    assert!(
        refused.contains("role=\"alert\"") && !refused.contains("It answers"),
        "{refused}"
    );
}

/// Nothing failed, since nothing was tried: the pages say why.
#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_target_is_said_to_be() {
    let world = World::with_product(Product::Jira).await;
    let browser = signed_in(&world).await;
    world
        .admin
        .put_target(APP, &world.product("jira").target("wrong"))
        .await;
    until("it stops", || async {
        let line = world.admin.target(APP, "jira").await;
        line.stopped.clone().map(drop).ok_or(format!("{line:?}"))
    })
    .await;
    for page in ["failures", "targets/jira"] {
        let text = browser.get(&format!("/admin/apps/default/{page}")).await.text;
        assert!(
            text.contains("Stopped until you act") && !text.contains("Nothing failed"),
            "{text}"
        );
    }
}
