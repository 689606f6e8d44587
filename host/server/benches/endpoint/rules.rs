//! Rules that are tried on everything, and rules that are swapped under load.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use http::{Method, StatusCode};
use serde_json::json;
use tidegate::apps::App;
use tidegate::policies::{Deployment, STANDARD, Vouched};
use tidegate_runtime::grants::Grants;
use tokio::task::JoinSet;

use crate::seed::World;
use crate::table::{Promise, figure, median, promise};

const CONNECTIONS: usize = 8;
const SWAPS: usize = 50;

/// Other rules for everybody, seen and not done.
pub(crate) async fn preview(world: &World) {
    let service = &world.server.service;
    let app = app(world);
    let number = deploy(world, &app, r#"{"default-groups": ["everybody"]}"#).await;
    let started = Instant::now();
    let preview = service.preview(&app, number, &|_| ()).await.unwrap();
    let seconds = started.elapsed().as_secs_f64();
    assert_eq!(preview.refused, []);
    let decided = preview.users + preview.groups;
    figure(
        "resources decided anew per second",
        decided as f64 / seconds,
        "/s",
    );
    promise(
        &format!(
            "preview of {} users and {} groups, seconds",
            preview.users, preview.groups
        ),
        seconds,
        &Promise::AtMost(60.0),
    );
}

/// Two versions in turn, fifty times, while clients write.
pub(crate) async fn swap(world: &World) {
    let app = app(world);
    let versions = [
        deploy(world, &app, r#"{"default-groups": ["one"]}"#).await,
        deploy(world, &app, r#"{"default-groups": ["two"]}"#).await,
    ];
    let steady = load(world, async { tokio::time::sleep(Duration::from_secs(5)).await }).await;
    let mut publishing = Vec::new();
    let swapping = load(world, async {
        for n in 0..SWAPS {
            let started = Instant::now();
            let service = &world.server.service;
            service.activate(&app, versions[n % 2], None).await.unwrap();
            publishing.push(started.elapsed().as_secs_f64() * 1e3);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    })
    .await;
    promise(
        "activation of a compiled version under load, ms",
        median(publishing),
        &Promise::AtMost(50.0),
    );
    figure("p99 of PATCH, steady", steady, "ms");
    figure("p99 of PATCH, during 50 swaps", swapping, "ms");
    promise("during swaps / steady", swapping / steady, &Promise::AtMost(2.0));
}

/// The 99th percentile of changes, in milliseconds, while `meanwhile` goes on.
async fn load(world: &World, meanwhile: impl Future<Output = ()>) -> f64 {
    let stop = Arc::new(AtomicBool::new(false));
    let mut clients = JoinSet::new();
    for client in 0..CONNECTIONS {
        let mut connection = world.connect().await;
        let stop = Arc::clone(&stop);
        clients.spawn(async move {
            let mut times = Vec::new();
            let path = format!("/Users/seed-{client}");
            while !stop.load(Ordering::Relaxed) {
                let title = json!({"op": "replace", "path": "title", "value": times.len().to_string()});
                let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                    "Operations": [title]});
                let started = Instant::now();
                let (status, _) = connection.call(Method::PATCH, &path, body.to_string()).await;
                assert_eq!(status, StatusCode::OK);
                times.push(started.elapsed().as_secs_f64() * 1e3);
            }
            times
        });
    }
    meanwhile.await;
    stop.store(true, Ordering::Relaxed);
    let mut times: Vec<f64> = clients.join_all().await.into_iter().flatten().collect();
    times.sort_by(f64::total_cmp);
    times[times.len() * 99 / 100]
}

async fn deploy(world: &World, app: &App, settings: &str) -> i64 {
    let deployment = Deployment {
        component: STANDARD.to_vec(),
        settings: settings.into(),
        grants: Grants::default(),
        vouched: Vouched::default(),
    };
    world.server.service.deploy(app, deployment).await.unwrap().number
}

fn app(world: &World) -> Arc<App> {
    let apps = world.server.service.apps();
    Arc::clone(apps.by_seq(world.app).unwrap())
}
