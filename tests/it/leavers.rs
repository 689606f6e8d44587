//! Leavers lose access and nobody gets another's account, whatever else goes on.

use serde_json::json;
use tidegate_directory::target::Product;
use tidegate_okta::Profile;
use tidegate_simulators::{Fault, FaultKind};

use crate::world::{APP, World, person, until_true};

/// Confluence cannot rename: that refusal must not keep the account open.
#[tokio::test(flavor = "multi_thread")]
async fn a_renamed_leaver_is_suspended_where_renaming_is_refused() {
    let world = World::with_product(Product::Confluence).await;
    let okta = world.okta();
    let id = okta.assign(&person("ann")).await.expect("is assigned").id;
    world.admin.converged(APP).await;
    let renamed = Profile::new("anna@tidal.example", "Anna", "Example");
    okta.update(&id, &renamed).await.expect("is renamed");
    world.admin.settled(APP).await;
    let line = world.admin.target(APP, "confluence").await;
    assert_eq!(line.rows.parked(), 1, "the rename is refused: {line:?}");
    okta.deactivate(&id).await.expect("leaves");
    let account = || {
        world
            .product("confluence")
            .state()
            .account("ann@tidal.example")
            .expect("is there")
    };
    until_true("the leaver is shut out", || !account().active).await;
}

/// A name that is free in SCIM is not free in a product that has not renamed its holder.
#[tokio::test(flavor = "multi_thread")]
async fn a_name_used_again_does_not_take_the_account_of_who_had_it() {
    let world = World::with_product(Product::Confluence).await;
    let okta = world.okta();
    let first = okta.assign(&person("ann")).await.expect("is assigned").id;
    world.admin.converged(APP).await;
    okta.update(&first, &Profile::new("anna@tidal.example", "Anna", "First"))
        .await
        .expect("is renamed");
    world.admin.settled(APP).await;
    okta.assign(&Profile::new("ann@tidal.example", "Another", "Ann"))
        .await
        .expect("is a new person");
    world.admin.settled(APP).await;
    let account = world
        .product("confluence")
        .state()
        .account("ann@tidal.example")
        .expect("is there");
    assert!(
        !account.display_name.contains("Another"),
        "the first one's account: {account:?}"
    );
    let line = world.admin.target(APP, "confluence").await;
    let conflict = line.failures.iter().any(|failure| failure.kind == "conflict");
    assert!(conflict, "an administrator is told: {line:?}");
}

/// The product made the account, its answer was lost, and the user is deleted meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn an_account_whose_creation_was_never_answered_is_removed_all_the_same() {
    let world = World::with_product(Product::Jira).await;
    world
        .admin
        .rule(APP, tidegate_guests::STANDARD, json!({"on-removal": "delete"}))
        .await;
    let jira = world.product("jira");
    // Lost, and then nobody answers until the user is gone.
    jira.simulator
        .faults()
        .push(Fault::once("POST /rest/api/2/user", FaultKind::ResetAfter));
    let down = Fault {
        matching: None,
        kind: FaultKind::Status(503),
        times: 3,
    };
    let okta = world.okta();
    let id = okta.assign(&person("ann")).await.expect("is assigned").id;
    until_true("Jira has made the account", || {
        jira.state().account("ann@tidal.example").is_some()
    })
    .await;
    jira.simulator.faults().push(down);
    let deleted = okta
        .send(http::Method::DELETE, &format!("/Users/{id}"), None)
        .await
        .expect("answers");
    assert_eq!(deleted.status, 204);
    until_true("the account is gone", || {
        jira.state().account("ann@tidal.example").is_none()
    })
    .await;
}

/// Rules that leave somebody out close what earlier rules opened.
#[tokio::test(flavor = "multi_thread")]
async fn narrower_domains_close_accounts_of_those_outside() {
    let world = World::with_product(Product::Jira).await;
    let okta = world.okta();
    okta.assign(&person("ann")).await.expect("is assigned");
    world.admin.converged(APP).await;
    let settings = json!({"allowed-domains": ["elsewhere.example"]});
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
    let account = || {
        world
            .product("jira")
            .state()
            .account("ann@tidal.example")
            .expect("is there")
    };
    until_true("the account is closed", || !account().active).await;
}
