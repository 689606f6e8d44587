//! Each kind of fault, on every operation, in every product: whatever happens on the way, the products are as
//! desired in the end.

use std::collections::BTreeSet;
use std::time::Duration;

use tidegate_okta::{Member, Profile};
use tidegate_simulators::{CLOUD_DIRECTORY, Fault, FaultKind};

use crate::world::{Org, World, person};

/// Milliseconds that a call may take: a hang costs as much.
const TIMEOUT_MS: u64 = 1_000;

#[tokio::test(flavor = "multi_thread")]
async fn errors_500_are_survived() {
    survives(&FaultKind::Status(500)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_503_are_survived() {
    survives(&FaultKind::Status(503)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rate_limits_are_survived() {
    survives(&FaultKind::RateLimited {
        retry_after_seconds: 1,
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_cut_before_the_change_are_survived() {
    survives(&FaultKind::Reset).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_answers_are_survived() {
    survives(&FaultKind::ResetAfter).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hangs_are_survived() {
    survives(&FaultKind::Hang).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_answers_are_survived() {
    survives(&FaultKind::Slow(Duration::from_millis(300))).await;
}

/// One life in all six products, without a fault, and then with one at the first call of each operation that the
/// first life made.
async fn survives(kind: &FaultKind) {
    let calm = World::everywhere(TIMEOUT_MS).await;
    life(&calm).await;
    let metrics = calm.metrics().await;
    drop(calm);

    let mut world = World::everywhere(TIMEOUT_MS).await;
    // Products say what they are when they are met: they are met again, through the faults.
    world.stop().await;
    for product in &world.products {
        let operations = operations(&metrics, product.product.as_str());
        assert!(operations.len() > 5, "{}: {operations:?}", product.product);
        for operation in operations {
            product
                .simulator
                .faults()
                .push(Fault::once(&operation, kind.clone()));
        }
    }
    world.start_again().await;
    life(&world).await;
    for product in &world.products {
        let faults = product.simulator.faults();
        assert_eq!(
            faults.pending(),
            0,
            "every fault has struck {}: {faults:?}",
            product.product
        );
    }
}

/// What was called, as "METHOD /path" up to the first name in it. One whose text begins another's comes after it,
/// so that each fault strikes the call that is meant.
fn operations(metrics: &str, target: &str) -> Vec<String> {
    let prefix = format!("tidegate_product_calls_total{{target=\"{target}\",operation=\"");
    let called: BTreeSet<String> = metrics
        .lines()
        .filter_map(|line| line.strip_prefix(&prefix)?.split_once('"'))
        .map(|(operation, _)| operation.replacen("directory/{}", &format!("directory/{CLOUD_DIRECTORY}"), 1))
        .map(|operation| operation.split('{').next().unwrap_or_default().to_owned())
        .collect();
    let mut called: Vec<String> = called.into_iter().collect();
    called.sort_by_key(|operation| std::cmp::Reverse(operation.len()));
    called
}

/// They come, work together, change and go; after each act every product holds what the model says.
async fn life(world: &World) {
    let (okta, mut org) = (world.okta(), Org::default());
    let (ada, alan) = (person("ada"), person("alan"));

    // They come.
    let ada_id = okta.assign(&ada).await.expect("is assigned").id;
    let alan_id = okta.assign(&alan).await.expect("is assigned").id;
    let members = [
        Member::new(&ada_id, &ada.login),
        Member::new(&alan_id, &alan.login),
    ];
    let group = okta.push_group("Crew", &members).await.expect("is pushed");
    org.assign(&ada);
    org.assign(&alan);
    org.set_members("Crew", [ada.login.as_str(), alan.login.as_str()]);
    world.assert_equal_to(&org).await;

    // One is renamed and leaves the group, the other is suspended.
    let ada = Profile {
        family_name: "Lovelace".into(),
        ..ada
    };
    okta.update(&ada_id, &ada).await.expect("is updated");
    okta.remove_members(&group, std::slice::from_ref(&ada_id))
        .await
        .expect("is removed");
    okta.deactivate(&alan_id).await.expect("is deactivated");
    org.assign(&ada);
    org.leave("Crew", &ada.login);
    org.set_active(&alan.login, false);
    world.assert_equal_to(&org).await;

    // And comes back; the group gets another name, and goes.
    okta.reactivate(&alan_id).await.expect("is active");
    org.set_active(&alan.login, true);
    world.assert_equal_to(&org).await;
    okta.rename_group(&group, "Sailors").await.expect("is renamed");
    org.rename_group("Crew", "Sailors");
    world.assert_equal_to(&org).await;
    okta.delete_group(&group).await.expect("is deleted");
    org.delete_group("Sailors");
    world.assert_equal_to(&org).await;
}
