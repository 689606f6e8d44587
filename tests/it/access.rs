//! Who administers over the network, and what they may.

mod described;
mod fields;
mod forgery;
mod inwards;
mod oidc;
mod people;
mod remote;
mod roles;
mod secrets;
mod sessions;
mod setup;
mod throttle;
mod tokens;
mod trail;
mod wire;

use bytes::Bytes;
use http::{Method, Request, header};
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::world::{RawAnswer, World, exchange};

/// Long enough, and not the first to be tried.
const PASSWORD: &str = "correct horse batteries";

/// The headers of somebody who calls.
#[derive(Clone, Default)]
struct Caller(Vec<(String, String)>);

impl Caller {
    fn with(mut self, name: &str, value: &str) -> Self {
        self.0.retain(|(known, _)| known != name);
        self.0.push((name.into(), value.into()));
        self
    }

    fn without(mut self, name: &str) -> Self {
        self.0.retain(|(known, _)| known != name);
        self
    }

    fn of_token(token: &str) -> Self {
        Self::default().with("authorization", &format!("Bearer {token}"))
    }

    /// The browser of whoever got this answer.
    fn of_session(answer: &RawAnswer) -> Self {
        let csrf = answer.body["csrf-token"].as_str().expect("a token for forms");
        Self::default()
            .with("cookie", &cookie(answer))
            .with("x-csrf-token", csrf)
    }
}

/// Name and value of the cookie that an answer sets.
fn cookie(answer: &RawAnswer) -> String {
    let set = answer.headers["set-cookie"].to_str().expect("a text");
    set.split(';').next().expect("a pair").to_owned()
}

/// One request of the API.
async fn ask(world: &World, caller: &Caller, method: Method, path: &str, body: Option<Value>) -> RawAnswer {
    let mut request = Request::builder()
        .method(method)
        .uri(format!("/admin/api/v1{path}"))
        .header(header::HOST, world.address().to_string())
        .header(header::CONTENT_TYPE, "application/json");
    for (name, value) in &caller.0 {
        request = request.header(name, value);
    }
    let body = body.map_or_else(Bytes::new, |body| Bytes::from(body.to_string()));
    exchange(world.address(), request.body(body).expect("a request"))
        .await
        .expect("an answer")
}

async fn get(world: &World, caller: &Caller, path: &str) -> RawAnswer {
    ask(world, caller, Method::GET, path, None).await
}

async fn post(world: &World, caller: &Caller, path: &str, body: Value) -> RawAnswer {
    ask(world, caller, Method::POST, path, Some(body)).await
}

/// What stands behind the `#` of the link that the start printed.
fn setup_token(world: &World) -> String {
    let link = world
        .server
        .as_ref()
        .expect("runs")
        .setup_link
        .clone()
        .expect("a link")
        .to_string();
    link.split_once("/admin/setup#")
        .expect("a set-up link")
        .1
        .to_owned()
}

/// The first administrator, Ada, signed in.
async fn set_up(world: &World) -> Caller {
    let wanted = json!({"token": setup_token(world), "name": "Ada", "password": PASSWORD});
    let answer = post(world, &Caller::default(), "/setup", wanted).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    Caller::of_session(&answer)
}

async fn sign_in(world: &World, name: &str, password: &str) -> RawAnswer {
    post(
        world,
        &Caller::default(),
        "/session",
        json!({"name": name, "password": password}),
    )
    .await
}

/// A new API token.
async fn token(world: &World, by: &Caller, wanted: Value) -> Caller {
    let answer = post(world, by, "/tokens", wanted).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    Caller::of_token(answer.body["token"].as_str().expect("a secret"))
}

/// The database, as somebody with a shell changes it.
fn by_hand(world: &World, what: &str) {
    let database = Connection::open(world.config.data_dir.join("tidegate.db")).expect("opens");
    database
        .busy_timeout(std::time::Duration::from_secs(30))
        .expect("waits");
    database.execute_batch(what).expect("is changed");
}
