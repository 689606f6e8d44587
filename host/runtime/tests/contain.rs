//! Whatever a policy does in `decide`, the host says which limit it met, and goes on.
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use std::time::Duration;

use common::{decide, misbehave, planned, request};
use tidegate_runtime::grants::Grants;
use tidegate_runtime::limits::Limits;
use tidegate_runtime::{Failure, Rejection};

async fn failure(behaviour: &str, grants: Grants) -> Failure {
    let version = misbehave(&format!(r#"{{"behaviour":"{behaviour}"}}"#), grants).await;
    let failure = decide(&version, &request("r", "ann")).await.outcome.unwrap_err();
    // The same version still decides: nothing of the failed instance is left. (It fails the
    // same way, which is the proof: a poisoned one would fail otherwise.)
    let again = decide(&version, &request("r", "ann")).await.outcome.unwrap_err();
    assert_eq!(again.kind(), failure.kind());
    failure
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_is_a_trap_with_frames_and_message() {
    let Failure::Trap { frames, stderr, .. } = failure("panic", Grants::default()).await else {
        panic!("not a trap")
    };
    assert!(stderr.contains("decide was told to panic"), "{stderr:?}");
    assert!(!frames.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn endless_recursion_is_a_trap() {
    let failed = failure("recurse", Grants::default()).await;
    assert_eq!(failed.kind(), "trap", "{failed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn endless_work_meets_the_cpu_limit() {
    assert_eq!(failure("loop", Grants::default()).await.kind(), "cpu");
}

#[tokio::test(flavor = "multi_thread")]
async fn endless_allocation_meets_the_memory_limit() {
    let mut grants = Grants::default();
    grants.limits.cpu_millis = 5_000;
    let failed = failure("allocate", grants).await;
    assert_eq!(
        failed,
        Failure::Memory {
            limit_bytes: 64 << 20
        }
    );
}

/// Counted where it can be read; not read where it is larger still; and not even made where
/// the guest has no memory for it.
#[tokio::test(flavor = "multi_thread")]
async fn a_huge_plan_is_refused() {
    let plan = async |steps: usize| {
        let mut grants = Grants::default();
        grants.limits.cpu_millis = 5_000;
        let version = misbehave(&format!(r#"{{"behaviour":"huge-plan","steps":{steps}}}"#), grants).await;
        decide(&version, &request("r", "ann")).await.outcome
    };
    let allowed = Limits::default().plan_steps;
    assert_eq!(plan(allowed).await.unwrap().unwrap().steps.len(), allowed);
    let one_more = plan(allowed + 1).await.unwrap_err();
    assert_eq!(
        one_more,
        Failure::PlanTooLarge {
            steps: allowed + 1,
            limit: allowed
        }
    );
    let unread = plan(120_000).await.unwrap_err();
    assert!(
        matches!(&unread, Failure::Answer(text) if text.contains("too much data")),
        "{unread}"
    );
    assert_eq!(plan(10_000_000).await.unwrap_err().kind(), "memory");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_log_lines_costs_time_and_nothing_else() {
    let mut grants = Grants::default();
    grants.limits.cpu_millis = 20_000;
    grants.limits.wall_millis = 20_000;
    let version = misbehave(r#"{"behaviour":"log-flood"}"#, grants).await;
    let decided = decide(&version, &request("r", "ann")).await;
    assert_eq!(planned(decided).steps[0].reason, "flooded");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_guest_does_not_starve_others() {
    let mut grants = Grants::default();
    grants.limits.cpu_millis = 60_000;
    grants.limits.wall_millis = 60_000;
    let busy = misbehave(r#"{"behaviour":"loop"}"#, grants).await;
    let quick = misbehave(r#"{"tag":"quick"}"#, Grants::default()).await;
    // As many busy guests as there are threads, and more.
    let mut hogs = tokio::task::JoinSet::new();
    let busy = std::sync::Arc::new(busy);
    for _ in 0..8 {
        let busy = std::sync::Arc::clone(&busy);
        hogs.spawn(async move { decide(&busy, &request("hog", "ann")).await });
    }
    tokio::task::yield_now().await;
    let decided = tokio::time::timeout(Duration::from_secs(30), decide(&quick, &request("r", "ann")))
        .await
        .unwrap();
    assert_eq!(planned(decided).steps[0].reason, "r quick");
    assert!(hogs.try_join_next().is_none(), "the hogs still run");
    hogs.abort_all();
}

#[tokio::test(flavor = "multi_thread")]
async fn rejections_are_decisions() {
    let reject = async |case: &str| {
        let version = misbehave(&format!(r#"{{"behaviour":"reject-{case}"}}"#), Grants::default()).await;
        decide(&version, &request("r", "ann"))
            .await
            .outcome
            .unwrap()
            .unwrap_err()
    };
    assert_eq!(
        reject("invalid-value").await,
        Rejection::InvalidValue("told to: value".into())
    );
    assert_eq!(
        reject("uniqueness").await,
        Rejection::Uniqueness("told to: unique".into())
    );
    assert_eq!(
        reject("mutability").await,
        Rejection::Mutability("told to: mutability".into())
    );
    assert_eq!(
        reject("forbidden").await,
        Rejection::Forbidden("told to: forbidden".into())
    );
    assert_eq!(reject("retry-later").await, Rejection::RetryLater(17));
}

/// Same request, same plan: time and randomness are the request's.
#[tokio::test(flavor = "multi_thread")]
async fn a_guest_has_no_clock_and_no_dice() {
    let version = misbehave(r#"{"behaviour":"entropy"}"#, Grants::default()).await;
    let said = async || {
        planned(decide(&version, &request("r", "ann")).await).steps[0]
            .reason
            .clone()
    };
    let first = said().await;
    assert!(first.starts_with("1700000000000 "), "{first}");
    assert_eq!(said().await, first);
    // Another engine of another process would say the same: staging is fixed as well.
    let again = misbehave(r#"{"behaviour":"entropy"}"#, Grants::default()).await;
    assert_eq!(
        planned(decide(&again, &request("r", "ann")).await).steps[0].reason,
        first
    );
}
