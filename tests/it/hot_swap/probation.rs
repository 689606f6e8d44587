//! New rules that fail are replaced by those before them, without anybody.

use http::Method;
use serde_json::json;
use tidegate_guests::MISBEHAVE;

use crate::world::{APP, World, person, until};

async fn create(world: &World, name: &str) -> u16 {
    let user = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name});
    world.call(Method::POST, "/Users", &[], Some(user)).await.status
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_that_fail_are_replaced_by_those_before_them() {
    let world = World::bare().await;
    let bad = world
        .admin
        .rule(APP, MISBEHAVE, json!({"behaviour": "panic"}))
        .await;
    for number in 0..4 {
        assert_eq!(create(&world, &format!("u{number}")).await, 500);
    }
    assert_eq!(
        world.admin.versions(APP).await[0].state,
        "active",
        "four are not enough"
    );
    assert_eq!(create(&world, "u4").await, 500);
    until("the version before is back and the new one marked", || async {
        let versions = world.admin.versions(APP).await;
        match (versions[0].state.as_str(), versions[1].state.as_str()) {
            ("failed", "active") => Ok(()),
            _ => Err(format!("{versions:?}")),
        }
    })
    .await;
    world.okta().assign(&person("ada")).await.expect("is assigned");
    let failed = &world.admin.versions(APP).await[0];
    assert_eq!(failed.number, bad.number);
    for words in [
        "5 of its first 5 decisions failed",
        "version 1 decides again",
        "told to panic",
    ] {
        assert!(failed.note.contains(words), "{}", failed.note);
    }
    let again = world
        .admin
        .activate(APP, bad.number, false)
        .await
        .expect_err("it failed");
    assert!(again.to_string().contains("cannot be activated"), "{again}");
    assert_eq!(world.metric("tidegate_alarms_total").await, 1);
}

/// One odd resource among many is no reason; nor is a decision that says no.
#[tokio::test(flavor = "multi_thread")]
async fn one_odd_resource_and_rejections_are_no_reason_to_go_back() {
    let world = World::bare().await;
    world
        .admin
        .rule(APP, MISBEHAVE, json!({"behaviour": "reject-forbidden"}))
        .await;
    for number in 0..8 {
        assert_eq!(create(&world, &format!("u{number}")).await, 403);
    }
    assert_eq!(world.admin.versions(APP).await[0].state, "active");
    assert_eq!(world.metric("tidegate_alarms_total").await, 0);
}
