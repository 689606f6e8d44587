//! Versions of the contract side by side: what was built for an earlier one is served as it is.
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use std::sync::Arc;

use common::{decide, planned, request, stage};
use tidegate_directory::plan::{LinkBy, Operation};
use tidegate_directory::target::Product;
use tidegate_guests::{OLDER, STANDARD};
use tidegate_runtime::grants::Grants;
use tidegate_runtime::{Failure, Rejection, Request, StageError};

fn for_product(product: Product) -> Request {
    let mut request = request("r1", "ada");
    for target in &mut request.targets {
        target.product = product;
    }
    request
}

fn reason(plan: &tidegate_directory::plan::Plan) -> String {
    plan.steps.first().unwrap().reason.clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_versions_decide_side_by_side() {
    let older = Arc::new(stage(OLDER, "{}", Grants::default()).await.unwrap().version);
    let current = Arc::new(stage(STANDARD, "{}", Grants::default()).await.unwrap().version);
    assert!(older.snapshotted() && current.snapshotted());
    assert!(
        older.imports().iter().any(|name| name.ends_with("lookup@0.1.0")),
        "{:?}",
        older.imports()
    );

    let both = (0..50).map(|_| {
        let (older, current) = (Arc::clone(&older), Arc::clone(&current));
        async move {
            let question = request("r1", "ada");
            tokio::join!(decide(&older, &question), decide(&current, &question))
        }
    });
    for (old, new) in futures::future::join_all(both).await {
        let (old, new) = (planned(old), planned(new));
        let specs = [&old, &new].map(|plan| match &plan.steps.first().unwrap().operation {
            Operation::EnsureAccount(spec) => spec.clone(),
            other => panic!("{other:?}"),
        });
        let [old, new] = specs;
        assert_eq!(
            (&old.account, &old.username, old.link_by),
            (&new.account, &new.username, LinkBy::Username)
        );
    }

    // What the earlier version has no word for is told in its own.
    for (product, word) in [
        (Product::Jira, "jira; "),
        (Product::Crowd, "crowd; "),
        (Product::JiraCloud, "cloud; "),
        (Product::CloudDirectory, "cloud; "),
    ] {
        let plan = planned(decide(&older, &for_product(product)).await);
        assert!(reason(&plan).starts_with(word), "{product}: {}", reason(&plan));
    }
    let mut leaves = request("r1", "ada");
    leaves.change = tidegate_runtime::Change::User {
        before: None,
        after: None,
        groups: Vec::new(),
    };
    let rejected = decide(&older, &leaves).await.outcome.unwrap();
    assert_eq!(rejected, Err(Rejection::Mutability("nobody leaves".into())));
}

#[tokio::test(flavor = "multi_thread")]
async fn grants_guard_an_earlier_version_as_well() {
    let older = stage(OLDER, "{}", Grants::default()).await.unwrap().version;
    let decided = decide(&older, &request("r1", "ada")).await;
    assert_eq!(decided.stats.denied.len(), 2, "{:?}", decided.stats.denied);
    let plan = planned(decided);
    assert!(
        reason(&plan).contains("lookup is not granted"),
        "{}",
        reason(&plan)
    );
    assert!(
        reason(&plan).contains("the action custom on"),
        "{}",
        reason(&plan)
    );

    // Granted, and nobody there to ask: the same errors as in any version.
    let grants: Grants = serde_json::from_value(serde_json::json!({"lookup": true, "plan": []})).unwrap();
    let older = stage(OLDER, "{}", grants).await.unwrap().version;
    let decided = decide(&older, &request("r1", "ada")).await;
    assert!(
        matches!(&decided.outcome, Err(Failure::Denied(what)) if what.contains("ensure-account")),
        "{decided:?}"
    );

    let refused = stage(OLDER, r#"{"a": 1}"#, Grants::default()).await.map(|_| ());
    assert!(
        matches!(&refused, Err(StageError::Settings(problems)) if problems.len() == 1),
        "{refused:?}"
    );
}
