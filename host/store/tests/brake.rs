//! What takes access from too many waits; everything else goes on.
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use common::{Fixture, NOW, ensure, fixture, id, membership, suspend};
use serde_json::Value;
use tidegate_directory::connector::AccountLink;
use tidegate_directory::plan::{GroupRef, Operation};
use tidegate_store::audit::AuditLine;
use tidegate_store::brake::BrakeRule;
use tidegate_store::commit::Write;
use tidegate_store::offered::OfferedUser;

const NAMES: [&str; 5] = ["ann", "bob", "cy", "dee", "eve"];

/// Five users in a group, all of it applied; two may lose access.
async fn crew() -> Fixture {
    let mut fixture = fixture().await;
    let mut members = Vec::new();
    for name in NAMES {
        members.push((name, fixture.user(name).await));
    }
    fixture.group("crew", &["crew"], &members).await;
    fixture.reconcile().await;
    fixture.brake = BrakeRule {
        users: Some(2),
        percent: None,
        ..BrakeRule::default()
    };
    fixture
}

/// Okta deactivates one.
async fn deactivate(fixture: &Fixture, name: &str) {
    change(fixture, name, false, vec![ensure(name), suspend(name, false)]).await;
}

async fn change(fixture: &Fixture, name: &str, active: bool, steps: Vec<Operation>) {
    let row = fixture.store.user(fixture.app.seq, name).unwrap().unwrap();
    let mut doc = row.doc;
    doc.insert("active".into(), active.into());
    let write = Write::UpdateUser {
        seq: row.seq,
        id: name.into(),
        version: row.version,
        doc,
    };
    fixture.commit(write, steps, true).await.unwrap();
}

async fn release(fixture: &Fixture) -> u64 {
    let line = AuditLine {
        at_ms: NOW,
        app: Some(fixture.app.seq),
        request: String::new(),
        actor: "test".into(),
        action: "brake.release".into(),
        subject: "jira".into(),
        detail: Value::Null,
    };
    fixture.store.release_brake(fixture.target, line).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn deactivations_one_by_one_go_through_until_there_are_too_many() {
    let fixture = crew().await;
    for name in NAMES {
        deactivate(&fixture, name).await;
    }
    assert_eq!(fixture.reconcile().await, ["ann Suspended", "bob Suspended"]);
    let pulled = fixture.store.brake(fixture.target).unwrap().unwrap();
    assert_eq!((pulled.users, pulled.allowed), (3, 2));
    assert_eq!(fixture.store.target_status(fixture.target).unwrap().held(), 3);
    assert_eq!(
        fixture.store.pending(fixture.target).unwrap(),
        0,
        "what is held does not push back"
    );

    // Somebody comes back: nothing was done to her, and nothing is to be done.
    change(
        &fixture,
        "cy",
        true,
        vec![ensure("cy"), Operation::RestoreAccount(id("cy"))],
    )
    .await;
    assert_eq!(fixture.reconcile().await, ["cy Active"]);
    assert_eq!(release(&fixture).await, 2);
    assert_eq!(fixture.reconcile().await, ["dee Suspended", "eve Suspended"]);
    assert_eq!(fixture.store.brake(fixture.target).unwrap(), None);
    // The count began anew.
    deactivate(&fixture, "cy").await;
    assert_eq!(fixture.reconcile().await, ["cy Suspended"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_is_counted_as_a_whole_before_any_of_it_is_done() {
    let fixture = crew().await;
    let walk = async |names: &[&str], steps: fn(&str) -> Vec<Operation>| {
        fixture
            .store
            .begin_restatement(fixture.app.seq, "a test", NOW)
            .await
            .unwrap();
        for name in names {
            fixture.restate(name, steps(name)).await.unwrap();
        }
        let during = fixture.reconcile().await;
        let at = fixture.store.restatement(fixture.app.seq).unwrap().unwrap();
        fixture
            .store
            .end_restatement(fixture.app.seq, at.generation, fixture.brake, NOW)
            .await
            .unwrap();
        (during, fixture.reconcile().await)
    };
    let shut_out = |name: &str| vec![ensure(name), suspend(name, false)];
    let nothing: Vec<String> = Vec::new();
    let few = walk(&NAMES[..2], shut_out).await;
    assert_eq!(
        few,
        (
            nothing.clone(),
            vec!["ann Suspended".into(), "bob Suspended".into()]
        )
    );
    let many = walk(&NAMES, shut_out).await;
    assert_eq!(
        many,
        (nothing.clone(), nothing.clone()),
        "the three others are held, all of them"
    );
    // Better rules take it back; what they give is not held.
    let given_back = walk(&NAMES, |name| {
        vec![ensure(name), Operation::RestoreAccount(id(name))]
    })
    .await;
    assert_eq!(given_back.0.len(), 5, "{given_back:?}");
    assert_eq!(fixture.store.target_status(fixture.target).unwrap().held(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_groups_is_counted_once_and_who_never_was_in_is_not() {
    let fixture = crew().await;
    let leave = |group: &str, name: &str| vec![Operation::EnsureNotMembers(membership(group, &[name]))];
    let seq = |name: &str| fixture.store.user(fixture.app.seq, name).unwrap().unwrap().seq;
    for name in NAMES {
        // A rule that states it for everybody takes nothing from those who are not in.
        change(
            &fixture,
            name,
            true,
            [leave("elsewhere", name), vec![ensure(name)]].concat(),
        )
        .await;
    }
    assert_eq!(fixture.store.brake(fixture.target).unwrap(), None);
    fixture.reconcile().await;
    deactivate(&fixture, "ann").await;
    fixture
        .members("crew", &[], &[("ann", seq("ann"))], leave("crew", "ann"))
        .await;
    fixture
        .members("crew", &[], &[("bob", seq("bob"))], leave("crew", "bob"))
        .await;
    assert_eq!(fixture.store.brake(fixture.target).unwrap(), None, "two users");
    fixture
        .members("crew", &[], &[("cy", seq("cy"))], leave("crew", "cy"))
        .await;
    assert_eq!(
        fixture.reconcile().await,
        ["ann Suspended", "crew-ann", "crew-bob"]
    );
    assert_eq!(
        fixture
            .store
            .target_status(fixture.target)
            .unwrap()
            .memberships
            .held,
        1
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_is_taken_away_takes_from_all_who_are_in_it() {
    let fixture = crew().await;
    let row = fixture.store.group(fixture.app.seq, "crew").unwrap().unwrap();
    let steps = vec![Operation::RemoveGroup(GroupRef::ScimId("crew".into()))];
    fixture
        .commit(Write::DeleteGroup { seq: row.seq }, steps, false)
        .await
        .unwrap();
    assert_eq!(fixture.reconcile().await, Vec::<String>::new());
    assert_eq!(fixture.store.brake(fixture.target).unwrap().unwrap().users, 5);
    release(&fixture).await;
    assert_eq!(fixture.reconcile().await, ["-crew"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_lost_long_ago_is_forgotten() {
    let fixture = crew().await;
    for (minutes, name) in (0..).step_by(40).zip(NAMES) {
        let row = fixture.store.user(fixture.app.seq, name).unwrap().unwrap();
        let write = Write::UpdateUser {
            seq: row.seq,
            id: name.into(),
            version: row.version,
            doc: Fixture::user_doc(name),
        };
        let mut commit = fixture.commit_of(write, vec![ensure(name), suspend(name, false)], true);
        commit.audit.at_ms = NOW + minutes * 60_000;
        fixture.store.commit(commit).await.unwrap();
    }
    assert_eq!(
        fixture.store.brake(fixture.target).unwrap(),
        None,
        "two in any hour"
    );
}

/// Who was only offered to an import has nothing to lose.
#[tokio::test(flavor = "multi_thread")]
async fn offered_people_make_no_room_for_others_losses() {
    let mut fixture = crew().await;
    fixture.brake = BrakeRule {
        percent: Some(40),
        users: None,
        at_least: 0,
        ..BrakeRule::default()
    };
    let offers = (0..20).map(|n| OfferedUser {
        id: format!("offered-{n}"),
        doc: Fixture::user_doc(&format!("offered-{n}")),
        link: AccountLink {
            remote_id: format!("id-{n}"),
            username: format!("offered-{n}"),
            remembered: None,
        },
    });
    let line = AuditLine {
        at_ms: NOW,
        app: Some(fixture.app.seq),
        request: String::new(),
        actor: "test".into(),
        action: "discover.offer-users".into(),
        subject: "jira".into(),
        detail: Value::Null,
    };
    let offered = fixture
        .store
        .offer_users(fixture.app.seq, fixture.target, offers.collect(), line);
    assert_eq!(offered.await.unwrap(), 20);
    assert_eq!(fixture.store.managed_users(fixture.app.seq).unwrap(), 5);
    for name in NAMES {
        deactivate(&fixture, name).await;
    }
    assert_eq!(fixture.reconcile().await, ["ann Suspended", "bob Suspended"]);
}
