//! What was asked lately is asked again of other rules: how they differ is shown, and nothing comes of it.

use serde_json::json;
use tidegate_directory::target::Product;
use tidegate_guests::{MISBEHAVE, STANDARD};

use crate::world::{APP, World, person};

fn replay(world: &World, arguments: &[&str]) -> String {
    world.command(&[&["policy", "replay"], arguments].concat())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_asked_is_asked_again() {
    let world = World::with_product(Product::Jira).await;
    let okta = world.okta();
    for name in ["ada", "alan"] {
        okta.assign(&person(name)).await.expect("is assigned");
    }
    let same = world
        .admin
        .deploy(APP, STANDARD, json!({}))
        .await
        .expect("deploys");
    let seen = replay(&world, &[&same.number.to_string()]);
    assert!(seen.contains("same: 2, different: 0, failed: 0"), "{seen}");

    let settings = json!({"default-groups": ["everybody"]});
    let other = world
        .admin
        .deploy(APP, STANDARD, settings)
        .await
        .expect("deploys");
    let number = other.number.to_string();
    let seen = replay(&world, &[&number, "--last", "1"]);
    assert!(seen.contains("same: 0, different: 1, failed: 0"), "{seen}");
    assert!(
        seen.contains("everybody") && seen.matches("\nrequest ").count() == 1,
        "{seen}"
    );
    let seen: serde_json::Value = serde_json::from_str(&replay(&world, &[&number, "--json"])).expect("JSON");
    assert_eq!(seen["differs"], 2, "{seen}");
    world.admin.converged(APP).await;
    assert!(world.product("jira").state().members("everybody").is_empty());

    let panics = json!({"behaviour": "panic"});
    let panics = world.admin.deploy(APP, MISBEHAVE, panics).await.expect("deploys");
    let seen = replay(&world, &[&panics.number.to_string()]);
    assert!(seen.contains("same: 0, different: 0, failed: 2"), "{seen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn questions_outlive_a_restart_and_are_forgotten_when_told() {
    let mut world = World::with_product(Product::Jira).await;
    world.okta().assign(&person("ada")).await.expect("is assigned");
    world.stop().await;
    world.start_again().await;
    let same = world
        .admin
        .deploy(APP, STANDARD, json!({}))
        .await
        .expect("deploys");
    let number = same.number.to_string();
    assert!(replay(&world, &[&number]).contains("same: 1"));
    let now_one = json!({"questions-kept": 1});
    world.admin.set_app(APP, now_one).await;
    for name in ["alan", "grace"] {
        world.okta().assign(&person(name)).await.expect("is assigned");
    }
    assert!(replay(&world, &[&number]).contains("same: 1"));
    world.admin.set_app(APP, json!({"questions-kept": 0})).await;
    world.okta().assign(&person("edsger")).await.expect("is assigned");
    let seen = replay(&world, &[&number, "--last", "9"]);
    assert!(seen.contains("asked the last 0 questions"), "{seen}");
}
