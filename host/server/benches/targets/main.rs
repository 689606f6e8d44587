//! How fast targets are read and brought up to date, against simulators without delay:
//! `cargo bench -p tidegate --bench targets`.
//!
//! The simulator runs in this process and takes its share of the cores, from the bare client's run as from ours: the
//! ratio is what counts.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    dead_code,
    reason = "a benchmark stops where it fails, and shares files with another"
)]
#![allow(clippy::cast_precision_loss, reason = "figures for people")]

#[path = "../endpoint/client.rs"]
mod client;
mod discovery;
mod reconcile;
#[path = "../endpoint/seed.rs"]
mod seed;
#[path = "../endpoint/table.rs"]
mod table;

fn main() {
    // `cargo test --benches` would run it: it is no test.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        table::heading("a Jira of 100,000 accounts and 5,000 groups, read whole");
        discovery::run().await;
        table::heading("20,000 accounts brought about in Jira, 16 at once");
        reconcile::run().await;
    });
}

/// Resident memory of this process, in MiB.
fn resident_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    let kib: f64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kib / 1024.0
}
