//! Administrators who sign in elsewhere, by OpenID Connect.

mod begun;
mod browser;
mod flow;
#[cfg(feature = "judges")]
mod judge;
mod lies;
mod people;
mod simulated;

use serde_json::{Value, json};
use tidegate::config::Config;

use super::{Caller, PASSWORD, ask, by_hand, get, post, set_up, sign_in};
use crate::world::World;
use browser::{Browser, Page};
use simulated::{CLIENT, Issuer, Lie, SECRET};

/// A server that sends people to an issuer, with a role for each of three groups.
async fn world_at(issuer: &str) -> World {
    World::with(|config| configure(config, issuer)).await
}

fn configure(config: &mut Config, issuer: &str) {
    let secret = config.data_dir.with_file_name("oidc.secret");
    std::fs::write(&secret, format!("{SECRET}\n")).expect("writes");
    config.oidc_issuer = Some(issuer.to_owned());
    config.oidc_client_id = Some(CLIENT.into());
    config.oidc_client_secret_file = Some(secret);
    config.oidc_name = "Okta & Co".into();
    config.oidc_viewers = vec!["tidegate-viewers".into()];
    config.oidc_operators = vec!["tidegate-operators".into()];
    config.oidc_administrators = vec!["tidegate-administrators".into()];
}

/// Ada as the issuer knows her.
fn ada(groups: &[&str]) -> Value {
    json!({"sub": "00u1ada", "preferred_username": "ada@example.com", "groups": groups})
}

fn at(world: &World, path: &str) -> String {
    format!("http://{}{path}", world.address())
}

/// Signs in, as far as it goes.
async fn come(world: &World, browser: &Browser) -> Page {
    browser.open(&at(world, "/admin/sign-in/oidc")).await
}

/// The address that the issuer sends the browser back to, not followed.
async fn sent_back(world: &World, browser: &Browser) -> String {
    let away = browser.ask(&at(world, "/admin/sign-in/oidc")).await;
    browser.ask(away.leads_to()).await.leads_to().to_owned()
}

/// Who a browser is signed in as; none: nobody.
async fn who(world: &World, browser: &Browser) -> Option<Value> {
    let cookies = browser.cookies(&at(world, "/"));
    let answer = get(world, &Caller::default().with("cookie", &cookies), "/session").await;
    (answer.status == 200).then_some(answer.body)
}

/// Lines of the audit trail about an action: subject and detail, oldest first.
fn trail(world: &World, action: &str) -> Vec<(String, Value)> {
    let database = world.database();
    let mut statement = database
        .prepare("SELECT subject, detail FROM audit WHERE action = ?1 ORDER BY seq")
        .expect("prepares");
    let rows = statement.query_map([action], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)));
    rows.expect("lines")
        .map(|row| {
            let (subject, detail) = row.expect("a line");
            (subject, serde_json::from_str(&detail).expect("JSON"))
        })
        .collect()
}
