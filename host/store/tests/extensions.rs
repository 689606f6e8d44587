//! Extensions in the store: what was checked against older schemas is not stored, and databases of
//! earlier versions are brought up to date.
#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

mod common;

use common::{Fixture, NOW, fixture};
use rusqlite::Connection;
use serde_json::json;
use tidegate_scim::ResourceKind;
use tidegate_scim::filter::Lookup;
use tidegate_scim::schema::Registered;
use tidegate_store::commit::{Commit, Write};
use tidegate_store::seal::Sealer;
use tidegate_store::{Store, StoreError};

fn badge() -> Registered {
    let document =
        json!({"id": "urn:example:badge", "attributes": [{"name": "number", "uniqueness": "server"}]});
    Registered::read(&document, vec![ResourceKind::User], false).unwrap()
}

#[tokio::test]
async fn what_was_checked_before_a_registration_is_not_stored_after_it() {
    let fixture = fixture().await;
    let rev = fixture.app.schemas_rev;
    let write = |name: &str| Write::CreateUser {
        id: name.into(),
        doc: Fixture::user_doc(name),
    };
    let with_rev = |name: &str, rev| Commit {
        schemas_rev: Some(rev),
        ..fixture.commit_of(write(name), Vec::new(), true)
    };
    fixture.store.commit(with_rev("ann", rev)).await.unwrap();
    fixture
        .store
        .put_schema(fixture.app.seq, badge(), NOW)
        .await
        .unwrap();
    let late = fixture.store.commit(with_rev("bob", rev)).await;
    assert!(matches!(late, Err(StoreError::Stale)), "{late:?}");
    let now = fixture.store.app(fixture.app.seq).unwrap().schemas_rev;
    fixture.store.commit(with_rev("bob", now)).await.unwrap();
    fixture
        .store
        .remove_schema(fixture.app.seq, "URN:example:badge")
        .await
        .unwrap();
    assert!(fixture.store.app_schemas(fixture.app.seq).unwrap().is_empty());
    let missing = fixture
        .store
        .remove_schema(fixture.app.seq, "urn:example:badge")
        .await;
    assert!(matches!(missing, Err(StoreError::NotFound)));
}

#[tokio::test]
async fn a_database_of_the_first_version_is_brought_up_to_date() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db");
    let old = Connection::open(&path).unwrap();
    old.execute_batch(include_str!("../migrations/0001_start.sql"))
        .unwrap();
    old.execute_batch(
        "PRAGMA user_version = 1;
         INSERT INTO app (id, name, options, users, created_ms) VALUES ('a', 'default', '{}', 3000, 0);
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
         INSERT INTO scim_user (app, id, user_name, active, doc, created_ms, modified_ms, version)
         SELECT 1, 'u' || i, 'user' || i, i % 100 <> 0, json_object('userName', 'user' || i), i, i, 1 FROM n;",
    )
    .unwrap();
    drop(old);
    let store = Store::open(&path, Sealer::new(&[1; 32])).unwrap();
    let page = store.users_page(1, 2_990, 100).unwrap();
    assert_eq!((page.len(), page[0].id.as_str()), (10, "u2991"));
    assert_eq!(
        store
            .found(1, ResourceKind::User, &Lookup::Inactive)
            .unwrap()
            .len(),
        30
    );
    assert!(store.app_schemas(1).unwrap().is_empty());
}
