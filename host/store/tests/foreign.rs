//! Administrators who sign in elsewhere.
#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

mod common;

use common::{NOW, fixture};
use tidegate_store::access::{Foreign, Role, SetAdministrator};
use tidegate_store::{Store, StoreError};

fn came(subject: &str, name: &str, role: Role) -> Foreign {
    Foreign {
        issuer: "https://example.okta.com".into(),
        subject: subject.into(),
        name: name.into(),
        role,
    }
}

async fn with_a_password(store: &Store, name: &str) {
    let made = store.create_administrator(name, "$argon2id$…".into(), Role::Administrator, NOW);
    made.await.unwrap();
}

#[tokio::test]
async fn they_are_known_by_issuer_and_subject_and_never_by_a_name() {
    let store = fixture().await.store;
    let first = store
        .sign_in_foreign(came("00u1", "Ada", Role::Viewer), NOW)
        .await
        .unwrap();
    assert!(first.is_new && first.administrator.password.is_none());
    let again = store.sign_in_foreign(came("00u1", "Ada L", Role::Operator), NOW);
    let again = again.await.unwrap();
    assert!(!again.is_new && again.administrator.seq == first.administrator.seq);
    assert_eq!(
        (again.administrator.name.as_str(), again.administrator.role),
        ("Ada L", Role::Operator)
    );
    // The same subject of another issuer is somebody else.
    let elsewhere = Foreign {
        issuer: "https://other.okta.com".into(),
        ..came("00u1", "Alan", Role::Viewer)
    };
    assert!(store.sign_in_foreign(elsewhere, NOW).await.unwrap().is_new);

    with_a_password(&store, "Grace").await;
    let taken = store
        .sign_in_foreign(came("00u2", "gRACE", Role::Administrator), NOW)
        .await;
    assert!(matches!(taken, Err(StoreError::Taken { .. })), "{taken:?}");
    let renamed = store.sign_in_foreign(came("00u1", "Grace", Role::Viewer), NOW);
    assert_eq!(
        renamed.await.unwrap().administrator.name,
        "Ada L",
        "a name that is taken is not taken over"
    );
}

#[tokio::test]
async fn who_is_disabled_stays_so_and_as_they_were() {
    let store = fixture().await.store;
    let came_as = |role| store.sign_in_foreign(came("00u1", "Ada", role), NOW);
    came_as(Role::Viewer).await.unwrap();
    let off = SetAdministrator {
        disabled: Some(true),
        ..SetAdministrator::default()
    };
    store.set_administrator("ada", off).await.unwrap();
    let again = came_as(Role::Administrator).await.unwrap().administrator;
    assert!(again.disabled);
    assert_eq!(again.role, Role::Viewer);
    for wanted in [
        SetAdministrator {
            password: Some("$argon2id$…".into()),
            ..SetAdministrator::default()
        },
        SetAdministrator {
            role: Some(Role::Administrator),
            ..SetAdministrator::default()
        },
    ] {
        let refused = store.set_administrator("ada", wanted).await;
        assert!(matches!(refused, Err(StoreError::Step(_))), "{refused:?}");
    }
    store.remove_administrator("ada").await.unwrap();
}

/// Where they sign in may be down, or say tomorrow that nobody is in the group.
#[tokio::test]
async fn the_last_one_with_a_password_stays_whoever_else_there_is() {
    let store = fixture().await.store;
    store
        .sign_in_foreign(came("00u1", "Ada", Role::Administrator), NOW)
        .await
        .unwrap();
    let link = store.put_setup([7; 32], NOW + 1_000).await.unwrap();
    assert!(link, "there is nobody with a password yet");
    with_a_password(&store, "Grace").await;
    let refused = store.remove_administrator("grace").await;
    assert!(matches!(refused, Err(StoreError::Step(_))), "{refused:?}");
    store.remove_administrator("ada").await.unwrap();
}
