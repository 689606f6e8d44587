//! Minds that change while something is under way: nobody keeps what they should lose.
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use common::{Fixture, ensure, ensure_as, fixture, id, membership, suspend};
use tidegate_directory::connector::AccountLink;
use tidegate_directory::plan::Operation;
use tidegate_store::brake::BrakeRule;
use tidegate_store::commit::Write;
use tidegate_store::work::{Key, Owner, Verdict};

fn leave(group: &str, name: &str) -> Vec<Operation> {
    vec![Operation::EnsureNotMembers(membership(group, &[name]))]
}

fn join(group: &str, name: &str) -> Vec<Operation> {
    vec![Operation::EnsureMembers(membership(group, &[name]))]
}

/// The answer to a removal was lost: whether it happened is not known when she comes back.
#[tokio::test(flavor = "multi_thread")]
async fn a_membership_flipped_while_unsettled_is_stated_again() {
    let fixture = fixture().await;
    let ann = fixture.user("ann").await;
    fixture.group("eng", &["eng"], &[("ann", ann)]).await;
    fixture.reconcile().await;
    fixture
        .members("eng", &[], &[("ann", ann)], leave("eng", "ann"))
        .await;
    assert_eq!(fixture.due().len(), 1, "the removal is under way");
    fixture
        .members("eng", &[("ann", ann)], &[], join("eng", "ann"))
        .await;
    assert_eq!(fixture.reconcile().await, ["eng+ann"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_that_was_deleted_by_hand_gets_all_its_members_back() {
    let fixture = fixture().await;
    let (ann, bob) = (fixture.user("ann").await, fixture.user("bob").await);
    fixture.group("eng", &["eng"], &[("ann", ann)]).await;
    fixture.reconcile().await;
    fixture
        .members("eng", &[("bob", bob)], &[], join("eng", "bob"))
        .await;
    let work = fixture.due().remove(0);
    fixture
        .record(
            &work,
            Verdict::Gone {
                error: "no such group".into(),
                at_ms: common::NOW,
            },
        )
        .await;
    let mut done = fixture.reconcile().await;
    done.sort();
    assert_eq!(done, ["+eng", "bob Active", "eng+ann", "eng+bob"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_account_that_is_wanted_again_finds_its_groups_again() {
    let fixture = fixture().await;
    let ann = fixture.user("ann").await;
    fixture.group("eng", &["eng"], &[("ann", ann)]).await;
    fixture.reconcile().await;
    fixture
        .restate("ann", vec![Operation::RemoveAccount(id("ann"))])
        .await
        .unwrap();
    assert_eq!(fixture.reconcile().await, ["ann Removed"]);
    fixture
        .restate("ann", vec![ensure("ann"), Operation::RestoreAccount(id("ann"))])
        .await
        .unwrap();
    assert_eq!(fixture.reconcile().await, ["ann Active", "eng+ann"]);
}

/// Deleted with stripping while the product was down, then hired again under a new id.
#[tokio::test(flavor = "multi_thread")]
async fn groups_that_were_to_be_stripped_are_stripped_from_the_heir() {
    let fixture = fixture().await;
    let ann = fixture.user("ann").await;
    fixture.group("eng", &["eng"], &[("ann", ann)]).await;
    fixture.reconcile().await;
    let write = Write::DeleteUser {
        seq: ann,
        id: "ann".into(),
    };
    fixture
        .commit(write, vec![suspend("ann", true)], false)
        .await
        .unwrap();
    let write = Write::CreateUser {
        id: "ann-2".into(),
        doc: Fixture::user_doc("ann"),
    };
    let steps = vec![ensure_as("ann-2", "ann"), Operation::RestoreAccount(id("ann-2"))];
    fixture.commit(write, steps, true).await.unwrap();
    assert_eq!(fixture.reconcile().await, ["ann Active", "eng-ann"]);
}

/// New rules left the group out, without deciding anew; then it is deleted, or she leaves it.
#[tokio::test(flavor = "multi_thread")]
async fn what_rules_of_earlier_days_gave_ends_with_the_group_and_with_the_member() {
    let fixture = fixture().await;
    let (ann, bob) = (fixture.user("ann").await, fixture.user("bob").await);
    let eng = fixture
        .group("eng", &["developers"], &[("ann", ann), ("bob", bob)])
        .await;
    fixture.reconcile().await;
    fixture.members("eng", &[], &[("ann", ann)], Vec::new()).await;
    assert_eq!(fixture.reconcile().await, ["developers-ann"]);
    fixture
        .commit(Write::DeleteGroup { seq: eng }, Vec::new(), true)
        .await
        .unwrap();
    assert_eq!(fixture.reconcile().await, ["developers-bob"]);
}

/// New rules give two users one name, and the second leaves.
#[tokio::test(flavor = "multi_thread")]
async fn a_suspension_does_not_fail_on_a_name_that_is_taken() {
    let fixture = fixture().await;
    fixture.user("ann").await;
    fixture.user("bob").await;
    fixture.reconcile().await;
    let taken = fixture.restate("bob", vec![ensure_as("bob", "ann")]).await;
    assert!(taken.is_err(), "an active user gets no name of another's");
    fixture
        .restate("bob", vec![ensure_as("bob", "ann"), suspend("bob", false)])
        .await
        .unwrap();
    assert_eq!(fixture.reconcile().await, ["bob Suspended"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_has_one_owner() {
    let fixture = fixture().await;
    let (ann, bob) = (fixture.user("ann").await, fixture.user("bob").await);
    let link = AccountLink {
        remote_id: "JIRA-1".into(),
        username: "ann".into(),
        remembered: None,
    };
    let work = fixture
        .due()
        .into_iter()
        .find(|work| work.key == Key::Account(ann))
        .unwrap();
    fixture
        .record(
            &work,
            Verdict::Linked {
                link: link.clone(),
                active: None,
            },
        )
        .await;
    let owner = |user| {
        fixture
            .store
            .owner_elsewhere(fixture.target, "JIRA-1", user)
            .unwrap()
    };
    assert_eq!((owner(ann), owner(bob)), (None, Some(Owner::OnTheWay)));
    let applied = Verdict::Account {
        active: Some(true),
        link: Some(link),
        gave_back: false,
        look_again_ms: None,
    };
    fixture.record(&work, applied).await;
    assert_eq!(owner(bob), Some(Owner::Settled));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_walk_that_began_anew_is_not_advanced_or_ended_by_the_one_before() {
    let fixture = fixture().await;
    let (store, app) = (&fixture.store, fixture.app.seq);
    store.begin_restatement(app, "first", common::NOW).await.unwrap();
    let mut first = store.restatement(app).unwrap().unwrap();
    store.begin_restatement(app, "second", common::NOW).await.unwrap();
    first.users_after = 100;
    store.advance_restatement(first.clone()).await.unwrap();
    store
        .end_restatement(app, first.generation, BrakeRule::default(), common::NOW)
        .await
        .unwrap();
    let second = store.restatement(app).unwrap().unwrap();
    assert_eq!((second.users_after, second.reason.as_str()), (0, "second"));
    store
        .end_restatement(app, second.generation, BrakeRule::default(), common::NOW)
        .await
        .unwrap();
    assert!(store.restatement(app).unwrap().is_none());
}
