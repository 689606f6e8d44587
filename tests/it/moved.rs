//! Another address is another product, unless somebody says that it is the same.

use http::Method;
use serde_json::Value;
use tidegate_directory::target::{Product, TargetConfig};
use tidegate_simulators::SimAccount;

use crate::world::{APP, Simulated, World, person, run};

async fn put(world: &World, name: &str, target: &TargetConfig, moved: bool) -> anyhow::Result<Value> {
    let mut body = serde_json::to_value(target).expect("JSON");
    body["moved"] = moved.into();
    world
        .admin
        .call(Method::PUT, &format!("/apps/{APP}/targets/{name}"), body)
        .await
}

/// Two Jiras count from the same beginning: one's ada has the id of another's eve.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_taken_for_who_has_the_same_id_elsewhere() {
    let mut world = World::with_product(Product::Jira).await;
    let id = world.okta().assign(&person("ada")).await.expect("is assigned").id;
    world.admin.converged(APP).await;
    let ours = world.product("jira").target("admin");
    let other = Simulated::start(Product::Jira, "admin").await;
    let eve = other.state().seed_account(SimAccount::new("eve"));
    let ada = world
        .product("jira")
        .state()
        .account(&person("ada").login)
        .expect("is there");
    assert_eq!(eve, ada.key, "or this shows nothing");

    let there = other.target("admin");
    let refused = put(&world, "jira", &there, false).await.expect_err("is refused");
    assert!(refused.to_string().contains("Is it another one?"), "{refused}");
    world.okta().deactivate(&id).await.expect("leaves");
    world.admin.converged(APP).await;
    assert!(other.state().account("eve").expect("is there").active);
    assert!(
        !world
            .product("jira")
            .state()
            .account(&person("ada").login)
            .expect("is there")
            .active
    );

    // Said to be the same, it is taken at its word; with a proxy in front it is.
    put(&world, "jira", &there, true).await.expect("is believed");
    put(&world, "jira", &ours, true).await.expect("and back");

    // Removed and added, everybody is recognised anew.
    world.command(&["target", "remove", "jira"]);
    put(&world, "jira", &there, false)
        .await
        .expect("is another target");
    world.products.push(other);
    world.admin.converged(APP).await;
    world.okta().reactivate(&id).await.expect("comes back");
    world.admin.converged(APP).await;
    let state = world.products[1].state();
    assert!(state.account("eve").expect("is there").active);
    assert!(state.account(&person("ada").login).expect("is made").active);
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_product_nor_spelling_nor_place_is_another_s() {
    let world = World::with_product(Product::Jira).await;
    let jira = world.product("jira").target("admin");
    for (name, change, words) in [
        (
            "JIRA",
            &(|it: &mut TargetConfig| it.name = "JIRA".into()) as &dyn Fn(&mut _),
            "is called",
        ),
        (
            "jira",
            &|it: &mut TargetConfig| it.product = Product::Confluence,
            "remove it, and add",
        ),
        (
            "twin",
            &|it: &mut TargetConfig| it.name = "twin".into(),
            "writes to the same address",
        ),
    ] {
        let mut other = jira.clone();
        change(&mut other);
        let refused = put(&world, name, &other, false).await.expect_err(words);
        assert!(refused.to_string().contains(words), "{refused}");
    }
    assert_eq!(world.admin.status(APP).await.targets_status.len(), 1);
}

/// What is not said stays: a renewed password does not switch safety settings off.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_out_stays() {
    let world = World::with_product(Product::Jira).await;
    let mut jira = world.product("jira").target("admin");
    jira.concurrency = 2;
    jira.directory = Some("Jira Internal Directory".into());
    jira.removal = tidegate_directory::target::Removal::Anonymise;
    world.admin.put_target(APP, &jira).await;
    let file = world.config.data_dir.join("password");
    std::fs::write(&file, "admin").expect("a file");
    let file = file.to_str().expect("a path");
    let again = [
        "target",
        "add",
        "jira",
        "--product",
        "jira",
        "--url",
        jira.base_url.as_str(),
        "--username",
        "admin",
    ];
    let with = |more: &[&str]| {
        let arguments = [&again, &["--password-file", file][..], more].concat();
        world.command(&arguments)
    };
    let said = with(&[]);
    assert!(said.contains("jira is changed"), "{said}");
    let shown = || {
        let text = world.command(&["target", "list", "--json"]);
        let targets: Value = serde_json::from_str(&text).expect("JSON");
        targets[0].clone()
    };
    let kept = shown();
    assert_eq!(
        (&kept["concurrency"], &kept["removal"], &kept["directory"]),
        (&2.into(), &"anonymise".into(), &"Jira Internal Directory".into())
    );
    with(&["--removal", "delete", "--directory", ""]);
    let changed = shown();
    assert_eq!(
        (&changed["removal"], &changed["directory"]),
        (&"delete".into(), &Value::Null)
    );

    let output = run(&world.config.data_dir, &["audit", "export"]);
    let trail = String::from_utf8_lossy(&output.stdout);
    assert!(
        trail.contains("target.change") && trail.contains(&jira.base_url),
        "{trail}"
    );
}
