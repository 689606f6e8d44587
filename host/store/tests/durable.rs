//! What is acknowledged is on disk; what failed left nothing; secrets are not readable.
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use common::{Fixture, NOW, PASSWORD, doc, ensure, fixture, target};
use serde_json::json;
use tidegate_directory::target::ClientCertificate;
use tidegate_store::commit::Write;
use tidegate_store::seal::Sealer;
use tidegate_store::{Store, StoreError};

/// Another connection, which sees only what is committed, finds every acknowledged row.
#[tokio::test(flavor = "multi_thread")]
async fn a_write_is_acknowledged_only_after_its_commit() {
    let fixture = std::sync::Arc::new(fixture().await);
    let path = fixture.folder.path().join("db");
    let mut writes = tokio::task::JoinSet::new();
    for n in 0..200 {
        let (fixture, path) = (std::sync::Arc::clone(&fixture), path.clone());
        writes.spawn(async move {
            let name = format!("u{n}");
            fixture.user(&name).await;
            let other = rusqlite::Connection::open(path).unwrap();
            let found: bool = other
                .query_row(
                    "SELECT EXISTS (SELECT 1 FROM scim_user WHERE id = ?1)",
                    [&name],
                    |row| row.get(0),
                )
                .unwrap();
            assert!(found, "{name} was acknowledged and is not there");
        });
    }
    writes.join_all().await;
    assert_eq!(fixture.store.app(fixture.app.seq).unwrap().users, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_that_queue_share_a_commit_and_fail_alone() {
    let fixture = fixture().await;
    fixture.user("ann").await;
    let create = |id: &str, name: &str| Write::CreateUser {
        id: id.into(),
        doc: doc(json!({"userName": name, "active": true})),
    };
    let (good, bad, also_good) = tokio::join!(
        fixture.commit(create("b", "bob"), Vec::new(), true),
        fixture.commit(create("x", "ANN"), Vec::new(), true),
        fixture.commit(create("c", "cyd"), Vec::new(), true),
    );
    assert!(good.is_ok() && also_good.is_ok());
    assert!(
        matches!(bad, Err(StoreError::Taken { attribute, value }) if attribute == "userName" && value == "ANN")
    );
    assert_eq!(fixture.store.app(fixture.app.seq).unwrap().users, 3);
}

/// Resource, desired state and audit line come together or not at all.
#[tokio::test(flavor = "multi_thread")]
async fn a_refused_step_stores_nothing_of_its_change() {
    let fixture = fixture().await;
    fixture.user("ann").await;
    let lines = fixture.store.audit_tail(100).unwrap().len();
    let write = Write::CreateUser {
        id: "bob".into(),
        doc: Fixture::user_doc("bob"),
    };
    let refused = fixture
        .commit(write, vec![common::ensure_as("bob", "Ann")], true)
        .await;
    assert!(matches!(refused, Err(StoreError::UsernameTaken { username, .. }) if username == "Ann"));
    assert!(fixture.store.user(fixture.app.seq, "bob").unwrap().is_none());
    assert_eq!(fixture.store.audit_tail(100).unwrap().len(), lines);
    let write = Write::CreateUser {
        id: "eve".into(),
        doc: Fixture::user_doc("eve"),
    };
    let refused = fixture
        .commit(
            write,
            vec![ensure("eve"), common::ensure_group("g", "Jira-Administrators")],
            true,
        )
        .await;
    assert!(matches!(
        refused,
        Err(StoreError::Protected { kind: "group", .. })
    ));
    assert!(fixture.store.user(fixture.app.seq, "eve").unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_decided_on_old_state_is_stale() {
    let fixture = fixture().await;
    let seq = fixture.user("ann").await;
    let update = |version| Write::UpdateUser {
        seq,
        id: "ann".into(),
        version,
        doc: Fixture::user_doc("ann"),
    };
    fixture.commit(update(1), Vec::new(), true).await.unwrap();
    assert!(matches!(
        fixture.commit(update(1), Vec::new(), true).await,
        Err(StoreError::Stale)
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_is_there_after_a_restart_with_the_right_key_only() {
    let Fixture {
        folder, store, app, ..
    } = {
        let fixture = fixture().await;
        fixture.user("ann").await;
        fixture
    };
    drop(store);
    let path = folder.path().join("db");
    let store = Store::open(&path, Sealer::new(&[1; 32])).unwrap();
    assert_eq!(store.user(app.seq, "ann").unwrap().unwrap().version, 1);
    assert_eq!(store.targets().unwrap()[0].config, target("jira"));
    drop(store);
    let other = Store::open(&path, Sealer::new(&[2; 32])).unwrap();
    assert!(matches!(other.targets(), Err(StoreError::Sealed)));
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_password_nor_token_is_on_disk() {
    let fixture = fixture().await;
    let token = fixture
        .store
        .rotate_token(fixture.app.seq, NOW, NOW + 1)
        .await
        .unwrap();
    let mut bytes = Vec::new();
    for file in std::fs::read_dir(fixture.folder.path()).unwrap() {
        bytes.extend(std::fs::read(file.unwrap().path()).unwrap());
    }
    for secret in [PASSWORD, token.as_str(), token.trim_start_matches("tg_")] {
        assert!(
            !bytes
                .windows(secret.len())
                .any(|window| window == secret.as_bytes())
        );
    }
}

/// The key comes back to whoever builds the connector, and lies nowhere in the clear.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_certificates_key_is_sealed() {
    const KEY: &str = "the private key of this test";
    let fixture = fixture().await;
    let mut config = target("jira");
    config.proxy = Some("http://proxy.example.com:3128".into());
    config.client_certificate = Some(ClientCertificate {
        chain: "a certificate".into(),
        key: KEY.into(),
    });
    fixture
        .store
        .put_target(fixture.app.seq, &config, NOW)
        .await
        .unwrap();
    let rows = fixture.store.targets().unwrap();
    assert_eq!(rows.iter().map(|row| &row.config).collect::<Vec<_>>(), [&config]);
    for file in std::fs::read_dir(fixture.folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(KEY.len()).any(|window| window == KEY.as_bytes()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_database_is_not_touched() {
    let Fixture { folder, store, .. } = fixture().await;
    drop(store);
    let path = folder.path().join("db");
    let raw = rusqlite::Connection::open(&path).unwrap();
    raw.pragma_update(None, "user_version", 999).unwrap();
    assert!(matches!(
        Store::open(&path, Sealer::new(&[1; 32])),
        Err(StoreError::TooNew { found: 999, .. })
    ));
}
