//! Accounts of leavers lose their names: on an administrator's word, or wherever rules want them removed.

use serde_json::json;
use tidegate_directory::target::{Product, Removal};
use tidegate_guests::STANDARD;
use tidegate_simulators::{Fault, FaultKind, SimProduct, Simulator, SimulatorConfig};

use crate::world::{APP, Simulated, World, person, run, until, until_true};

/// Asks the command once and waits until it is done.
async fn anonymised(world: &World, login: &str, target: &str) {
    let said = world.command(&["anonymise", login, "--target", target, "--confirm", login]);
    assert!(said.contains("it is begun"), "{said}");
    until("it is anonymised", || async {
        let text = world.command(&["why", login]);
        let is_done = |line: &str| {
            ["account", target, "anonymised", "done 20"]
                .iter()
                .all(|word| line.contains(word))
        };
        let done = text.lines().any(is_done);
        if done { Ok(()) } else { Err(text) }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_an_administrator_s_word_and_only_for_who_left() {
    let world = World::everywhere(30_000).await;
    let login = person("ada").login;
    let okta = world.okta();
    let id = okta.assign(&person("ada")).await.expect("is assigned").id;
    world.admin.converged(APP).await;
    let said = |arguments: &[&str]| {
        let output = run(&world.config.data_dir, arguments);
        assert!(!output.status.success(), "{arguments:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let in_use = said(&["anonymise", &login, "--target", "jira", "--confirm", &login]);
    assert!(in_use.contains("deactivate the person in Okta first"), "{in_use}");

    okta.deactivate(&id).await.expect("leaves");
    world.admin.converged(APP).await;
    let before = world.product("jira").state().snapshot();
    let told = world.command(&["anonymise", &id, "--target", "jira"]);
    assert!(
        told.contains("nothing is done yet") && told.contains("new owner"),
        "{told}"
    );
    let other = said(&["anonymise", &id, "--target", "jira", "--confirm", "alan"]);
    assert!(other.contains(&login), "{other}");
    assert_eq!(world.product("jira").state().snapshot(), before);

    for target in ["jira", "confluence", "bitbucket"] {
        anonymised(&world, &login, target).await;
        let left = format!("{:?}", world.product(target).state().accounts());
        assert!(!left.contains("ada"), "{target}: {left}");
    }
    let trail = world.command(&["audit", "export"]);
    for action in [r#""account.anonymise""#, r#""account.anonymised""#] {
        let lines: Vec<&str> = trail.lines().filter(|line| line.contains(action)).collect();
        assert_eq!(lines.len(), 3, "{action} in\n{trail}");
        assert!(
            lines
                .iter()
                .all(|line| line.contains(&id) && !line.contains(&login)),
            "{lines:?}"
        );
    }

    // Whoever comes back gets an account of their own.
    okta.reactivate(&id).await.expect("comes back");
    world.admin.converged(APP).await;
    for target in ["jira", "confluence", "bitbucket"] {
        let account = world.product(target).state().account(&login).expect("is there");
        assert!(account.active, "{target}: {account:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wherever_the_rules_want_an_account_removed() {
    let world = World::with_product(Product::Jira).await;
    world
        .admin
        .rule(APP, STANDARD, json!({"on-removal": "delete"}))
        .await;
    let jira = world.product("jira");
    let okta = world.okta();
    let id = okta.assign(&person("ada")).await.expect("is assigned").id;
    world.admin.converged(APP).await;
    let login = person("ada").login;
    // Jira deletes nobody who wrote something.
    jira.state().make_author(&login);
    okta.send(http::Method::DELETE, &format!("/Users/{id}"), None)
        .await
        .expect("is deleted");
    world.admin.settled(APP).await;
    let line = world.admin.target(APP, "jira").await;
    assert!(
        line.failures
            .iter()
            .any(|it| it.error.contains("let removing anonymise")),
        "{line:?}"
    );

    let mut target = jira.target("admin");
    target.removal = Removal::Anonymise;
    world.admin.put_target(APP, &target).await;
    world.admin.test_target(APP, "jira", true).await.expect("answers");
    until_true("the name is gone", || jira.state().account(&login).is_none()).await;
    world.admin.converged(APP).await;
    assert_eq!(
        jira.state().accounts().len(),
        2,
        "what it wrote has an author still"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn protected_accounts_and_other_products_are_refused() {
    let world = World::with_product(Product::Crowd).await;
    let refused = run(&world.config.data_dir, &["anonymise", "ada", "--target", "crowd"]);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("crowd offers no anonymising"), "{said}");
    let mut target = world.product("crowd").target("admin");
    target.removal = Removal::Anonymise;
    let path = format!("/apps/{APP}/targets/crowd");
    let body = serde_json::to_value(&target).expect("JSON");
    let refused = world
        .admin
        .call(http::Method::PUT, &path, body)
        .await
        .expect_err("is refused");
    assert!(refused.to_string().contains("offers no anonymising"), "{refused}");

    let world = World::with_product(Product::Jira).await;
    let login = person("ada").login;
    let id = world.okta().assign(&person("ada")).await.expect("is assigned").id;
    world.okta().deactivate(&id).await.expect("leaves");
    world.admin.converged(APP).await;
    world.command(&["app", "set", "--protected-accounts", &login]);
    let refused = run(
        &world.config.data_dir,
        &["anonymise", &login, "--target", "jira", "--confirm", &login],
    );
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("is protected"), "{said}");
}

/// Whatever becomes of the wish, who left is shut out first.
#[tokio::test(flavor = "multi_thread")]
async fn a_refused_wish_leaves_nobody_inside_and_can_be_taken_back() {
    let mut world = World::bare().await;
    let config = SimulatorConfig::new(SimProduct::Jira).plain_administrators();
    let simulator = Simulator::start(config).await.expect("starts");
    let (product, fresh) = (Product::Jira, simulator.state().snapshot());
    world.products.push(Simulated {
        product,
        simulator,
        fresh,
    });
    let jira = world.product("jira");
    world.admin.put_target(APP, &jira.target("admin")).await;
    let login = person("ada").login;
    let id = world.okta().assign(&person("ada")).await.expect("is assigned").id;
    world.admin.converged(APP).await;

    // Down while she is deactivated and while it is asked for.
    let down = Fault {
        matching: None,
        kind: FaultKind::Status(503),
        times: u32::MAX,
    };
    jira.simulator.faults().push(down);
    world.okta().deactivate(&id).await.expect("leaves");
    world.command(&["anonymise", &login, "--target", "jira", "--confirm", &login]);
    jira.simulator.faults().clear();
    let refused = until("it is refused", || async {
        let line = world.admin.target(APP, "jira").await;
        let failure = line.failures.first().filter(|failure| failure.parked);
        failure
            .map(|failure| failure.error.clone())
            .ok_or(format!("{line:?}"))
    });
    let refused = refused.await;
    assert!(refused.contains("system administrator"), "{refused}");
    let account = jira.state().account(&login).expect("is there");
    assert!(!account.active, "{account:?}");

    let said = world.command(&["anonymise", &login, "--target", "jira", "--withdraw"]);
    assert!(said.contains("is not to be anonymised any longer"), "{said}");
    world.admin.converged(APP).await;
}
