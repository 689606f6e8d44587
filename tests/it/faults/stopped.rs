//! Wrong credentials: calling again would lock the service account.

use tidegate_directory::target::Product;
use tidegate_simulators::{Fault, FaultKind};

use crate::world::{APP, Org, World, person, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_refuses_our_credentials_stops_until_it_is_tested() {
    let mut world = World::start().await;
    let (okta, mut org) = (world.okta(), Org::default());
    world.admin.converged(APP).await;
    world
        .product("jira")
        .simulator
        .faults()
        .push(Fault::once("POST /rest/api/2/user", FaultKind::Status(401)));
    for name in ["ada", "alan"] {
        let profile = person(name);
        okta.assign(&profile).await.expect("is assigned all the same");
        org.assign(&profile);
    }
    let why = stopped(&world).await;
    assert!(why.contains("Simulated failure"), "in the product's words: {why}");

    // The others go on without it.
    for name in ["confluence", "bitbucket"] {
        until(name, || async {
            let line = world.admin.target(APP, name).await;
            if line.rows.pending() == 0 && line.stopped.is_none() {
                Ok(())
            } else {
                Err(format!("{line:?}"))
            }
        })
        .await;
    }
    // It stays stopped over a restart, and makes no call.
    world.stop().await;
    let calls = world.product("jira").state().requests_served();
    world.start_again().await;
    assert_eq!(stopped(&world).await, why);
    world.okta().assign(&person("grace")).await.expect("is assigned");
    org.assign(&person("grace"));
    until("confluence has grace", || async {
        let found = world.product("confluence").state().account("grace@tidal.example");
        found.map(drop).ok_or_else(String::new)
    })
    .await;
    assert_eq!(world.product("jira").state().requests_served(), calls);

    // A test that fails changes nothing, one that succeeds lets it go on.
    world.product("jira").simulator.faults().push(Fault {
        matching: None,
        kind: FaultKind::Status(401),
        times: 3,
    });
    world
        .admin
        .test_target(APP, "jira", false)
        .await
        .expect_err("fails");
    assert_eq!(stopped(&world).await, why);
    world.product("jira").simulator.faults().clear();
    let tested = world
        .admin
        .test_target(APP, "jira", false)
        .await
        .expect("succeeds");
    assert_eq!(tested.info.version, "10.3.24");
    world.assert_equal_to(&org).await;
}

async fn stopped(world: &World) -> String {
    until("jira is stopped", || async {
        let line = world.admin.target(APP, "jira").await;
        line.stopped.clone().ok_or_else(|| format!("{line:?}"))
    })
    .await
}

/// A product that is down is not called by every row that waits, and is not forgotten either.
#[tokio::test(flavor = "multi_thread")]
async fn a_product_that_is_down_is_left_alone_and_caught_up_when_it_is_back() {
    let world = World::with_product(Product::Jira).await;
    let jira = world.product("jira");
    let down = Fault {
        matching: None,
        kind: FaultKind::Status(503),
        times: u32::MAX,
    };
    // It said what it is before it went down.
    world
        .admin
        .test_target(APP, "jira", false)
        .await
        .expect("answers");
    jira.simulator.faults().push(down);
    let okta = world.okta();
    for number in 0..12 {
        okta.assign(&person(&format!("p{number}")))
            .await
            .expect("is stored");
    }
    until("the product is left alone", || async {
        let text = world.command(&["status"]);
        if text.contains("left alone until 20") {
            Ok(())
        } else {
            Err(text)
        }
    })
    .await;
    let seen = jira.state().requests_served();
    // It may come back as another version: it is asked before it gets what waited.
    let asked =
        r#"tidegate_product_calls_total{target="jira",operation="GET /rest/api/2/myself",outcome="2xx"}"#;
    let before = world.metric(asked).await;
    jira.simulator.faults().clear();
    world.admin.converged(APP).await;
    assert_eq!(world.metric(asked).await, before + 1);
    assert!(jira.state().requests_served() > seen);
    assert!(!world.command(&["status"]).contains("left alone"));
    let calls = world.metrics().await;
    for line in [
        r#"tidegate_product_calls_total{target="jira",operation="POST /rest/api/2/user",outcome="2xx"}"#,
        r#"tidegate_product_calls_total{target="jira",operation="GET /rest/api/2/user",outcome="unavailable"}"#,
        r#"tidegate_product_calls_at_once{target="jira"}"#,
    ] {
        assert!(calls.contains(line), "{line} in\n{calls}");
    }
    assert!(!calls.contains("p11@"), "names are no labels");
}

/// Four rows are due and four calls may be made at once: one of them finds out.
#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_tried_once() {
    let mut world = World::bare().await;
    let jira = crate::world::Simulated::start(Product::Jira, "admin").await;
    world.products.push(jira);
    let okta = world.okta();
    for name in ["ada", "alan", "grace", "joan"] {
        okta.assign(&person(name)).await.expect("is assigned");
    }
    let calls = world.product("jira").state().requests_served();
    let target = world.product("jira").target("wrong");
    world.admin.put_target(APP, &target).await;
    let why = stopped(&world).await;
    assert!(!why.is_empty());
    let served = || world.product("jira").state().requests_served();
    assert_eq!(served(), calls + 1);

    // Tests at once are one: each could be the one too many.
    let slow = FaultKind::Slow(std::time::Duration::from_secs(2));
    world.product("jira").simulator.faults().push(Fault {
        matching: None,
        kind: slow,
        times: u32::MAX,
    });
    let test = || world.admin.test_target(APP, "jira", false);
    let (one, two, three) = tokio::join!(test(), test(), test());
    assert!(one.is_err() && two.is_err() && three.is_err());
    assert_eq!(served(), calls + 2);
}
