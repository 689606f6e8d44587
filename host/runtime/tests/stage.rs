//! From a file to a version: what is refused, with which reason, and what a snapshot is.
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use common::{RUNTIME, decide, nested, planned, request, stage};
use tidegate_guests::{MISBEHAVE, STANDARD};
use tidegate_runtime::grants::Grants;
use tidegate_runtime::stage::{Staging, snapshot_key};
use tidegate_runtime::{Failure, StageError};

async fn refused(component: &[u8], settings: &str) -> StageError {
    stage(component, settings, Grants::default()).await.unwrap_err()
}

fn wat(file: &str) -> Vec<u8> {
    let path = format!("{}/../../tests/wat/{file}", env!("CARGO_MANIFEST_DIR"));
    wat::parse_file(path).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_a_component_is_refused() {
    for bytes in [&b""[..], b"not wasm", b"\0asm\x01\0\0\0"] {
        let error = refused(bytes, "{}").await;
        assert!(matches!(error, StageError::NotAComponent(_)), "{error}");
    }
    // Cut short, and with a byte changed in the middle.
    let half = MISBEHAVE.get(..MISBEHAVE.len() / 2).unwrap();
    assert!(matches!(refused(half, "{}").await, StageError::NotAComponent(_)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_of_another_world_is_refused_with_what_it_has() {
    let error = refused(&wat("another-world.wat"), "{}").await;
    assert!(matches!(error, StageError::WrongWorld(_)), "{error}");
    assert!(
        error.to_string().contains("example:other/greeter@1.0.0"),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_import_is_refused_by_name() {
    let error = refused(&wat("unknown-import.wat"), "{}").await;
    assert!(matches!(error, StageError::WrongWorld(_)), "{error}");
    assert!(error.to_string().contains("example:other/dynamite"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_configure_refuses_are_named_by_pointer() {
    let StageError::Settings(problems) = refused(MISBEHAVE, r#"{"behaviour":"configure-fails"}"#).await
    else {
        panic!("another error")
    };
    assert_eq!(problems[0].0, "/behaviour");
    let settings =
        r#"{"username-rules":[{"pattern":"(","replacement":""},{"pattern":"(.*)@.*","replacement":"$2"}]}"#;
    let StageError::Settings(problems) = refused(STANDARD, settings).await else {
        panic!("another error")
    };
    let pointers: Vec<&str> = problems.iter().map(|(pointer, _)| pointer.as_str()).collect();
    assert_eq!(
        pointers,
        ["/username-rules/0/pattern", "/username-rules/1/replacement"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn configure_that_traps_or_never_ends_is_refused() {
    let error = refused(MISBEHAVE, r#"{"behaviour":"configure-panics"}"#).await;
    let StageError::Failed {
        during: "configure",
        failure: Failure::Trap { stderr, .. },
    } = &error
    else {
        panic!("{error}")
    };
    assert!(stderr.contains("configure was told to panic"), "{stderr}");
    let mut grants = Grants::default();
    grants.limits.configure_millis = 200;
    let error = stage(MISBEHAVE, r#"{"behaviour":"configure-loops"}"#, grants)
        .await
        .unwrap_err();
    assert!(
        matches!(
            error,
            StageError::Failed {
                failure: Failure::Cpu { .. },
                ..
            }
        ),
        "{error}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_starts_configured_and_is_kept_for_the_next_start() {
    let settings = r#"{"username-rules":[{"pattern":"(.*)@.*","replacement":"$1"}]}"#;
    let first = stage(STANDARD, settings, Grants::default()).await.unwrap();
    assert!(first.version.snapshotted(), "{}", first.version.note());
    let image = first.snapshot.unwrap();
    let staging = Staging {
        component: STANDARD.to_vec(),
        settings: settings.into(),
        grants: Grants::default(),
        snapshot: Some(image),
        plain: false,
    };
    let second = RUNTIME.stage(staging).await.unwrap();
    assert!(second.snapshot.is_none(), "it was given");
    let request = request("r", "ann@example.com");
    let (one, other) = (
        decide(&first.version, &request).await,
        decide(&second.version, &request).await,
    );
    let plan = planned(one);
    assert_eq!(plan, planned(other));
    let text = serde_json::to_string(&plan).unwrap();
    assert!(text.contains(r#""username":"ann""#), "{text}");
    assert_ne!(snapshot_key(STANDARD, settings), snapshot_key(STANDARD, "{}"));
}

/// Same request and same version, same plan; nothing that one decision did reaches another.
#[tokio::test(flavor = "multi_thread")]
async fn decisions_do_not_know_of_each_other() {
    let version = stage(STANDARD, "{}", Grants::default()).await.unwrap().version;
    let alone = planned(decide(&version, &request("r", "ann@example.com")).await);
    for other in ["bob@example.com", "cyd@example.com"] {
        decide(&version, &request("o", other))
            .await
            .outcome
            .unwrap()
            .unwrap();
    }
    assert_eq!(
        planned(decide(&version, &request("r", "ann@example.com")).await),
        alone
    );
}

/// A component of components cannot be snapshotted (wizer: "nested components with modules").
/// It serves all the same, configured in each sandbox, and the version says why.
#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_snapshotted_is_configured_in_each_sandbox() {
    let staged = stage(&nested(MISBEHAVE), r#"{"tag":"kept"}"#, Grants::default())
        .await
        .unwrap();
    let version = staged.version;
    assert!(!version.snapshotted() && staged.snapshot.is_none());
    assert!(version.note().contains("nested components"), "{}", version.note());
    for id in ["one", "two"] {
        let plan = planned(decide(&version, &request(id, "ann")).await);
        assert_eq!(plan.steps[0].reason, format!("{id} kept"));
    }
    // What is wrong with the settings is still found when it is staged.
    let error = refused(&nested(MISBEHAVE), r#"{"behaviour":"configure-fails"}"#).await;
    assert!(matches!(error, StageError::Settings(_)), "{error}");
    let error = refused(&nested(MISBEHAVE), r#"{"behaviour":"configure-panics"}"#).await;
    assert!(
        matches!(
            error,
            StageError::Failed {
                during: "configure",
                ..
            }
        ),
        "{error}"
    );
}
