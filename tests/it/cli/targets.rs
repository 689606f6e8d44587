//! Targets that go, names that are protected, directories that are told.

use tidegate_directory::target::Product;
use tidegate_okta::Member;

use crate::world::{APP, Simulated, World, person};

#[tokio::test(flavor = "multi_thread")]
async fn a_target_is_removed_and_what_is_there_stays() {
    let world = World::with_product(Product::Jira).await;
    let okta = world.okta();
    let ada = okta.assign(&person("ada")).await.expect("is assigned").id;
    okta.push_group("Crew", &[Member::new(&ada, &person("ada").login)])
        .await
        .expect("is pushed");
    world.admin.converged(APP).await;
    let before = world.product("jira").state().snapshot();
    let said = world.command(&["target", "remove", "jira"]);
    assert!(said.contains("stays as it is"), "{said}");
    assert!(!world.command(&["target", "list"]).contains("jira"));
    okta.deactivate(&ada).await.expect("is taken");
    assert_eq!(world.product("jira").state().snapshot(), before);
    assert!(world.admin.status(APP).await.targets_status.is_empty());

    // Connected again, it is decided anew.
    world
        .admin
        .put_target(APP, &world.product("jira").target("admin"))
        .await;
    world.admin.converged(APP).await;
    assert!(
        !world
            .product("jira")
            .state()
            .account(&person("ada").login)
            .expect("is there")
            .active
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn protected_names_are_set_and_kept() {
    let world = World::with_product(Product::Jira).await;
    let said = world.command(&["app", "set", "--protected-accounts", "ada@tidal.example,root"]);
    assert!(
        said.contains("protected accounts: ada@tidal.example, root"),
        "{said}"
    );
    assert!(said.contains("jira-administrators"), "groups stay: {said}");
    let refused = world.okta().assign(&person("ada")).await;
    assert!(refused.is_err(), "{refused:?}");
    let said = world.command(&["app", "set", "--protected-accounts", ""]);
    assert!(said.contains("protected accounts: none"), "{said}");
    world.okta().assign(&person("ada")).await.expect("is assigned");
}

#[tokio::test(flavor = "multi_thread")]
async fn directories_are_told_where_the_product_tells_them() {
    let mut world = World::with_product(Product::Bitbucket).await;
    let jira = Simulated::start(Product::Jira, "admin").await;
    world.admin.put_target(APP, &jira.target("admin")).await;
    let mut bitbucket = world.product("bitbucket").target("admin");
    bitbucket.directory = Some("Bitbucket Internal Directory".into());
    world.admin.put_target(APP, &bitbucket).await;
    let said = world.command(&["target", "directories", "bitbucket"]);
    assert!(
        said.contains("accounts must live here") && said.contains("left alone"),
        "{said}"
    );
    let said = world.command(&["target", "directories", "jira"]);
    assert!(
        said.contains("does not tell its user directories") && said.contains("choose the user directory: no"),
        "{said}"
    );
    world.products.push(jira);
}
