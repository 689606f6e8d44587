//! The decision vectors of the standard policy through the compiled component: native code
//! and WASM decide alike. `guest/standard/tests/vectors.rs` runs the same files natively.
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use std::sync::Arc;

use tidegate_guests::{FREEZE, NAMES, STANDARD};
use tidegate_runtime::Runtime;
use tidegate_runtime::stage::Staging;
use tidegate_runtime::vectors::Vector;

/// A snapshot is a component of its own for each settings, and compiling it takes a second
/// or two. So all files run configured in each sandbox, compiled once; these, which use
/// regular expressions of both kinds, run from a snapshot as well.
const SNAPSHOTTED: [&str; 2] = ["targets-override.json", "group-mapping-regex.json"];

#[tokio::test(flavor = "multi_thread")]
async fn the_component_decides_as_the_vectors_say() {
    let cache = tempfile::tempdir().unwrap();
    let runtime = Runtime::new(Some(cache.path())).unwrap();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../guest/standard/vectors");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_str().unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let twice = SNAPSHOTTED.contains(&file);
        for plain in [true].into_iter().chain(twice.then_some(false)) {
            check(&runtime, STANDARD, &Vector::read(&text).unwrap(), plain, file).await;
            count += 1;
        }
    }
    assert!(count > 50 + SNAPSHOTTED.len(), "only {count} vectors were found");
}

async fn check(runtime: &Runtime, component: &[u8], vector: &Vector, plain: bool, file: &str) {
    let staging = Staging {
        component: component.to_vec(),
        settings: vector.settings.to_string(),
        grants: vector.grants(),
        snapshot: None,
        plain,
    };
    let version = runtime.stage(staging).await.unwrap().version;
    assert_eq!(version.snapshotted(), !plain, "{file}");
    let given = vector.given.fresh();
    let decided = version.decide(&vector.request, Arc::new(given.clone())).await;
    vector
        .check(&decided.outcome, &given)
        .unwrap_or_else(|difference| panic!("{file}: {}\n{difference}", vector.why));
}

/// The examples in Rust; those in other languages are built and asked by `tests/policies/run`.
#[tokio::test(flavor = "multi_thread")]
async fn the_examples_decide_as_their_vectors_say() {
    for (component, example, least) in [(NAMES, "names", 3), (FREEZE, "freeze", 4)] {
        let folder = format!(
            "{}/../../guest/examples/{example}/vectors",
            env!("CARGO_MANIFEST_DIR")
        );
        let mut count = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let vector = Vector::read(&std::fs::read_to_string(&path).unwrap()).unwrap();
            check(
                &common::RUNTIME,
                component,
                &vector,
                true,
                &path.display().to_string(),
            )
            .await;
            count += 1;
        }
        assert!(count >= least, "{example}: only {count} vectors were found");
    }
}

/// A failure shows what was wanted and what came, line by line.
#[tokio::test(flavor = "multi_thread")]
async fn a_difference_is_shown_line_by_line() {
    let text = include_str!("../../../guest/standard/vectors/members-added.json");
    let wrong = text.replace("joined group Engineering", "came to Engineering");
    let vector = Vector::read(&wrong).unwrap();
    let version = common::stage(STANDARD, "{}", vector.grants())
        .await
        .unwrap()
        .version;
    let given = vector.given.fresh();
    let decided = version.decide(&vector.request, Arc::new(given.clone())).await;
    let difference = vector.check(&decided.outcome, &given).unwrap_err();
    assert!(
        difference.contains("-        \"reason\": \"came to Engineering\""),
        "{difference}"
    );
    assert!(
        difference.contains("+        \"reason\": \"joined group Engineering\""),
        "{difference}"
    );
    let both = wrong.replacen('{', "{\"rejection\": {\"forbidden\": \"x\"}, ", 1);
    assert!(
        Vector::read(&both)
            .unwrap_err()
            .contains("either a plan or a rejection")
    );
}
