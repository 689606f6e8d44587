//! What somebody changed by hand in a product is found, reported, and brought about again where that is wanted.

use serde_json::{Value, json};
use tidegate_directory::target::Product;
use tidegate_okta::Member;
use tidegate_simulators::{Fault, FaultKind, SimAccount};

use crate::world::{APP, World, person, until};

/// Ada, Alan and Grace in the group Crew; Grace is deactivated.
async fn crew(product: Product) -> World {
    let world = World::with_product(product).await;
    let okta = world.okta();
    let mut members = Vec::new();
    for name in ["ada", "alan", "grace"] {
        let login = person(name).login;
        let id = okta.assign(&person(name)).await.expect("is assigned").id;
        members.push(Member::new(id, login));
    }
    okta.push_group("Crew", &members).await.expect("is pushed");
    // In the group before she is shut out: else it is a matter of which came first.
    world.admin.converged(APP).await;
    okta.deactivate(&members[2].id).await.expect("is deactivated");
    world.admin.converged(APP).await;
    world
}

fn login(name: &str) -> String {
    person(name).login
}

fn drift(world: &World, arguments: &[&str]) -> Value {
    let text = world.command(&[&["drift", "--json"], arguments].concat());
    serde_json::from_str::<Value>(&text).expect("JSON")[0].take()
}

fn count(report: &Value, object: &str, kind: &str) -> u64 {
    let findings = report["drift"]["findings"].as_array().expect("findings");
    let is = |finding: &&Value| finding["object"] == object && finding["kind"] == kind;
    findings.iter().find(is).expect("the kind")["count"]
        .as_u64()
        .expect("a number")
}

fn differences(report: &Value) -> u64 {
    let findings = report["drift"]["findings"].as_array().expect("findings");
    let ours = findings.iter().filter(|finding| finding["kind"] != "unmanaged");
    ours.map(|finding| finding["count"].as_u64().expect("a number"))
        .sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_changed_by_hand_is_found_and_mended() {
    for product in [Product::Jira, Product::Confluence, Product::Bitbucket] {
        let world = crew(product).await;
        let before = world.product(product.as_str()).state().snapshot();
        let report = drift(&world, &[]);
        assert_eq!(differences(&report), 0, "{product}: {report:#}");

        let state = world.product(product.as_str()).state();
        let group = state
            .groups()
            .into_iter()
            .find(|name| name.eq_ignore_ascii_case("crew"))
            .expect("Crew");
        let mut renamed = state.account(&login("alan")).expect("is there");
        renamed.display_name = "Somebody".into();
        state.seed_account(renamed);
        assert!(state.remove_member(&group, &login("alan")));
        assert!(state.remove_account(&login("ada")));
        state.seed_account(SimAccount::new("stranger"));
        assert!(state.add_member(&group, "stranger"));
        // A leaver's account that somebody opened again.
        match product {
            Product::Bitbucket => assert!(state.add_member(&group, &login("grace"))),
            _ => {
                let mut opened = state.account(&login("grace")).expect("is there");
                opened.active = true;
                state.seed_account(opened);
            }
        }

        let report = drift(&world, &[product.as_str()]);
        for (object, kind, found) in [
            ("account", "missing", 1),
            ("account", "different", 1),
            ("account", "usable", 1),
            ("membership", "missing", 1),
            ("membership", "unmanaged", 1),
        ] {
            assert_eq!(
                count(&report, object, kind),
                found,
                "{product}: {object} {kind} in {report:#}"
            );
        }
        assert!(
            state.account(&login("ada")).is_none(),
            "{product}: a report changes nothing"
        );
        assert_eq!(
            world
                .metric(&format!(
                    "tidegate_drift{{target=\"{product}\",object=\"account\",kind=\"usable\"}}"
                ))
                .await,
            1
        );

        let report = drift(&world, &["--last", "--mend", "all"]);
        assert_eq!(report["mended"]["accounts"], 3, "{product}: {report:#}");
        world.admin.converged(APP).await;
        let report = drift(&world, &[]);
        assert_eq!(differences(&report), 0, "{product}: {report:#}");
        assert!(
            state.members(&group).contains(&"stranger".to_owned()),
            "{product}: not ours, and nobody said so"
        );

        let report = drift(&world, &["--remove-unmanaged"]);
        assert_eq!(
            report["unmanaged"],
            json!({"removed": 1, "held": 0, "protected": 0, "failed": 0}),
            "{product}"
        );
        state.remove_account("stranger");
        assert_eq!(state.snapshot(), before, "{product}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_went_comes_back_with_its_members_and_who_nobody_wants_leaves() {
    let world = crew(Product::Jira).await;
    let state = world.product("jira").state();
    world.okta().push_group("Other", &[]).await.expect("is pushed");
    world.admin.converged(APP).await;
    assert!(state.remove_group("Crew"));
    assert!(state.add_member("Other", &login("ada")));
    let report = drift(&world, &["--mend", "groups"]);
    assert_eq!(
        (
            count(&report, "group", "missing"),
            count(&report, "membership", "extra")
        ),
        (1, 1),
        "{report:#}"
    );
    assert_eq!(
        report["mended"],
        json!({"accounts": 0, "groups": 1, "memberships": 0, "extra": 0})
    );
    world.admin.converged(APP).await;
    assert_eq!(state.members("Crew"), [login("ada"), login("alan")]);
    assert_eq!(
        state.members("Other"),
        [login("ada")],
        "only what was asked for is mended"
    );

    let report = drift(&world, &["--mend", "extra"]);
    assert_eq!(report["mended"]["extra"], 1, "{report:#}");
    world.admin.converged(APP).await;
    assert!(state.members("Other").is_empty());
    let text = world.command(&["why", &login("ada")]);
    assert!(
        text.contains("was found in the group, and nobody wants it there"),
        "{text}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_comes_by_itself_and_mends_what_the_rule_says() {
    let world = crew(Product::Jira).await;
    let state = world.product("jira").state();
    assert!(state.remove_member("Crew", &login("ada")));
    let shown = world.command(&[
        "app",
        "set",
        "--drift-every-minutes",
        "60",
        "--drift-mend",
        "memberships",
    ]);
    assert!(
        shown.contains("read every 60 minutes, mended: memberships"),
        "{shown}"
    );
    until("Ada is in the group again", || async {
        let members = state.members("Crew");
        if members.contains(&login("ada")) {
            Ok(())
        } else {
            Err(format!("{members:?}"))
        }
    })
    .await;
    let shown = world.command(&[
        "app",
        "set",
        "--drift-every-minutes",
        "0",
        "--drift-mend",
        "nothing",
    ]);
    assert!(shown.contains("read when somebody asks, reported"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn more_unmanaged_members_than_the_brake_allows_stay_until_somebody_says_how_many() {
    let world = crew(Product::Jira).await;
    world.admin.set_app(APP, json!({"brake": {"at-least": 2}})).await;
    let state = world.product("jira").state();
    for number in 0..3 {
        let name = format!("stranger-{number}");
        state.seed_account(SimAccount::new(&name));
        state.add_member("Crew", &name);
    }
    state.add_member("Crew", "admin");
    let left = json!({"removed": 0, "held": 3, "protected": 1, "failed": 0});
    assert_eq!(drift(&world, &["--remove-unmanaged"])["unmanaged"], left);
    assert_eq!(
        drift(&world, &["--remove-unmanaged", "--confirm", "4"])["unmanaged"],
        left
    );
    assert_eq!(state.members("Crew").len(), 7);
    let report = drift(&world, &["--last", "--remove-unmanaged", "--confirm", "3"]);
    assert_eq!(report["unmanaged"]["removed"], 3, "{report:#}");
    let members = state.members("Crew");
    assert!(
        members.contains(&"admin".to_owned()) && members.len() == 4,
        "Tidegate's own account stays: {members:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn discovery_shows_both_sides_before_anybody_is_linked() {
    let world = World::with_product(Product::Jira).await;
    let jira = world.product("jira");
    let state = jira.state();
    let ada = state.account("admin").expect("is there");
    for (name, email) in [
        ("ada@tidal.example", "x@tidal.example"),
        ("al", "alan@tidal.example"),
        ("stranger", "s@s.example"),
    ] {
        state.seed_account(SimAccount {
            email: email.into(),
            key: String::new(),
            name: name.into(),
            ..ada.clone()
        });
    }
    state.seed_group("Crew");
    for name in ["al", "stranger"] {
        state.add_member("Crew", name);
    }
    // Nothing reaches the product yet: users exist in Okta's eyes only.
    jira.simulator.faults().push(Fault {
        times: u32::MAX,
        ..Fault::once("POST /rest/api/2/", FaultKind::Status(503))
    });
    jira.simulator.faults().push(Fault {
        times: u32::MAX,
        ..Fault::once("PUT /rest/api/2/", FaultKind::Status(503))
    });
    let okta = world.okta();
    let mut members = Vec::new();
    for name in ["alan", "grace"] {
        let id = okta.assign(&person(name)).await.expect("is assigned").id;
        members.push(Member::new(id, login(name)));
    }
    okta.push_group("crew", &members).await.expect("is pushed");

    let text = world.command(&["discover", "jira"]);
    for words in [
        "4 accounts",
        "al ",
        "alan@tidal.example (same email)",
        "stranger",
        "users without an account there:",
        "grace@tidal.example",
    ] {
        assert!(text.contains(words), "{words:?} in\n{text}");
    }
    let report: Value =
        serde_json::from_str(&world.command(&["discover", "jira", "--last", "--json"])).expect("JSON");
    let groups = &report["discovered"]["groups"];
    assert_eq!(groups[0]["name"], "Crew", "{report:#}");
    assert_eq!(
        (
            &groups[0]["there"],
            &groups[0]["to-add"],
            &groups[0]["not-wanted"]
        ),
        (&json!(2), &json!(2), &json!(2)),
        "{report:#}"
    );
    assert_eq!(
        report["discovered"]["found"]["groups"],
        state.groups().len(),
        "{report:#}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_product_that_does_not_answer_is_asked_again_and_one_that_refuses_is_said_so() {
    let world = crew(Product::Jira).await;
    let faults = world.product("jira").simulator.faults();
    faults.push(Fault::once("GET /rest/api/2/user/list", FaultKind::Status(503)));
    faults.push(Fault::once(
        "GET /rest/api/2/group/member",
        FaultKind::RateLimited {
            retry_after_seconds: 1,
        },
    ));
    assert_eq!(differences(&drift(&world, &[])), 0);
    assert_eq!(faults.pending(), 0, "both struck");

    faults.push(Fault::once(
        "GET /rest/api/2/groups/picker",
        FaultKind::Status(403),
    ));
    let refused = crate::world::run(&world.config.data_dir, &["drift"]);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        !refused.status.success() && said.contains("jira: the product says we may not"),
        "{said}"
    );
    let last = crate::world::run(&world.config.data_dir, &["drift", "--last"]);
    let said = String::from_utf8_lossy(&last.stderr).into_owned();
    assert!(
        said.contains("was not read yet"),
        "half a reading is no report: {said}"
    );
    assert_eq!(differences(&drift(&world, &[])), 0, "it goes on");
}
