//! What the client puts on the wire, against a small SCIM server.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]

mod common;

use std::sync::{Arc, Mutex};

use common::{Server, Shared, serve};
use http::Method;
use serde_json::json;
use tidegate_okta::{BATCH, Dialect, Member, OktaClient, OktaError, Profile};
use tidegate_scim::user;

async fn start() -> (Shared, OktaClient) {
    let server: Shared = Arc::new(Mutex::new(Server::default()));
    let base_url = serve(server.clone()).await;
    (server, OktaClient::new(base_url, "s3cret"))
}

fn ada() -> Profile {
    Profile::new("ada@example.com", "Ada", "Lovelace").department("Engines")
}

fn requests(server: &Shared) -> Vec<String> {
    server
        .lock()
        .unwrap()
        .seen
        .iter()
        .map(|(line, ..)| line.clone())
        .collect()
}

#[tokio::test]
async fn headers_are_as_recorded() {
    let (server, client) = start().await;
    client.assign(&ada()).await.unwrap();
    let server = server.lock().unwrap();
    let headers = &server.seen.last().unwrap().1;
    for (name, value) in [
        ("user-agent", "Okta SCIM Client 1.0.0"),
        ("accept", "application/scim+json"),
        ("accept-charset", "utf-8"),
        ("content-type", "application/scim+json; charset=utf-8"),
        ("connection", "Keep-Alive"),
        ("accept-encoding", "gzip,deflate"),
        ("authorization", "Bearer s3cret"),
    ] {
        assert_eq!(headers[name], value, "{name}");
    }
    assert!(!format!("{client:?}").contains("s3cret"));
}

#[tokio::test]
async fn assign_creates_then_links_whatever_the_case() {
    let (server, client) = start().await;
    let first = client.assign(&ada()).await.unwrap();
    assert!(!first.linked);
    let created = server.lock().unwrap().seen.last().unwrap().2.clone();
    assert_eq!(
        (&created["groups"], created["password"].is_string()),
        (&json!([]), true)
    );
    assert!(created["externalId"].as_str().unwrap().starts_with("00u"));

    client.unassign(&first.id).await.unwrap();
    let again = Profile {
        login: "ADA@example.com".into(),
        ..ada()
    };
    let second = client.assign(&again).await.unwrap();
    assert_eq!((second.id.as_str(), second.linked), (first.id.as_str(), true));
    let document = server.lock().unwrap().users[&first.id].clone();
    assert_eq!(
        (document["userName"].as_str(), user::keys(&document).active),
        (Some("ADA@example.com"), true)
    );
}

#[tokio::test]
async fn activation_is_a_patch_in_templates_and_a_put_in_custom_apps() {
    for (dialect, method) in [(Dialect::Template, "PATCH"), (Dialect::Custom, "PUT")] {
        let (server, client) = start().await;
        let client = client.with_dialect(dialect);
        let id = client.assign(&ada()).await.unwrap().id;
        client.deactivate(&id).await.unwrap();
        assert!(!user::keys(&server.lock().unwrap().users[&id]).active);
        assert_eq!(
            requests(&server).last().unwrap(),
            &format!("{method} /Users/{id}")
        );
        client.update(&id, &ada().title("Countess")).await.unwrap();
        let document = server.lock().unwrap().users[&id].clone();
        assert_eq!(
            (document["title"].as_str(), user::keys(&document).active),
            (Some("Countess"), false)
        );
        client.reactivate(&id).await.unwrap();
        assert!(user::keys(&server.lock().unwrap().users[&id]).active);
    }
}

#[tokio::test]
async fn import_walks_in_hundreds() {
    let (server, client) = start().await;
    for number in 0..201 {
        let document = user::create(
            tidegate_scim::schema::Schemas::standard(),
            &json!({ "userName": format!("user{number}") }),
        )
        .unwrap();
        server
            .lock()
            .unwrap()
            .users
            .insert(format!("{number:04}"), document);
    }
    assert_eq!(client.import_users().await.unwrap().len(), 201);
    let paths: Vec<String> = client
        .exchanges()
        .into_iter()
        .map(|exchange| exchange.path)
        .collect();
    assert_eq!(
        paths,
        [
            "/Users?startIndex=1&count=100",
            "/Users?startIndex=101&count=100",
            "/Users?startIndex=201&count=100"
        ]
    );
    assert!(client.import_groups().await.unwrap().is_empty());
}

#[tokio::test]
async fn members_go_in_batches() {
    for dialect in [Dialect::Template, Dialect::Custom] {
        let (server, client) = start().await;
        let client = client.with_dialect(dialect);
        let members: Vec<Member> = (0..600)
            .map(|n| Member::new(format!("u{n}"), format!("user{n}")))
            .collect();
        let id = client.push_group("Everyone", &members).await.unwrap();
        let count = || server.lock().unwrap().groups[&id].1.len();
        assert_eq!(count(), 600);
        let gone: Vec<String> = members.iter().take(300).map(|member| member.id.clone()).collect();
        client.remove_members(&id, &gone).await.unwrap();
        assert_eq!(count(), 300);
        client.rename_group(&id, "All").await.unwrap();
        assert_eq!(client.link_group("all").await.unwrap(), Some(id.clone()));
        client.replace_members(&id, &members).await.unwrap();
        assert_eq!(count(), 600);
        client.replace_members(&id, &[]).await.unwrap();
        assert_eq!(count(), 0);
        let largest = server
            .lock()
            .unwrap()
            .seen
            .iter()
            .map(|(_, _, body)| body["Operations"].as_array().map_or(0, Vec::len))
            .max();
        assert_eq!(
            largest,
            Some(if dialect == Dialect::Template { BATCH } else { 0 })
        );
        client.delete_group(&id).await.unwrap();
        assert_eq!(client.link_group("All").await.unwrap(), None);
    }
}

#[tokio::test]
async fn refusals_keep_the_detail_and_are_counted() {
    let (server, client) = start().await;
    let error = client.update("nobody", &ada()).await.unwrap_err();
    assert_eq!(error.to_string(), "GET /Users/nobody: 404: No such user.");
    assert_eq!(error.status(), Some(404));
    server.lock().unwrap().refusals.push((503, Some("1")));
    assert_eq!(
        client.test_api_credentials().await.unwrap_err().status(),
        Some(503)
    );
    let answer = client
        .send(Method::POST, "/Users", Some(&json!([])))
        .await
        .unwrap();
    assert_eq!(
        (answer.status, answer.body["scimType"].as_str()),
        (400, Some("invalidSyntax"))
    );
    assert_eq!((client.totals().requests, client.totals().failures), (3, 3));
}

#[tokio::test]
async fn no_server_is_an_error() {
    let client = OktaClient::new("http://127.0.0.1:1/scim/v2", "t");
    assert!(matches!(
        client.test_api_credentials().await,
        Err(OktaError::Connection { .. })
    ));
    assert_eq!(
        client.exchanges().last().map(|exchange| exchange.status),
        Some(None)
    );
}
