//! TLS of the endpoint, before a client that is rustls's own.

mod exchanged;
mod quiet;
mod served;

use std::path::Path;

use rustls::version::TLS13;
use tokio::sync::Mutex;

use crate::world::{Authority, Secured, World, secured, until};

/// A server whose certificate ends in this year, and the authority that clients believe.
async fn world(folder: &Path, year: i32) -> (World, Authority) {
    let authority = Authority::new();
    authority.write(folder, year);
    let world = World::with(|config| secured::configure(config, folder)).await;
    (world, authority)
}

/// A connection as most clients make it.
async fn connect(world: &World, authority: &Authority) -> Secured {
    authority
        .connect(world.address(), &[&TLS13], &["http/1.1"])
        .await
        .expect("TLS is agreed on")
}

/// What one of the server's metrics counts.
async fn metric(connection: &mut Secured, name: &str) -> i64 {
    let (_, _, text) = connection.get("/metrics", "").await.expect("metrics");
    let value = text
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    value.map_or(0, |value| value.parse().expect("a whole number"))
}

/// Waits until it counts that much.
async fn counted(connection: &mut Secured, name: &str, wanted: i64) {
    let connection = Mutex::new(connection);
    until(name, || async {
        match metric(*connection.lock().await, name).await {
            seen if seen == wanted => Ok(()),
            other => Err(other.to_string()),
        }
    })
    .await;
}
