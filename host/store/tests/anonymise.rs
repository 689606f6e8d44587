//! An administrator's wish that an account loses its name: a mark on the row, which rules do not take back.
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use common::{Fixture, ensure, ensure_as, fixture, id, suspend};
use serde_json::json;
use tidegate_directory::plan::Operation;
use tidegate_store::anonymise::Unfit;
use tidegate_store::audit::AuditLine;
use tidegate_store::commit::Write;
use tidegate_store::work::{Task, Verdict};

/// The product has done it.
const GONE: Verdict = Verdict::Account {
    active: None,
    link: None,
    gave_back: false,
    look_again_ms: None,
};

fn line() -> AuditLine {
    AuditLine {
        at_ms: 0,
        app: None,
        request: "by-hand".into(),
        actor: "administrator:ada".into(),
        action: "account.anonymise".into(),
        subject: "ann".into(),
        detail: json!({}),
    }
}

/// Marks ann's account.
async fn mark(fixture: &Fixture) -> Result<(), Unfit> {
    let leaver = fixture
        .store
        .leaver(fixture.app.seq, fixture.target, "ann")
        .unwrap()?;
    fixture
        .store
        .anonymise(fixture.target, leaver, line())
        .await
        .unwrap()
}

async fn leaver() -> Fixture {
    let fixture = fixture().await;
    fixture.user("ann").await;
    fixture
        .restate("ann", vec![ensure("ann"), suspend("ann", false)])
        .await
        .unwrap();
    fixture.reconcile().await;
    fixture
}

/// As `tidegate why` tells it: wanted, and what is there.
fn shown(fixture: &Fixture) -> (String, String) {
    let found = fixture.store.why(fixture.app.seq, "ann").unwrap().remove(0);
    let row = found.rows.first().unwrap().clone();
    (row.wanted, row.applied)
}

fn words(wanted: &str, applied: &str) -> (String, String) {
    (wanted.to_owned(), applied.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_done_once_and_told_for_ever() {
    let fixture = leaver().await;
    mark(&fixture).await.unwrap();
    assert_eq!(shown(&fixture), words("anonymised", "suspended"));
    assert_eq!(fixture.reconcile().await, ["ann Anonymised"]);
    assert_eq!(shown(&fixture), words("anonymised", "anonymised"));
    assert!(fixture.reconcile().await.is_empty());
    assert_eq!(mark(&fixture).await, Err(Unfit::Done), "there is nothing left");
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_that_want_the_account_shut_out_do_not_take_it_back() {
    let fixture = leaver().await;
    mark(&fixture).await.unwrap();
    let again = vec![ensure_as("ann", "ann2"), suspend("ann", true)];
    fixture.restate("ann", again).await.unwrap();
    assert_eq!(fixture.reconcile().await, ["ann2 Anonymised"]);

    // Decided while the product was at it: it is asked once more, and finds nothing.
    let fixture = leaver().await;
    mark(&fixture).await.unwrap();
    let work = fixture.due().remove(0);
    fixture
        .restate("ann", vec![ensure("ann"), suspend("ann", true)])
        .await
        .unwrap();
    fixture.record(&work, GONE).await;
    let again = fixture.due().remove(0);
    assert!(
        matches!(again.task, Task::Account { link: Some(_), .. }),
        "what is left of the account is found by its link: {again:?}"
    );
    assert_eq!(fixture.reconcile().await, ["ann Anonymised"]);
    assert_eq!(shown(&fixture), words("anonymised", "anonymised"));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_is_not_anonymised() {
    let back = || vec![ensure("ann"), Operation::RestoreAccount(id("ann"))];
    let fixture = leaver().await;
    mark(&fixture).await.unwrap();
    fixture.restate("ann", back()).await.unwrap();
    assert_eq!(fixture.reconcile().await, ["ann Active"]);

    let fixture = leaver().await;
    mark(&fixture).await.unwrap();
    fixture.reconcile().await;
    fixture.restate("ann", back()).await.unwrap();
    assert_eq!(fixture.reconcile().await, ["ann Active"]);
    assert_eq!(shown(&fixture), words("active", "active"), "with a new account");
    assert_eq!(mark(&fixture).await, Err(Unfit::InUse));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_of_a_user_who_is_deleted() {
    // Deleted in Okta first, then asked for.
    let fixture = leaver().await;
    let seq = fixture.store.user(fixture.app.seq, "ann").unwrap().unwrap().seq;
    let delete = Write::DeleteUser {
        seq,
        id: "ann".into(),
    };
    fixture
        .commit(delete, vec![suspend("ann", false)], false)
        .await
        .unwrap();
    mark(&fixture).await.unwrap();
    assert_eq!(fixture.reconcile().await, ["ann Anonymised"]);
    assert!(fixture.store.why(fixture.app.seq, "ann").unwrap().is_empty());

    // The other way round.
    let fixture = leaver().await;
    mark(&fixture).await.unwrap();
    fixture.reconcile().await;
    let row = fixture.store.user(fixture.app.seq, "ann").unwrap().unwrap();
    let delete = Write::DeleteUser {
        seq: row.seq,
        id: "ann".into(),
    };
    fixture
        .commit(delete, vec![suspend("ann", false)], false)
        .await
        .unwrap();
    assert!(fixture.store.why(fixture.app.seq, "ann").unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn asked_twice_it_is_done_once() {
    let fixture = leaver().await;
    mark(&fixture).await.unwrap();
    let work = fixture.due().remove(0);
    mark(&fixture).await.unwrap();
    let rev = fixture.due().remove(0).rev;
    assert_eq!(rev, work.rev, "a double click changes nothing");
    // Refused, it can be asked for again.
    let (kind, error) = ("refused", "no".to_owned());
    fixture.record(&work, Verdict::Parked { kind, error }).await;
    assert!(fixture.due().is_empty());
    mark(&fixture).await.unwrap();
    assert_eq!(fixture.reconcile().await, ["ann Anonymised"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_can_be_taken_back_until_it_is_done() {
    let fixture = leaver().await;
    mark(&fixture).await.unwrap();
    let leaver = fixture
        .store
        .leaver(fixture.app.seq, fixture.target, "ann")
        .unwrap()
        .unwrap();
    let withdrawn = fixture
        .store
        .withdraw_anonymising(fixture.target, leaver, line())
        .await;
    withdrawn.unwrap().unwrap();
    assert_eq!(fixture.reconcile().await, ["ann Suspended"]);
    assert_eq!(shown(&fixture), words("suspended", "suspended"));
}

/// Nobody is looked for by a name that is free again.
#[tokio::test(flavor = "multi_thread")]
async fn what_rules_say_of_it_afterwards_is_no_work() {
    let fixture = leaver().await;
    mark(&fixture).await.unwrap();
    fixture.reconcile().await;
    for plan in [
        vec![ensure_as("ann", "anna"), suspend("ann", true)],
        vec![Operation::RemoveAccount(id("ann"))],
    ] {
        fixture.restate("ann", plan).await.unwrap();
        assert!(fixture.due().is_empty());
    }
    assert_eq!(fixture.store.target_status(fixture.target).unwrap().pending(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn its_memberships_are_no_work_either() {
    let fixture = fixture().await;
    let ann = fixture.user("ann").await;
    fixture.group("eng", &["eng"], &[("ann", ann)]).await;
    fixture.reconcile().await;
    fixture
        .restate("ann", vec![ensure("ann"), suspend("ann", true)])
        .await
        .unwrap();
    mark(&fixture).await.unwrap();
    // The account first, as where the product was down: who is out of which group is then nobody's affair.
    let account = fixture
        .due()
        .into_iter()
        .find(|work| matches!(work.task, Task::Account { .. }))
        .unwrap();
    fixture.record(&account, GONE).await;
    assert!(fixture.due().is_empty());
    assert_eq!(fixture.store.target_status(fixture.target).unwrap().pending(), 0);
    fixture
        .restate("ann", vec![ensure("ann"), Operation::RestoreAccount(id("ann"))])
        .await
        .unwrap();
    assert_eq!(fixture.reconcile().await, ["ann Active", "eng+ann"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_that_let_the_account_go_do_not_take_it_back() {
    let fixture = leaver().await;
    mark(&fixture).await.unwrap();
    fixture
        .restate("ann", vec![Operation::ReleaseAccount(id("ann"))])
        .await
        .unwrap();
    assert_eq!(fixture.reconcile().await, ["ann Anonymised"]);
    assert_eq!(shown(&fixture), words("anonymised", "anonymised"));
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_it_cannot_be_done_to_is_told_apart() {
    let fixture = fixture().await;
    assert_eq!(mark(&fixture).await, Err(Unfit::Nobody));
    fixture.user("ann").await;
    assert_eq!(mark(&fixture).await, Err(Unfit::InUse));
    fixture.reconcile().await;
    let let_go = vec![Operation::ReleaseAccount(id("ann"))];
    fixture.restate("ann", let_go).await.unwrap();
    assert_eq!(mark(&fixture).await, Err(Unfit::Released));
}
