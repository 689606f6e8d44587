//! How fast the endpoint is, as ratios within one run: `cargo bench -p tidegate`.
//!
//! Absolute figures depend on the machine and on its disk; the ratios are what the project
//! promises. Every part prints what it measured, the promise, and whether it was kept.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a benchmark stops where it fails"
)]
#![allow(clippy::cast_precision_loss, reason = "figures for people")]

mod client;
mod create;
mod listing;
mod lookup;
mod member;
mod process;
mod rules;
mod seed;
mod table;

use seed::World;

/// Users in the small and in the large database.
const SMALL: usize = 1_000;
const LARGE: usize = 100_000;

fn main() {
    // `cargo test --benches` would run it: it is no test.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(run());
}

async fn run() {
    println!("seeding {SMALL} and {LARGE} users …");
    let small = World::new(SMALL, 10).await;
    let large = World::new(LARGE, 1_000).await;

    table::heading("create users by POST, 16 connections, full sync");
    create::run(&small, &large).await;
    table::heading("look up one user");
    lookup::run(&small, &large).await;
    table::heading("lists of 100,000 users");
    listing::run(&large).await;
    table::heading("PATCH that adds one member");
    member::run(&large).await;
    table::heading("a preview of other rules");
    rules::preview(&large).await;
    table::heading("rules swapped while 8 connections write");
    rules::swap(&small).await;
    table::heading("the process, with 100,000 users and 1,000 groups");
    process::run(large).await;
}
