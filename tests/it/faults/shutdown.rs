//! Stopping in the middle of things.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tidegate_okta::OktaError;
use tidegate_simulators::{Fault, FaultKind};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::world::{APP, Org, World, person, until, until_true};

const REQUESTS: usize = 8;

/// Requests that the server has begun to read are answered, and what they wrote is there.
#[tokio::test(flavor = "multi_thread")]
async fn no_request_under_way_is_cut() {
    let mut world = World::start().await;
    let mut org = Org::default();
    world.admin.converged(APP).await;
    let (address, path) = (world.address(), world.base_url());
    let path = path.split_once("/scim/").expect("a base URL").1.to_owned();
    let mut waiting = Vec::new();
    for number in 0..REQUESTS {
        let profile = person(&format!("p{number}"));
        let body = serde_json::json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": profile.login, "displayName": profile.display_name(),
            "emails": [{"value": profile.email, "type": "work", "primary": true}]})
        .to_string();
        org.assign(&profile);
        let head = format!(
            "POST /scim/{path}/Users HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {}\r\n\
             content-type: application/scim+json\r\ncontent-length: {}\r\nexpect: 100-continue\r\n\r\n",
            world.token(),
            body.len()
        );
        let mut stream = TcpStream::connect(address).await.expect("connects");
        stream.write_all(head.as_bytes()).await.expect("is sent");
        // "Go on": the handler has begun to read.
        let mut answer = [0; 64];
        let count = stream.read(&mut answer).await.expect("an answer");
        assert!(
            answer[..count].starts_with(b"HTTP/1.1 100"),
            "{:?}",
            String::from_utf8_lossy(&answer[..count])
        );
        waiting.push((stream, body));
    }
    let stopping = tokio::spawn(world.server.take().expect("a server").stop());
    until("new connections are refused", || async {
        TcpStream::connect(address)
            .await
            .err()
            .map(drop)
            .ok_or_else(|| "it still listens".to_owned())
    })
    .await;
    assert!(!stopping.is_finished(), "it waits for those under way");
    for (mut stream, body) in waiting {
        stream.write_all(body.as_bytes()).await.expect("is sent");
        let mut answer = String::new();
        stream
            .read_to_string(&mut answer)
            .await
            .expect("an answer, and the end of the connection");
        assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    }
    stopping.await.expect("stops");
    world.start_again().await;
    assert_eq!(world.okta().import_users().await.expect("reads").len(), REQUESTS);
    world.assert_equal_to(&org).await;
}

/// Clients that write without pause see answers, and then nobody who listens; no answer is an error.
#[tokio::test(flavor = "multi_thread")]
async fn traffic_ends_without_an_error_and_without_a_loss() {
    let mut world = World::start().await;
    let answered = Arc::new(AtomicUsize::new(0));
    let mut clients = JoinSet::new();
    for client in 0..REQUESTS {
        let (okta, answered) = (world.okta(), Arc::clone(&answered));
        clients.spawn(async move {
            let mut assigned = Vec::new();
            for number in 0.. {
                let profile = person(&format!("p{client}-{number}"));
                match okta.assign(&profile).await {
                    Ok(_) => assigned.push(profile),
                    Err(OktaError::Connection { .. }) => break,
                    Err(error) => panic!("{error}"),
                }
                answered.fetch_add(1, Ordering::SeqCst);
            }
            assigned
        });
    }
    until_true("the clients write", || answered.load(Ordering::SeqCst) >= 100).await;
    world.stop().await;
    let assigned: Vec<_> = clients.join_all().await.into_iter().flatten().collect();
    world.start_again().await;

    // Assigned again: all acknowledged ones are found, not made.
    let (okta, mut org) = (world.okta(), Org::default());
    for profile in &assigned {
        assert!(
            okta.assign(profile).await.expect("is assigned").linked,
            "{} was lost",
            profile.login
        );
    }
    for user in okta.import_users().await.expect("reads") {
        let login = user["userName"].as_str().expect("a name");
        org.assign(&person(login.split('@').next().expect("a name")));
    }
    world.assert_equal_to(&org).await;
}

/// What a product did while the server stopped is written down: it is not done again.
#[tokio::test(flavor = "multi_thread")]
async fn a_call_under_way_is_waited_for_and_noted() {
    let mut world = World::start().await;
    world.admin.converged(APP).await;
    let jira = world.product("jira").simulator.faults();
    jira.push(Fault::once(
        "POST /rest/api/2/user",
        FaultKind::Slow(Duration::from_millis(500)),
    ));
    world.okta().assign(&person("ada")).await.expect("is assigned");
    until_true("the slow call is under way", || jira.pending() == 0).await;
    world.stop().await;
    assert!(
        world
            .product("jira")
            .state()
            .account("ada@tidal.example")
            .is_some()
    );
    let query =
        "SELECT rev = applied_rev FROM account a JOIN target t ON t.seq = a.target WHERE t.name = 'jira'";
    let noted: bool = world
        .database()
        .query_row(query, [], |row| row.get(0))
        .expect("a row");
    assert!(noted);
    world.start_again().await;
    let mut org = Org::default();
    org.assign(&person("ada"));
    world.assert_equal_to(&org).await;
}
