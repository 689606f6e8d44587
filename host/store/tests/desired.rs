//! Desired state: who wants what, and what follows for each row.
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use common::{ensure, ensure_as, fixture, id, membership, suspend};
use tidegate_directory::connector::AccountLink;
use tidegate_directory::plan::{GroupRef, Operation};
use tidegate_store::commit::Write;
use tidegate_store::work::{Task, Verdict};

#[tokio::test(flavor = "multi_thread")]
async fn a_membership_waits_for_its_account_and_its_group() {
    let fixture = fixture().await;
    let ann = fixture.user("ann").await;
    fixture.group("eng", &["eng"], &[("ann", ann)]).await;
    assert!(
        !fixture.due().iter().any(common::is_member),
        "neither account nor group is there yet"
    );
    assert_eq!(
        fixture
            .store
            .target_status(fixture.target)
            .unwrap()
            .memberships
            .waiting,
        1
    );
    assert_eq!(fixture.reconcile().await, ["ann Active", "+eng", "eng+ann"]);
    assert_eq!(fixture.store.target_status(fixture.target).unwrap().pending(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_updates_of_one_user_are_one_row_with_the_last_value() {
    let fixture = fixture().await;
    fixture.user("ann").await;
    for n in 0..5 {
        let steps = vec![
            ensure_as("ann", &format!("ann{n}")),
            Operation::RestoreAccount(id("ann")),
        ];
        fixture.restate("ann", steps).await.unwrap();
    }
    assert_eq!(fixture.reconcile().await, ["ann4 Active"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_counts_for_what_was_wanted_when_it_was_worked_on() {
    let fixture = fixture().await;
    fixture.user("ann").await;
    let work = fixture.due().remove(0);
    fixture
        .restate("ann", vec![ensure("ann"), suspend("ann", false)])
        .await
        .unwrap();
    let link = Some(AccountLink {
        remote_id: "1".into(),
        username: "ann".into(),
        remembered: None,
    });
    fixture
        .record(
            &work,
            Verdict::Account {
                active: Some(true),
                link,
                gave_back: false,
                look_again_ms: None,
            },
        )
        .await;
    assert_eq!(
        fixture.reconcile().await,
        ["ann Suspended"],
        "the suspension is still due"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_groups_in_one_directory_group_both_have_to_let_go() {
    let fixture = fixture().await;
    let ann = fixture.user("ann").await;
    for group in ["eng", "eng-leads"] {
        fixture.group(group, &["developers"], &[("ann", ann)]).await;
    }
    fixture.reconcile().await;
    let leave = || vec![Operation::EnsureNotMembers(membership("developers", &["ann"]))];
    fixture.members("eng", &[], &[("ann", ann)], leave()).await;
    assert!(fixture.reconcile().await.is_empty(), "eng-leads still wants it");
    fixture.members("eng-leads", &[], &[("ann", ann)], leave()).await;
    assert_eq!(fixture.reconcile().await, ["developers-ann"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_for_a_user_drops_what_it_no_longer_names() {
    let fixture = fixture().await;
    fixture.user("ann").await;
    let with = |groups: &[&str]| {
        let mut steps = vec![ensure("ann"), Operation::RestoreAccount(id("ann"))];
        steps.extend(
            groups
                .iter()
                .map(|group| Operation::EnsureMembers(membership(group, &["ann"]))),
        );
        steps
    };
    fixture
        .restate("ann", with(&["everybody", "contractors"]))
        .await
        .unwrap();
    fixture.reconcile().await;
    fixture.restate("ann", with(&["everybody"])).await.unwrap();
    assert_eq!(fixture.reconcile().await, ["contractors-ann"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn stripped_groups_come_back_with_the_account() {
    let fixture = fixture().await;
    let ann = fixture.user("ann").await;
    fixture.group("eng", &["eng"], &[("ann", ann)]).await;
    fixture.reconcile().await;
    fixture
        .restate("ann", vec![ensure("ann"), suspend("ann", true)])
        .await
        .unwrap();
    let mut done = fixture.reconcile().await;
    done.sort();
    assert_eq!(done, ["ann Suspended", "eng-ann"]);
    fixture
        .restate("ann", vec![ensure("ann"), Operation::RestoreAccount(id("ann"))])
        .await
        .unwrap();
    assert_eq!(fixture.reconcile().await, ["ann Active", "eng+ann"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspension_without_stripping_leaves_memberships_alone() {
    let fixture = fixture().await;
    let ann = fixture.user("ann").await;
    fixture.group("eng", &["eng"], &[("ann", ann)]).await;
    fixture.reconcile().await;
    fixture
        .restate("ann", vec![ensure("ann"), suspend("ann", false)])
        .await
        .unwrap();
    assert_eq!(fixture.reconcile().await, ["ann Suspended"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn restating_the_same_is_no_work() {
    let fixture = fixture().await;
    let ann = fixture.user("ann").await;
    fixture.group("eng", &["eng"], &[("ann", ann)]).await;
    fixture.reconcile().await;
    fixture
        .restate("ann", vec![ensure("ann"), Operation::RestoreAccount(id("ann"))])
        .await
        .unwrap();
    assert!(fixture.due().is_empty());
}

/// Deleted in Okta and made anew: the same person, a new SCIM id, the same account.
#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_gets_the_account_back() {
    let fixture = fixture().await;
    let ann = fixture.user("ann").await;
    fixture.reconcile().await;
    let write = Write::DeleteUser {
        seq: ann,
        id: "ann".into(),
    };
    fixture
        .commit(write, vec![suspend("ann", false)], false)
        .await
        .unwrap();
    assert_eq!(fixture.reconcile().await, ["ann Suspended"]);
    let write = Write::CreateUser {
        id: "ann-2".into(),
        doc: common::Fixture::user_doc("ann"),
    };
    let steps = vec![ensure_as("ann-2", "ann"), Operation::RestoreAccount(id("ann-2"))];
    fixture.commit(write, steps, true).await.unwrap();
    let due = fixture.due();
    assert!(
        matches!(&due[0].task, Task::Account { link: Some(link), .. } if link.remote_id == "ann"),
        "{due:?}"
    );
    assert_eq!(fixture.reconcile().await, ["ann Active"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_removed_group_goes_when_its_last_claim_goes() {
    let fixture = fixture().await;
    let eng = fixture.group("eng", &["developers"], &[]).await;
    let ops = fixture.group("ops", &["developers"], &[]).await;
    fixture.reconcile().await;
    let remove = |name: &str| vec![Operation::RemoveGroup(GroupRef::ScimId(name.into()))];
    fixture
        .commit(Write::DeleteGroup { seq: eng }, remove("eng"), false)
        .await
        .unwrap();
    assert!(fixture.reconcile().await.is_empty());
    fixture
        .commit(Write::DeleteGroup { seq: ops }, remove("ops"), false)
        .await
        .unwrap();
    assert_eq!(fixture.reconcile().await, ["-developers"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_parked_row_blocks_nobody_and_is_tried_again_when_told() {
    let fixture = fixture().await;
    fixture.user("ann").await;
    fixture.user("bob").await;
    let first = fixture.due().remove(0);
    fixture
        .record(
            &first,
            Verdict::Parked {
                kind: "refused",
                error: "no such name".into(),
            },
        )
        .await;
    assert_eq!(fixture.reconcile().await, ["bob Active"]);
    let failures = fixture.store.failures(fixture.target, 10).unwrap();
    assert_eq!(
        (failures[0].name.as_str(), failures[0].error.as_str()),
        ("ann", "no such name")
    );
    assert_eq!(
        fixture
            .store
            .retry_failed(fixture.target, common::NOW)
            .await
            .unwrap(),
        1
    );
    assert_eq!(fixture.reconcile().await, ["ann Active"]);
}

/// Somebody deleted account or group by hand: both are looked at again, then the membership.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_gone_is_looked_at_again() {
    let fixture = fixture().await;
    let ann = fixture.user("ann").await;
    fixture.group("eng", &["eng"], &[]).await;
    fixture.reconcile().await;
    fixture
        .members(
            "eng",
            &[("ann", ann)],
            &[],
            vec![Operation::EnsureMembers(membership("eng", &["ann"]))],
        )
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
    assert_eq!(done, ["+eng", "ann Active", "eng+ann"]);
}

/// Bitbucket cannot deactivate: its memory of a suspension is what marks the account as one
/// that must not be given groups.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_added_to_a_group_while_suspended() {
    let fixture = fixture().await;
    let ann = fixture.user("ann").await;
    fixture.group("eng", &["eng"], &[]).await;
    fixture.reconcile().await;
    fixture
        .members(
            "eng",
            &[("ann", ann)],
            &[],
            vec![Operation::EnsureMembers(membership("eng", &["ann"]))],
        )
        .await;
    assert_eq!(fixture.due().len(), 1, "the membership is due");
    fixture
        .restate("ann", vec![ensure("ann"), suspend("ann", false)])
        .await
        .unwrap();
    assert_eq!(
        fixture.reconcile().await,
        ["ann Suspended"],
        "the membership waits"
    );
    fixture
        .restate("ann", vec![ensure("ann"), Operation::RestoreAccount(id("ann"))])
        .await
        .unwrap();
    let account = fixture.due().remove(0);
    let link = AccountLink {
        remote_id: "1".into(),
        username: "ann".into(),
        remembered: Some(serde_json::json!({})),
    };
    fixture
        .record(&account, Verdict::Linked { link, active: None })
        .await;
    assert!(
        !fixture.due().iter().any(common::is_member),
        "the product has not given anything back yet"
    );
    assert_eq!(fixture.reconcile().await, ["ann Active", "eng+ann"]);
}
