//! Bringing accounts about, beside a bare hyper client that makes the same calls and keeps nothing.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Method, Request, header};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use tidegate_directory::target::{Credentials, Product, TargetConfig};
use tidegate_simulators::{SimProduct, Simulator, SimulatorConfig};
use tokio::task::JoinSet;

use crate::seed::World;
use crate::table::{Promise, figure, promise};

const ACCOUNTS: usize = 20_000;
const AT_ONCE: usize = 16;

pub(crate) async fn run() {
    let bare = bare().await;
    let ours = ours().await;
    figure("a bare hyper client", bare, "calls per second");
    figure("the reconciler, outcomes on disk", ours, "calls per second");
    promise(
        "the reconciler's calls beside the bare client's",
        ours / bare,
        &Promise::AtLeast(0.25),
    );
}

async fn jira() -> Simulator {
    Simulator::start(SimulatorConfig::new(SimProduct::Jira))
        .await
        .unwrap()
}

/// Calls per second until every account is there.
async fn ours() -> f64 {
    let jira = jira().await;
    let world = World::new(ACCOUNTS, 0).await;
    let service = Arc::clone(&world.server.service);
    let credentials = Credentials::Basic {
        username: "admin".into(),
        password: "admin".into(),
    };
    let mut target = TargetConfig::new("jira", Product::Jira, jira.base_url(), credentials);
    target.concurrency = AT_ONCE;
    let seq = service
        .store
        .put_target(world.app, &target, tidegate::clock::now_ms())
        .await
        .unwrap();
    service.store.stop_target(seq, None).await.unwrap();
    let began = Instant::now();
    service.reload_apps().unwrap();
    while service.store.pending(seq).unwrap() > 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let rate = jira.state().requests_served() as f64 / began.elapsed().as_secs_f64();
    assert_eq!(jira.state().accounts().len(), ACCOUNTS + 1);
    world.server.stop().await;
    jira.shutdown().await;
    rate
}

/// The same calls: look, create.
async fn bare() -> f64 {
    let jira = jira().await;
    let client: Client<_, Full<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let began = Instant::now();
    let mut workers = JoinSet::new();
    for worker in 0..AT_ONCE {
        let (client, base) = (client.clone(), jira.base_url().to_owned());
        workers.spawn(async move {
            for number in (worker..ACCOUNTS).step_by(AT_ONCE) {
                let name = format!("seed-{number}@example.com");
                let find = format!("{base}/rest/api/2/user?username={name}");
                call(&client, Method::GET, &find, String::new()).await;
                let body = serde_json::json!({
                    "name": name, "displayName": format!("Given Family of {number}"),
                    "emailAddress": name, "password": "x",
                });
                call(
                    &client,
                    Method::POST,
                    &format!("{base}/rest/api/2/user"),
                    body.to_string(),
                )
                .await;
            }
        });
    }
    workers.join_all().await;
    let rate = jira.state().requests_served() as f64 / began.elapsed().as_secs_f64();
    assert_eq!(jira.state().accounts().len(), ACCOUNTS + 1);
    jira.shutdown().await;
    rate
}

async fn call(
    client: &Client<hyper_util::client::legacy::connect::HttpConnector, Full<Bytes>>,
    method: Method,
    uri: &str,
    body: String,
) {
    let request = Request::builder()
        .method(method)
        .uri(uri)
        .header(header::AUTHORIZATION, "Basic YWRtaW46YWRtaW4=")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Full::new(Bytes::from(body)))
        .unwrap();
    let answer = client.request(request).await.unwrap();
    answer.into_body().collect().await.unwrap();
}
