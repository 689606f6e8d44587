//! POST against what the writer alone commits.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use http::{Method, StatusCode};
use tokio::task::JoinSet;

use crate::seed::{World, create, okta_user};
use crate::table::{Promise, figure, median, promise};

const CONNECTIONS: usize = 16;
const USERS: usize = 3_000;
const ROUNDS: usize = 5;

static NEXT: AtomicUsize = AtomicUsize::new(0);

pub(crate) async fn run(small: &World, large: &World) {
    let (mut alone, mut posted_small, mut posted_large) = (Vec::new(), Vec::new(), Vec::new());
    // Interleaved: the machine's mood hits all alike.
    for _ in 0..ROUNDS {
        alone.push(writer_alone(small).await);
        posted_small.push(post(small).await);
        posted_large.push(post(large).await);
    }
    let (alone, posted_small, posted_large) = (median(alone), median(posted_small), median(posted_large));
    figure("the writer alone, same rows, 16 submitters", alone, "users/s");
    figure("POST into 1,000 users", posted_small, "users/s");
    figure("POST into 100,000 users", posted_large, "users/s");
    promise(
        "POST / writer alone",
        posted_small / alone,
        &Promise::AtLeast(0.6),
    );
    promise(
        "POST at 100,000 / at 1,000",
        posted_large / posted_small,
        &Promise::AtLeast(0.85),
    );
}

async fn writer_alone(world: &World) -> f64 {
    let started = Instant::now();
    let mut writers = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (store, app, target) = (world.store().clone(), world.app, world.target);
        writers.spawn(async move {
            for _ in 0..USERS / CONNECTIONS {
                let name = format!("w{}", NEXT.fetch_add(1, Ordering::Relaxed));
                store.commit(create(app, target, &name)).await.unwrap();
            }
        });
    }
    writers.join_all().await;
    USERS as f64 / started.elapsed().as_secs_f64()
}

async fn post(world: &World) -> f64 {
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        connections.push(world.connect().await);
    }
    let failed = Arc::new(AtomicUsize::new(0));
    let started = Instant::now();
    let mut clients = JoinSet::new();
    for mut connection in connections {
        let failed = Arc::clone(&failed);
        clients.spawn(async move {
            for _ in 0..USERS / CONNECTIONS {
                let name = format!("p{}", NEXT.fetch_add(1, Ordering::Relaxed));
                let (status, _) = connection
                    .call(Method::POST, "/Users", okta_user(&name).to_string())
                    .await;
                failed.fetch_add(usize::from(status != StatusCode::CREATED), Ordering::Relaxed);
            }
        });
    }
    clients.join_all().await;
    assert_eq!(
        failed.load(Ordering::Relaxed),
        0,
        "every POST is answered with 201"
    );
    USERS as f64 / started.elapsed().as_secs_f64()
}
