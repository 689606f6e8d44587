//! A version that decides about a share of the resources.

use http::Method;
use serde_json::json;
use tidegate_guests::MISBEHAVE;

use crate::world::{APP, World, until};

fn canary(world: &World, arguments: &[&str]) -> String {
    world.command(&[&["policy", "canary"], arguments].concat())
}

/// How many of so many new users the canary refused, and the ids of the others.
async fn create(world: &World, prefix: &str, count: usize) -> (usize, Vec<String>) {
    let (mut refused, mut ids) = (0, Vec::new());
    for number in 0..count {
        let user = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": format!("{prefix}{number}")});
        let answer = world.call(Method::POST, "/Users", &[], Some(user)).await;
        match answer.status {
            201 => ids.push(answer.body["id"].as_str().unwrap().to_owned()),
            403 => refused += 1,
            other => panic!("{other}: {}", answer.text),
        }
    }
    (refused, ids)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_share_is_always_the_same_and_outlives_a_restart() {
    let mut world = World::bare().await;
    let forbids = json!({"behaviour": "reject-forbidden"});
    let number = world
        .admin
        .deploy(APP, MISBEHAVE, forbids)
        .await
        .expect("deploys")
        .number
        .to_string();
    assert_eq!(
        canary(&world, &[&number, "--percent", "50"]),
        format!("version {number} decides about 50 % of the resources\n")
    );
    let (refused, ids) = create(&world, "half", 60).await;
    assert!((15..=45).contains(&refused), "{refused} of 60");
    world.stop().await;
    world.start_again().await;
    // Who is not in the share is not in it later either.
    for id in &ids {
        let patch = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "replace", "value": {"title": "x"}}]});
        let answer = world
            .call(Method::PATCH, &format!("/Users/{id}"), &[], Some(patch))
            .await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
    canary(&world, &[&number, "--percent", "100"]);
    assert_eq!(create(&world, "all", 5).await.0, 5);
    canary(&world, &["--off"]);
    assert_eq!(create(&world, "none", 5).await.0, 0);
    // An activation ends it.
    canary(&world, &[&number, "--percent", "100"]);
    world.admin.activate(APP, 1, false).await.expect("activates");
    assert_eq!(create(&world, "again", 5).await.0, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_canary_that_fails_ends() {
    let world = World::bare().await;
    let panics = json!({"behaviour": "panic"});
    let number = world
        .admin
        .deploy(APP, MISBEHAVE, panics)
        .await
        .expect("deploys")
        .number;
    canary(&world, &[&number.to_string(), "--percent", "100"]);
    for name in 0..5 {
        let user = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": format!("u{name}")});
        assert_eq!(
            world.call(Method::POST, "/Users", &[], Some(user)).await.status,
            500
        );
    }
    until("the canary ended", || async {
        let version = world.admin.versions(APP).await[0].clone();
        if version.state == "failed" {
            Ok(())
        } else {
            Err(format!("{version:?}"))
        }
    })
    .await;
    assert_eq!(create(&world, "after", 5).await.0, 0);
    assert_eq!(world.admin.versions(APP).await[1].state, "active");
}
