//! What a product refuses: shown in its words, and in nobody's way.

use http::Method;
use serde_json::json;
use tidegate_okta::Profile;

use crate::world::{APP, Org, World, person, simulated, until};

/// Whoever assigns somebody in Okta reads there why it cannot be.
#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_a_product_refuses_is_refused_where_it_is_given() {
    let world = World::start().await;
    let okta = world.okta();
    for (login, words) in [
        ("tom&jerry@tidal.example", "jira: Jira does not take the username"),
        (
            "tom+jerry@tidal.example",
            "confluence: Confluence does not take the username",
        ),
    ] {
        let refused = okta.assign(&Profile::new(login, "Tom", "Jerry")).await;
        let refused = refused.map(|_| ()).expect_err("is refused").to_string();
        assert!(refused.contains("400") && refused.contains(words), "{refused}");
    }
    world.admin.converged(APP).await;
    assert_eq!(
        world.product("bitbucket").state().accounts().len(),
        1,
        "nothing is half done"
    );

    // One who is there already is shut out all the same, whatever the name has become.
    let ada = person("ada");
    let id = okta.assign(&ada).await.expect("is assigned").id;
    let settings = json!({"username-rules": [{"pattern": "@", "replacement": "+"}]});
    world.admin.rule(APP, tidegate_guests::STANDARD, settings).await;
    okta.deactivate(&id).await.expect("is taken");
    until("the account is shut out", || async {
        match world.product("jira").state().account(&ada.login) {
            Some(account) if !account.active => Ok(()),
            other => Err(format!("{other:?}")),
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_a_product_refuses_is_parked_and_blocks_nobody() {
    let mut world = World::bare().await;
    world.products = simulated().await;
    let (okta, mut org) = (world.okta(), Org::default());
    // Jira takes no ampersand, the others do; and it is connected after the fact.
    let pair = Profile::new("tom&jerry@tidal.example", "Tom", "Jerry");
    for name in ["confluence", "bitbucket"] {
        world
            .admin
            .put_target(APP, &world.product(name).target("admin"))
            .await;
    }
    let id = okta.assign(&pair).await.expect("is accepted").id;
    world
        .admin
        .put_target(APP, &world.product("jira").target("admin"))
        .await;
    for number in 0..20 {
        let profile = person(&format!("p{number}"));
        okta.assign(&profile).await.expect("is assigned");
        org.assign(&profile);
    }
    world.admin.settled(APP).await;
    let jira = world.admin.target(APP, "jira").await;
    assert_eq!((jira.rows.parked(), jira.failures.len()), (1, 1), "{jira:#?}");
    let failure = &jira.failures[0];
    assert!(
        failure.parked && failure.kind == "refused" && failure.name == pair.login,
        "{failure:?}"
    );
    assert!(
        failure.error.contains("must not contain '<', '>' or '&'"),
        "{failure:?}"
    );
    for name in ["confluence", "bitbucket"] {
        assert!(world.admin.target(APP, name).await.failures.is_empty());
        assert!(world.product(name).state().account(&pair.login).is_some());
    }
    assert_eq!(world.product("jira").state().accounts().len(), 21);

    // Nothing has changed: refused again, in the same words.
    let tested = world.admin.test_target(APP, "jira", true).await.expect("answers");
    assert_eq!(tested.retried, 1);
    until("it is refused again", || async {
        let line = world.admin.target(APP, "jira").await;
        if line.rows.parked() == 1 && line.rows.pending() == 0 {
            Ok(())
        } else {
            Err(format!("{line:?}"))
        }
    })
    .await;

    // Rules that map the name mend it.
    let settings =
        json!({"targets": {"jira": {"username-rules": [{"pattern": "&", "replacement": "-and-"}]}}});
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
    assert!(
        world
            .product("jira")
            .state()
            .account("tom-and-jerry@tidal.example")
            .is_some()
    );
    let user = okta
        .send(Method::GET, &format!("/Users/{id}"), None)
        .await
        .expect("an answer");
    assert_eq!(user.body["userName"], json!(pair.login));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_licence_seat_an_account_waits_and_the_reason_is_shown() {
    let world = World::start().await;
    let (okta, mut org) = (world.okta(), Org::default());
    // One for the administrator, one for Ada.
    world.product("jira").state().set_seats(Some(2));
    let ada = person("ada");
    okta.assign(&ada).await.expect("is assigned");
    org.assign(&ada);
    world.assert_equal_to(&org).await;
    let alan = person("alan");
    let alan_id = okta.assign(&alan).await.expect("is accepted").id;
    let group = okta
        .push_group("Crew", &[tidegate_okta::Member::new(&alan_id, &alan.login)])
        .await
        .expect("is pushed");
    let failure = until("the refusal is shown", || async {
        let line = world.admin.target(APP, "jira").await;
        line.failures.first().cloned().ok_or_else(|| format!("{line:?}"))
    })
    .await;
    assert!(
        !failure.parked && failure.kind == "seats-exhausted",
        "it is tried again: {failure:?}"
    );
    assert!(failure.error.contains("licensed user limit"), "{failure:?}");
    let tested = world
        .admin
        .test_target(APP, "jira", false)
        .await
        .expect("answers");
    assert!(
        tested.warnings.iter().any(|warning| warning.contains("seat")),
        "{:?}",
        tested.warnings
    );

    // The others have him, and Jira takes changes of those who have a seat.
    let ada = Profile {
        family_name: "Lovelace".into(),
        ..ada
    };
    okta.assign(&ada).await.expect("is updated");
    org.assign(&ada);
    until("everything else is done", || async {
        let status = world.admin.status(APP).await;
        let pending: Vec<u64> = status
            .targets_status
            .iter()
            .map(|line| line.rows.pending())
            .collect();
        if pending == [0, 0, 1] || pending.iter().sum::<u64>() == 1 {
            Ok(())
        } else {
            Err(format!("{status:#?}"))
        }
    })
    .await;
    let jira = world.product("jira").state();
    assert_eq!(
        jira.account(&ada.login).expect("is there").display_name,
        "ada Lovelace"
    );
    assert!(jira.account(&alan.login).is_none() && jira.members("Crew").is_empty());
    assert_eq!(
        world.product("confluence").state().members("crew"),
        [alan.login.as_str()]
    );

    // Seats are bought; the next change of his needs no waiting.
    jira.set_seats(None);
    let alan = Profile {
        family_name: "Turing".into(),
        ..alan
    };
    okta.update(&alan_id, &alan).await.expect("is updated");
    org.assign(&alan);
    org.set_members("Crew", [alan.login.as_str()]);
    assert!(!group.is_empty());
    world.assert_equal_to(&org).await;
}
