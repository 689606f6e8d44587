//! A version that decides beside the one in force: it is seen how it differs, and nothing comes of it.

use serde_json::json;
use tidegate_directory::target::Product;
use tidegate_guests::{MISBEHAVE, STANDARD};

use crate::world::{APP, World, person, until};

fn shadow(world: &World, arguments: &[&str]) -> String {
    world.command(&[&["policy", "shadow"], arguments].concat())
}

async fn shows(world: &World, words: &str) -> String {
    until(words, || async {
        let text = shadow(world, &[]);
        if text.contains(words) { Ok(text) } else { Err(text) }
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn differences_are_seen_and_have_no_effect() {
    let world = World::with_product(Product::Jira).await;
    assert!(shadow(&world, &[]).contains("no version decides beside"));
    let settings = json!({"default-groups": ["everybody"]});
    let candidate = world
        .admin
        .deploy(APP, STANDARD, settings)
        .await
        .expect("deploys");
    let number = candidate.number.to_string();
    assert!(shadow(&world, &[&number]).contains("same: 0, different: 0"));
    world.okta().assign(&person("ada")).await.expect("is assigned");
    let seen = shows(&world, "different: 1").await;
    assert!(seen.contains("+") && seen.contains("everybody"), "{seen}");
    assert!(
        !seen.contains("assigned or activated"),
        "reasons are no difference: {seen}"
    );
    world.admin.converged(APP).await;
    assert!(world.product("jira").state().members("everybody").is_empty());

    // Once it is in force it decides beside nobody.
    world
        .admin
        .activate(APP, candidate.number, false)
        .await
        .expect("activates");
    assert!(shadow(&world, &[]).contains("no version decides beside"));
    world.admin.activate(APP, 1, false).await.expect("activates");

    let same = world
        .admin
        .deploy(APP, STANDARD, json!({}))
        .await
        .expect("deploys");
    shadow(&world, &[&same.number.to_string()]);
    world.okta().assign(&person("alan")).await.expect("is assigned");
    shows(&world, "same: 1, different: 0").await;
    assert!(shadow(&world, &["--off"]).contains("decided beside"));
    assert!(shadow(&world, &[]).contains("no version decides beside"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_version_does_beside_is_undone() {
    let world = World::bare().await;
    let settings = json!({"behaviour": "storage-counter", "namespace": "n", "aloud": true});
    let storage = json!({"storage": {"namespaces": ["n"]}});
    let candidate = world
        .admin
        .deploy_with(APP, MISBEHAVE, settings, storage)
        .await
        .expect("deploys");
    shadow(&world, &[&candidate.number.to_string()]);
    for (number, name) in (1..).zip(["ada", "alan"]) {
        world.okta().assign(&person(name)).await.expect("is assigned");
        let seen = shows(&world, &format!("different: {number}")).await;
        assert_eq!(seen.matches("\"invalid-value\": \"1\"").count(), number, "{seen}");
    }
    let panics = world
        .admin
        .deploy(APP, MISBEHAVE, json!({"behaviour": "panic"}))
        .await
        .expect("deploys");
    shadow(&world, &[&panics.number.to_string()]);
    world.okta().assign(&person("grace")).await.expect("is not hurt");
    shows(&world, "failed: 1").await;
}
