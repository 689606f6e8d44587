//! What no client should send. Every case gets a SCIM error that says what is wrong, never a
//! 5xx, and leaves nothing behind.

mod bodies;
mod clients;
mod patches;
mod queries;
mod requests;

use bytes::Bytes;
use http::Request;
use rusqlite::Connection;
use serde_json::Value;

use crate::world::{RawAnswer, World, exchange};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";

/// Status and `scimType`.
type Refusal = (u16, Option<&'static str>);

const SYNTAX: Refusal = (400, Some("invalidSyntax"));
const VALUE: Refusal = (400, Some("invalidValue"));

/// What is wrong, where it is sent, what is sent, and what is answered.
type Case<'a> = (&'a str, &'a str, Value, Refusal);

/// A request to the first app with its token.
fn request(world: &World, method: &str, path: &str, body: impl Into<Bytes>) -> Request<Bytes> {
    with_token(world, method, path, world.token(), body)
}

fn with_token(
    world: &World,
    method: &str,
    path: &str,
    token: &str,
    body: impl Into<Bytes>,
) -> Request<Bytes> {
    let builder = Request::builder()
        .method(method)
        .uri(format!("{}{path}", world.base_url()));
    builder
        .header("host", world.address().to_string())
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/scim+json")
        .body(body.into())
        .expect("a request")
}

async fn send(world: &World, request: Request<Bytes>) -> RawAnswer {
    exchange(world.address(), request).await.expect("an answer")
}

/// The body of RFC 7644, section 3.12, with these values.
fn assert_error(case: &str, answer: &RawAnswer, status: u16, scim_type: Option<&str>) {
    let body = &answer.body;
    assert_eq!(answer.status, status, "{case}: {}", answer.text);
    assert_eq!(
        body["schemas"][0], "urn:ietf:params:scim:api:messages:2.0:Error",
        "{case}: {}",
        answer.text
    );
    assert_eq!(
        body["status"],
        status.to_string(),
        "{case}: status is a string: {}",
        answer.text
    );
    assert_eq!(
        body.get("scimType").and_then(Value::as_str),
        scim_type,
        "{case}: {}",
        answer.text
    );
    assert!(
        body["detail"].as_str().is_some_and(|detail| detail.len() > 10),
        "{case}: {}",
        answer.text
    );
    assert!(
        answer.text.len() < 2_000,
        "{case}: an error does not repeat what was sent: {}",
        answer.text.len()
    );
    assert_eq!(answer.headers["content-type"], "application/scim+json", "{case}");
    assert!(answer.headers.contains_key("x-request-id"), "{case}");
}

/// Everything that a request could leave behind.
fn stored(world: &World) -> Vec<i64> {
    let database: Connection = world.database();
    let tables = [
        "scim_user",
        "scim_email",
        "scim_group",
        "scim_member",
        "account",
        "directory_group",
        "membership",
        "audit",
    ];
    let count = |table: &str| -> i64 {
        database
            .query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))
            .expect("counts")
    };
    let versions = "SELECT (SELECT total(version) FROM scim_user) + (SELECT total(version) FROM scim_group)";
    let version: f64 = database
        .query_row(versions, [], |row| row.get(0))
        .expect("adds up");
    #[expect(clippy::cast_possible_truncation, reason = "a sum of a few versions")]
    tables
        .iter()
        .map(|table| count(table))
        .chain([version as i64])
        .collect()
}
