//! Reading a target: page by page, and on where it stopped.
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use common::{NOW, ensure, fixture};
use tidegate_directory::connector::{Account, AccountPage, Page};
use tidegate_store::Store;
use tidegate_store::seal::Sealer;
use tidegate_store::survey::{Phase, Survey};

fn account(name: &str) -> Account {
    Account {
        remote_id: format!("key-{name}"),
        username: name.to_owned(),
        email: Some(format!("{name}@example.com")),
        display_name: None,
        active: true,
        directory: None,
        mutable: true,
    }
}

fn accounts(names: &[&str], next: Option<&str>) -> AccountPage {
    AccountPage {
        accounts: names.iter().map(|name| account(name)).collect(),
        next: next.map(str::to_owned),
    }
}

fn names(names: &[&str], next: Option<&str>) -> Page {
    Page {
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        next: next.map(str::to_owned),
    }
}

/// Reads it all: accounts a and b, groups One and Two, a in One.
async fn read(store: &Store, target: i64, whole: bool, at_ms: i64) -> Survey {
    let survey = store.begin_survey(target, whole, at_ms).await.unwrap();
    let survey = store
        .found_accounts(target, survey, accounts(&["a", "b"], None))
        .await
        .unwrap();
    let mut survey = store
        .found_groups(target, survey, names(&["One", "Two"], None), at_ms)
        .await
        .unwrap();
    while survey.phase == Phase::Members {
        let group = store.members_of(target, &survey).unwrap().unwrap();
        let members = if group == "One" {
            names(&["A"], None)
        } else {
            Page::default()
        };
        survey = store.found_members(target, survey, members, at_ms).await.unwrap();
    }
    survey
}

#[tokio::test]
async fn a_reading_goes_on_after_a_restart_where_it_stopped() {
    let fixture = fixture().await;
    let (store, target) = (&fixture.store, fixture.target);
    let survey = store.begin_survey(target, true, NOW).await.unwrap();
    let survey = store
        .found_accounts(target, survey, accounts(&["a"], Some("2")))
        .await
        .unwrap();
    assert_eq!(
        (survey.phase, survey.cursor.as_deref()),
        (Phase::Accounts, Some("2"))
    );
    assert_eq!(
        store.drift(target).await.unwrap(),
        None,
        "half a reading is no report"
    );

    let again = Store::open(&fixture.folder.path().join("db"), Sealer::new(&[1; 32])).unwrap();
    let survey = again.begin_survey(target, true, NOW + 1).await.unwrap();
    assert_eq!((survey.cursor.as_deref(), survey.started_ms), (Some("2"), NOW));
    let survey = again
        .found_accounts(target, survey, accounts(&["b"], None))
        .await
        .unwrap();
    let survey = again
        .found_groups(target, survey, names(&["Two"], Some("x")), NOW)
        .await
        .unwrap();
    assert_eq!(
        (survey.phase, survey.cursor.as_deref()),
        (Phase::Groups, Some("x"))
    );
    let survey = again
        .found_groups(target, survey, names(&["One"], None), NOW)
        .await
        .unwrap();
    assert_eq!(
        (survey.phase, survey.group.as_deref()),
        (Phase::Members, Some("one"))
    );
    let survey = again
        .found_members(target, survey, names(&["a"], Some("1")), NOW)
        .await
        .unwrap();
    let survey = again
        .found_members(target, survey, names(&["b"], None), NOW)
        .await
        .unwrap();
    assert_eq!(survey.group.as_deref(), Some("two"));
    let survey = again
        .found_members(target, survey, Page::default(), NOW + 5)
        .await
        .unwrap();
    assert_eq!((survey.phase, survey.ended_ms), (Phase::Done, Some(NOW + 5)));
    let found = again.found_so_far(target, &survey).unwrap();
    assert_eq!(
        (found.accounts, found.groups, found.groups_read, found.memberships),
        (2, 2, 2, 2)
    );
}

#[tokio::test]
async fn what_the_next_reading_does_not_find_is_forgotten_once_its_list_was_read_to_the_end() {
    let fixture = fixture().await;
    let (store, target) = (&fixture.store, fixture.target);
    read(store, target, true, NOW).await;
    let survey = store.begin_survey(target, true, NOW + 10).await.unwrap();
    assert_eq!(survey.generation, 2);
    let survey = store
        .found_accounts(target, survey, accounts(&["b"], Some("1")))
        .await
        .unwrap();
    let survey = store
        .found_accounts(target, survey, AccountPage::default())
        .await
        .unwrap();
    let survey = store
        .found_groups(target, survey, names(&["Two"], None), NOW + 10)
        .await
        .unwrap();
    let survey = store
        .found_members(target, survey, Page::default(), NOW + 10)
        .await
        .unwrap();
    assert_eq!(survey.phase, Phase::Done);
    let drift = store.drift(target).await.unwrap().unwrap();
    assert_eq!(
        (
            drift.count("account", "unmanaged"),
            drift.count("group", "unmanaged")
        ),
        (1, 1)
    );
}

#[tokio::test]
async fn members_of_managed_groups_only_and_rows_on_their_way_are_no_drift() {
    let fixture = fixture().await;
    let (store, target) = (&fixture.store, fixture.target);
    fixture.user("a").await;
    fixture.restate("a", vec![ensure("a")]).await.unwrap();
    fixture.group("One", &["One"], &[]).await;
    fixture.reconcile().await;
    let survey = read(store, target, false, NOW + 1_000).await;
    let found = store.found_so_far(target, &survey).unwrap();
    assert_eq!(found.memberships, 1, "the group Two is not managed");
    let drift = store.drift(target).await.unwrap().unwrap();
    assert_eq!(drift.count("group", "missing"), 0);
    let missing = drift.count("account", "missing");

    // A user who comes while it is read is not there yet, and is not missing.
    fixture.user("late").await;
    fixture.restate("late", vec![ensure("late")]).await.unwrap();
    let drift = store.drift(target).await.unwrap().unwrap();
    assert_eq!(drift.count("account", "missing"), missing, "{drift:#?}");
}
