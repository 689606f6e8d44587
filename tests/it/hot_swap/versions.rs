//! Versions over time. The two used here reject every user, each with its own status, so that an
//! answer tells which one decided.

use serde_json::json;
use tidegate_guests::{MISBEHAVE, STANDARD};

use crate::world::{APP, World, person, until};

const FORBIDS: u16 = 403;
const CALLS_IT_TAKEN: u16 = 409;

#[tokio::test(flavor = "multi_thread")]
async fn the_active_version_survives_a_restart_and_a_rollback_goes_back() {
    let mut world = World::bare().await;
    let forbids = world
        .admin
        .rule(APP, MISBEHAVE, json!({"behaviour": "reject-forbidden"}))
        .await;
    assert_eq!(refusal(&world).await, FORBIDS);
    let taken = world
        .admin
        .rule(APP, MISBEHAVE, json!({"behaviour": "reject-uniqueness"}))
        .await;
    assert_eq!(
        (forbids.number, taken.number, taken.state.as_str()),
        (2, 3, "active")
    );
    assert_eq!(refusal(&world).await, CALLS_IT_TAKEN);

    world.stop().await;
    world.start_again().await;
    assert_eq!(refusal(&world).await, CALLS_IT_TAKEN, "after a restart");

    let back = world.admin.rollback(APP).await.expect("goes back");
    assert_eq!((back.number, refusal(&world).await), (forbids.number, FORBIDS));
    world.stop().await;
    world.start_again().await;
    assert_eq!(refusal(&world).await, FORBIDS, "after a rollback and a restart");

    // The one before a rollback is the one that was rolled back.
    let forth = world.admin.rollback(APP).await.expect("goes forth");
    assert_eq!(
        (forth.number, refusal(&world).await),
        (taken.number, CALLS_IT_TAKEN)
    );

    world
        .admin
        .activate(APP, 1, false)
        .await
        .expect("the first one is still there");
    world.okta().assign(&person("ada")).await.expect("is assigned");
    let unknown = world
        .admin
        .activate(APP, 17, false)
        .await
        .expect_err("is refused");
    assert!(unknown.to_string().contains("no version 17"), "{unknown}");
    let states: Vec<String> = world
        .admin
        .versions(APP)
        .await
        .into_iter()
        .map(|version| version.state)
        .collect();
    assert_eq!(
        states.iter().filter(|state| *state == "active").count(),
        1,
        "{states:?}"
    );
    assert_eq!(states[2], "active", "{states:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_nothing_before_the_first_version() {
    let world = World::bare().await;
    let error = world.admin.rollback(APP).await.expect_err("is refused");
    assert!(error.to_string().contains("no earlier version"), "{error}");
    world
        .okta()
        .assign(&person("ada"))
        .await
        .expect("the first version serves on");
}

/// Other rules, decided anew for everybody who is stored: the products follow.
#[tokio::test(flavor = "multi_thread")]
async fn activating_with_restate_brings_the_products_in_line() {
    let world = World::start().await;
    let okta = world.okta();
    for name in ["ada", "alan"] {
        okta.assign(&person(name)).await.expect("is assigned");
    }
    world.admin.converged(APP).await;
    let settings = json!({"default-groups": ["everybody"]});
    let version = world
        .admin
        .deploy(APP, tidegate_guests::STANDARD, settings)
        .await
        .expect("deploys");
    world
        .admin
        .activate(APP, version.number, true)
        .await
        .expect("activates");
    world.admin.converged(APP).await;
    for product in &world.products {
        let members = product.state().members("everybody");
        assert_eq!(
            members,
            ["ada@tidal.example", "alan@tidal.example"],
            "{}",
            product.product
        );
    }
}

async fn refusal(world: &World) -> u16 {
    let error = world
        .okta()
        .assign(&person("nobody"))
        .await
        .expect_err("is refused");
    assert!(error.to_string().contains("told to"), "{error}");
    error.status().expect("a status")
}

/// Each stage of a version's life is in the audit trail.
#[tokio::test(flavor = "multi_thread")]
async fn every_stage_has_its_line() {
    let world = World::bare().await;
    let version = world
        .admin
        .deploy(APP, STANDARD, json!({}))
        .await
        .expect("deploys")
        .number;
    world.admin.preview(APP, version).await.expect("a preview");
    world
        .admin
        .activate(APP, version, false)
        .await
        .expect("activates");
    world.admin.activate(APP, 1, false).await.expect("activates");
    let broken = world.admin.deploy(APP, b"nothing", json!({})).await;
    assert!(broken.is_err());
    let subject = format!("{APP} version {version}");
    let lines = || -> Vec<String> {
        let database = world.database();
        let mut statement = database
            .prepare("SELECT action FROM audit WHERE subject = ?1 ORDER BY seq")
            .expect("a statement");
        let rows = statement.query_map([&subject], |row| row.get(0)).expect("rows");
        rows.map(|row| row.expect("a row")).collect()
    };
    let expected = [
        "policy.upload",
        "policy.verify",
        "policy.compile",
        "policy.deploy",
        "policy.preview",
        "policy.activate",
        "policy.drain",
        "policy.retire",
    ];
    until("it is retired", || async {
        let mut found = lines();
        // Draining is noted in the transaction of the activation that replaced it.
        found.dedup();
        if found == expected {
            Ok(())
        } else {
            Err(format!("{found:?}"))
        }
    })
    .await;
    let refused: String = world
        .database()
        .query_row(
            "SELECT detail FROM audit WHERE action = 'policy.refuse'",
            [],
            |row| row.get(0),
        )
        .expect("a line");
    assert!(refused.contains("component"), "{refused}");
}
