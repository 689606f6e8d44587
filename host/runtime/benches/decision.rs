//! What a decision costs, and what isolation costs of it:
//!
//! ```text
//! cargo bench -p tidegate-runtime --features bench
//! ```
//!
//! The standard policy with two username rules decides on a user as Okta sends one, in four
//! ways that take turns, so that a busy minute of the machine falls on all of them. Medians;
//! the ratios are what to look at, microseconds differ from machine to machine.
#![allow(clippy::unwrap_used, reason = "a benchmark ends at the first surprise")]

#[path = "../tests/common/mod.rs"]
mod common;

use std::sync::Arc;
use std::time::{Duration, Instant};

use common::{nested, okta_user, request_about, stage};
use tidegate_guests::STANDARD;
use tidegate_runtime::bench::Warm;
use tidegate_runtime::capabilities::Nothing;
use tidegate_runtime::grants::Grants;
use tidegate_sdk::Policy;
use tidegate_standard::Standard;

/// The program's: a decision makes and drops a few dozen small objects.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SETTINGS: &str = r#"{"username-rules":[
    {"pattern":"(.*)@.*","replacement":"$1"},
    {"pattern":"^([a-z])[a-z]*\\.(.*)$","replacement":"$1$2"}],
    "default-groups":["jira-software-users"]}"#;

/// Turns of all four ways; in each, a way decides as often as [`Way::batch`] says.
const ROUNDS: usize = 400;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let snapshotted = stage(STANDARD, SETTINGS, Grants::default())
        .await
        .unwrap()
        .version;
    assert!(snapshotted.snapshotted(), "{}", snapshotted.note());
    let configured = stage(&nested(STANDARD), SETTINGS, Grants::default())
        .await
        .unwrap()
        .version;
    assert!(!configured.snapshotted());
    let mut warm = Warm::new(&snapshotted).await.unwrap();
    let native = Standard::configure(SETTINGS).unwrap();
    let user = okta_user();
    let asked: tidegate_sdk::Request = serde_json::from_value(serde_json::json!({
        "id": "r", "app": "default", "occasion": "event", "now": 1_700_000_000_000_u64,
        "targets": [{"name": "jira", "product": "jira"}],
        "change": {"user": {"after": user}},
    }))
    .unwrap();
    let request = request_about("r", user);

    // All four say the same.
    let plan = serde_json::to_value(native.decide(&asked).unwrap()).unwrap();
    let said = serde_json::to_value(warm.decide(&request).await.unwrap().unwrap()).unwrap();
    assert_eq!(
        plan.pointer("/steps/0/operation/ensure-account/username"),
        Some(&"jdoe".into()),
        "{plan}"
    );
    assert_eq!(
        said.pointer("/steps/0/operation/ensure-account/username"),
        Some(&"jdoe".into()),
        "{said}"
    );

    let mut ways: [Samples; 4] = Default::default();
    for round in 0..ROUNDS {
        ways[0]
            .take(round, 50, async || drop(native.decide(&asked).unwrap()))
            .await;
        ways[1].take_mut(round, 50, &mut warm, &request).await;
        ways[2]
            .take(round, 20, async || {
                drop(
                    snapshotted
                        .decide(&request, Arc::new(Nothing))
                        .await
                        .outcome
                        .unwrap(),
                )
            })
            .await;
        ways[3]
            .take(round, 2, async || {
                drop(
                    configured
                        .decide(&request, Arc::new(Nothing))
                        .await
                        .outcome
                        .unwrap(),
                )
            })
            .await;
    }
    report(&ways.map(Samples::median));
}

/// Microseconds of single decisions.
#[derive(Default)]
struct Samples(Vec<f64>);

impl Samples {
    async fn take(&mut self, round: usize, batch: u32, mut decide: impl AsyncFnMut()) {
        let started = Instant::now();
        for _ in 0..batch {
            decide().await;
        }
        self.note(round, started.elapsed() / batch);
    }

    async fn take_mut(
        &mut self,
        round: usize,
        batch: u32,
        warm: &mut Warm,
        request: &tidegate_runtime::Request,
    ) {
        let started = Instant::now();
        for _ in 0..batch {
            drop(warm.decide(request).await.unwrap());
        }
        self.note(round, started.elapsed() / batch);
    }

    /// The first tenth warms caches up and does not count.
    fn note(&mut self, round: usize, each: Duration) {
        if round >= ROUNDS / 10 {
            self.0.push(each.as_secs_f64() * 1e6);
        }
    }

    fn median(mut self) -> f64 {
        self.0.sort_by(f64::total_cmp);
        self.0.get(self.0.len() / 2).copied().unwrap_or(f64::NAN)
    }
}

fn report(&[native, warm, fresh, configured]: &[f64; 4]) {
    println!(
        "{:<44} {:>10} {:>9}",
        "one decision of the standard policy", "median µs", "× warm"
    );
    for (way, micros) in [
        ("native Rust", native),
        ("one warm instance, reused", warm),
        ("fresh sandbox of the snapshot (what we do)", fresh),
        ("fresh sandbox, configured each time", configured),
    ] {
        println!("{way:<44} {micros:>10.1} {:>9.2}", micros / warm);
    }
    let verdict = |met: bool| if met { "met" } else { "MISSED" };
    println!(
        "target: fresh at most 4 times warm: {:.2}, {}",
        fresh / warm,
        verdict(fresh <= 4.0 * warm)
    );
    let share = configured / fresh;
    println!(
        "target: configuring each time at least 10 times fresh: {share:.1}, {}",
        verdict(share >= 10.0)
    );
}
