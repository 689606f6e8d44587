//! How long the client waits. The clock is paused, so an hour takes no time; sockets are real.
#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

mod common;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use common::{Server, Shared, serve};
use tidegate_okta::{OktaClient, OktaError, Retries};
use tokio::time::Instant;

async fn start(refusals: Vec<(u16, Option<&'static str>)>) -> OktaClient {
    let server: Shared = Arc::new(Mutex::new(Server {
        refusals,
        ..Server::default()
    }));
    OktaClient::new(serve(server).await, "t").with_time_limit(None)
}

/// Seconds until "Test API Credentials" ends.
async fn waited(client: &OktaClient) -> (u64, Result<(), OktaError>) {
    let started = Instant::now();
    let result = client.test_api_credentials().await;
    (started.elapsed().as_secs(), result)
}

#[tokio::test(start_paused = true)]
async fn whole_seconds_are_honoured_and_doubled() {
    let client = start(vec![(429, Some("1")), (429, Some("1")), (429, Some("7"))]).await;
    assert_eq!(waited(&client).await, (7 + 14 + 28, Ok(())));
}

#[tokio::test(start_paused = true)]
async fn anything_else_is_five_minutes() {
    for retry_after in [None, Some("1.5"), Some("Wed, 21 Oct 2026 07:28:00 GMT")] {
        let client = start(vec![(429, retry_after)]).await;
        assert_eq!(waited(&client).await, (300, Ok(())), "{retry_after:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn ten_tries_and_no_more() {
    let client = start(vec![(429, Some("1")); 20]).await;
    let (seconds, result) = waited(&client).await;
    assert!(matches!(result, Err(OktaError::Exhausted { tries: 10, .. })));
    assert_eq!((seconds, client.totals().requests), (511, 10));
}

#[tokio::test]
async fn a_demonstration_may_be_less_patient() {
    let retries = Retries {
        tries: 2,
        default_wait: Duration::from_millis(1),
    };
    let client = start(vec![(429, None); 5]).await.with_retries(retries);
    assert_eq!(
        client.test_api_credentials().await.unwrap_err().status(),
        Some(429)
    );
    assert_eq!(client.totals().requests, 2);
}

#[tokio::test]
async fn a_silent_server_runs_into_the_limit() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let client = OktaClient::new(base_url, "t").with_time_limit(Some(Duration::from_millis(50)));
    assert!(matches!(
        client.test_api_credentials().await,
        Err(OktaError::TimeLimit { .. })
    ));
}
