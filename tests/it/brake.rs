//! Too many who would lose access: nothing more is taken away until an administrator says so.

use serde_json::json;
use tidegate_directory::target::Product;
use tidegate_guests::STANDARD;

use crate::world::{APP, World, person};

const NAMES: [&str; 5] = ["ada", "alan", "barbara", "grace", "edsger"];

async fn staffed() -> (World, Vec<String>) {
    let world = World::with_product(Product::Jira).await;
    world
        .admin
        .set_app(APP, json!({"brake": {"percent": 0, "users": 2}}))
        .await;
    let mut ids = Vec::new();
    for name in NAMES {
        ids.push(world.okta().assign(&person(name)).await.expect("is assigned").id);
    }
    world.admin.converged(APP).await;
    (world, ids)
}

fn active(world: &World) -> usize {
    let jira = world.product("jira");
    let accounts = NAMES.iter().filter(|name| {
        let account = jira.state().account(&format!("{name}@tidal.example"));
        account.is_some_and(|account| account.active)
    });
    accounts.count()
}

fn brake(world: &World, arguments: &[&str]) -> String {
    world.command(&[&["brake"], arguments].concat())
}

#[tokio::test(flavor = "multi_thread")]
async fn okta_s_deactivations_pass_until_there_are_too_many() {
    let (world, ids) = staffed().await;
    for id in &ids[..4] {
        world
            .okta()
            .deactivate(id)
            .await
            .expect("Okta is answered all the same");
    }
    let status = world.admin.settled(APP).await;
    assert_eq!(active(&world), 3, "two are shut out, two are held");
    let line = &status.targets_status[0];
    assert_eq!((line.rows.held(), line.brake.unwrap().users), (2, 3));
    assert_eq!(
        world
            .metric("tidegate_desired_rows{target=\"jira\",state=\"held\"}")
            .await,
        2
    );
    insta::assert_snapshot!(brake(&world, &["status"]));

    // Who comes, and who comes back, is not held up.
    world.okta().assign(&person("john")).await.expect("is assigned");
    world.okta().reactivate(&ids[3]).await.expect("comes back");
    world.admin.settled(APP).await;
    assert_eq!(world.admin.target(APP, "jira").await.rows.held(), 1);

    assert_eq!(brake(&world, &["release"]), "jira: 1 held changes go on\n");
    world.admin.converged(APP).await;
    assert_eq!(active(&world), 2);
    assert_eq!(brake(&world, &["release"]), "no brake is pulled\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_that_would_shut_everybody_out_shut_nobody_out() {
    let (world, _) = staffed().await;
    let wrong = json!({"allowed-domains": ["elsewhere.example"]});
    let version = world.admin.deploy(APP, STANDARD, wrong).await.expect("deploys");
    world
        .admin
        .activate(APP, version.number, true)
        .await
        .expect("activates");
    let status = world.admin.settled(APP).await;
    assert_eq!((active(&world), status.targets_status[0].rows.held()), (5, 5));
    let trail: i64 = world
        .database()
        .query_row(
            "SELECT count(*) FROM audit WHERE action = 'brake.pull'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(trail, 1);
    // The administrator refuses: back to the rules before.
    world.admin.activate(APP, 1, true).await.expect("activates");
    world.admin.converged(APP).await;
    let line = world.admin.target(APP, "jira").await;
    assert_eq!((active(&world), line.rows.held()), (5, 0));
}
