//! Targets: silent, refusing, with another clock, braked, behind.

use serde_json::json;
use tidegate_directory::target::{Credentials, Product, TargetConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::bad;
use crate::world::{APP, World, person, until};

/// Whether one of the lines has all these words.
fn said(world: &World, words: &[&str]) {
    let found = bad(&world.config.data_dir);
    assert!(
        found
            .iter()
            .any(|line| words.iter().all(|word| line.contains(word))),
        "{words:?}: {found:#?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_that_refuses_us_is_bad_and_not_asked_again_once_it_is_stopped() {
    let world = World::with_product(Product::Jira).await;
    let jira = world.product("jira");
    jira.state().set_password("admin", "another");
    said(&world, &["jira: ", "tidegate target test jira"]);
    world.okta().assign(&person("ada")).await.expect("is assigned");
    until("the target is stopped", || async {
        let line = world.admin.target(APP, "jira").await;
        line.stopped.map(drop).ok_or_else(|| "it runs".to_owned())
    })
    .await;
    let calls = world.metric_sum("tidegate_product_calls_total").await;
    said(&world, &["jira: is stopped", "then tidegate target test jira"]);
    assert_eq!(
        world.metric_sum("tidegate_product_calls_total").await,
        calls,
        "another failed log-in would lock the account"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_with_another_clock_is_bad() {
    let world = World::bare().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            drop(stream.read(&mut [0; 4_096]).await);
            let answer = "HTTP/1.1 200 OK\r\ndate: Mon, 01 Jan 2001 00:00:00 GMT\r\n\
                          content-length: 2\r\nconnection: close\r\n\r\n{}";
            drop(stream.write_all(answer.as_bytes()).await);
        }
    });
    let token = "token".to_owned();
    let target = TargetConfig::new("old", Product::Jira, url, Credentials::Token { token });
    world.admin.put_target(APP, &target).await;
    said(&world, &["clock and old: ours is", "s ahead", "time server"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_brake_and_what_was_refused_are_bad() {
    let world = World::with_product(Product::Jira).await;
    world
        .admin
        .set_app(APP, json!({"brake": {"percent": 0, "users": 1}}))
        .await;
    let mut ids = Vec::new();
    for name in ["ada", "alan", "barbara"] {
        ids.push(world.okta().assign(&person(name)).await.expect("is assigned").id);
    }
    world.admin.converged(APP).await;
    for id in &ids {
        world.okta().deactivate(id).await.expect("is answered");
    }
    world.admin.settled(APP).await;
    said(&world, &["brake of jira: is pulled", "tidegate brake status"]);
    world
        .database_to_change()
        .execute_batch("UPDATE account SET parked = 1")
        .expect("is changed");
    said(
        &world,
        &["backlog of jira: refused, waiting for you: 1", "--retry-failed"],
    );
}
