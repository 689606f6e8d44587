//! Each kind of fault, on every call that a life needs: whatever happens on the way, the
//! products are as desired in the end.

use std::time::Duration;

use tidegate_directory::target::Product;
use tidegate_okta::{Member, Profile};
use tidegate_simulators::{Fault, FaultKind};

use crate::world::{APP, Org, World, person, until_true};

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

/// Calls of one act of a life, as "METHOD /path". An order whose text begins another's comes
/// after it, so that each strikes the call that is meant.
fn calls(product: Product, act: usize) -> &'static [&'static str] {
    match (product, act) {
        (Product::Jira, 0) => &[
            "POST /rest/api/2/user",
            "POST /rest/api/2/group/user",
            "POST /rest/api/2/group",
        ],
        (Product::Jira, 1) => &["PUT /rest/api/2/user", "DELETE /rest/api/2/group/user"],
        (Product::Jira, _) => &["PUT /rest/api/2/user", "GET /rest/api/2/user"],
        (Product::Confluence, 0) => &[
            "POST /rest/api/admin/user",
            "POST /rest/api/admin/group",
            "PUT /rest/api/user/",
        ],
        (Product::Confluence, 1) => &["PUT /rest/api/admin/user/", "DELETE /rest/api/user/"],
        (Product::Confluence, _) => &["PUT /rest/api/admin/user/", "GET /rest/api/user"],
        (Product::Bitbucket, 0) => &[
            "POST /rest/api/latest/admin/users?",
            "POST /rest/api/latest/admin/groups?",
            "POST /rest/api/latest/admin/groups/add-users",
        ],
        (Product::Bitbucket, 1) => &[
            "PUT /rest/api/latest/admin/users",
            "POST /rest/api/latest/admin/users/remove-group",
        ],
        (Product::Bitbucket, _) => &[
            "POST /rest/api/latest/admin/groups/add-users",
            "GET /rest/api/latest/admin/users",
        ],
        (other, _) => panic!("no story of {other}"),
    }
}

async fn survives(kind: &FaultKind) {
    let mut world = World::start().await;
    for product in &world.products {
        let mut target = product.target("admin");
        target.timeout_ms = TIMEOUT_MS;
        world.admin.put_target(APP, &target).await;
    }
    let (okta, mut org) = (world.okta(), Org::default());
    let (ada, alan) = (person("ada"), person("alan"));

    // They come.
    order(&mut world, kind, 0);
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
    all_met(&world, &org).await;

    // One is renamed and leaves the group, the other is suspended.
    order(&mut world, kind, 1);
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
    all_met(&world, &org).await;

    // And comes back.
    order(&mut world, kind, 2);
    okta.reactivate(&alan_id).await.expect("is active");
    org.set_active(&alan.login, true);
    all_met(&world, &org).await;
}

fn order(world: &mut World, kind: &FaultKind, act: usize) {
    for product in &world.products {
        for call in calls(product.product, act) {
            product.simulator.faults().push(Fault::once(call, kind.clone()));
        }
    }
}

/// The faults struck, all of them, and the products hold what the model says.
async fn all_met(world: &World, org: &Org) {
    for product in &world.products {
        let faults = product.simulator.faults();
        until_true(
            &format!("every fault strikes {}: {faults:?}", product.product),
            || faults.pending() == 0,
        )
        .await;
    }
    world.assert_equal_to(org).await;
}
