//! The whole way at an OpenID provider that we did not write: oidc-provider, which the OpenID Foundation certified, with
//! its own pages for login and consent. `tests/run` installs it.

use std::path::PathBuf;
use std::process::Stdio;

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use super::{Browser, CLIENT, Page, SECRET, at, come, who, world_at};
use crate::world::World;

const HELP: &str = "run tests/run, or npm install in a copy of tests/oidc-provider, and set \
                    TIDEGATE_OIDC_PROVIDER=…/provider.mjs";

/// It, until it is dropped.
struct Provider {
    _process: Child,
    input: ChildStdin,
    /// It says more while it serves, and ends if nobody could hear it.
    _said: Lines<BufReader<ChildStdout>>,
    url: String,
}

impl Provider {
    async fn start(people: &Value) -> Self {
        let script = std::env::var_os("TIDEGATE_OIDC_PROVIDER").map(PathBuf::from);
        let script = script.unwrap_or_else(|| panic!("TIDEGATE_OIDC_PROVIDER is not set: {HELP}"));
        let mut process = Command::new("node")
            .arg(script)
            .args([CLIENT, SECRET, &people.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("node does not start ({error}): {HELP}"));
        let input = process.stdin.take().expect("is piped");
        let mut said = BufReader::new(process.stdout.take().expect("is piped")).lines();
        let url = said.next_line().await.expect("a text");
        Self {
            _process: process,
            input,
            _said: said,
            url: url.unwrap_or_else(|| panic!("oidc-provider ended at once: {HELP}")),
        }
    }

    /// A server that sends people there, and which it knows.
    async fn world(&mut self) -> World {
        let world = world_at(&self.url).await;
        let redirect = at(&world, "/admin/sign-in/oidc/callback\n");
        self.input.write_all(redirect.as_bytes()).await.expect("is told");
        world
    }
}

/// Fills its pages in until one of ours comes.
async fn sign_in_as(world: &World, browser: &Browser, login: &str) -> Page {
    let mut page = come(world, browser).await;
    for prompt in ["login", "consent"] {
        let address = page.address.clone();
        assert!(
            address.contains("/interaction/") && page.text.contains(prompt),
            "{address}: {}",
            page.text
        );
        let form = [("prompt", prompt), ("login", login), ("password", "any")];
        page = browser.send(&address, &form).await;
    }
    page
}

#[tokio::test(flavor = "multi_thread")]
async fn people_sign_in_at_a_certified_provider() {
    let people = json!({
        "ada": {"preferred_username": "ada@example.com", "groups": ["tidegate-administrators", "everyone"]},
        "alan": {"email": "alan@example.com", "email_verified": true, "groups": ["tidegate-viewers"]},
        "eve": {"preferred_username": "eve@example.com", "groups": ["everyone"]},
    });
    let mut provider = Provider::start(&people).await;
    let world = provider.world().await;
    for (login, name, role) in [
        ("ada", "ada@example.com", "administrator"),
        ("alan", "alan@example.com", "viewer"),
    ] {
        let browser = Browser::new();
        let page = sign_in_as(&world, &browser, login).await;
        assert!(
            page.status == 200 && page.text.contains("You are signed in"),
            "{}",
            page.text
        );
        let session = who(&world, &browser).await.expect("is signed in");
        assert_eq!((&session["name"], &session["role"]), (&json!(name), &json!(role)));
        // The provider's session goes on: the second time is without its pages, and its code works once.
        let away = browser.ask(&at(&world, "/admin/sign-in/oidc")).await;
        let back = browser.ask(away.leads_to()).await.leads_to().to_owned();
        let begun = browser.cookies(&back);
        assert_eq!(browser.ask(&back).await.status, 200);
        let thief = Browser::new();
        for cookie in begun.split("; ") {
            thief.plant(&back, cookie);
        }
        assert_eq!(thief.ask(&back).await.status, 400, "a code that was used");
    }
    let browser = Browser::new();
    let page = sign_in_as(&world, &browser, "eve").await;
    assert!(
        page.status == 403 && page.text.contains("none of your groups"),
        "{}",
        page.text
    );
    assert_eq!(who(&world, &browser).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_declines_there_stays_out_here() {
    let mut provider = Provider::start(&json!({})).await;
    let world = provider.world().await;
    let browser = Browser::new();
    let login = come(&world, &browser).await;
    let page = browser.open(&format!("{}/abort", login.address)).await;
    assert!(
        page.status == 403 && page.text.contains("access_denied"),
        "{}",
        page.text
    );
    assert_eq!(who(&world, &browser).await, None);
}
