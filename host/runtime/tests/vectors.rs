//! The decision vectors of the standard policy through the compiled component: native code
//! and WASM decide alike. `guest/standard/tests/vectors.rs` runs the same files natively.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

mod common;

use common::{decide, nested};
use serde::Deserialize;
use serde_json::{Value, json};
use tidegate_directory::plan::Plan;
use tidegate_directory::target::Product;
use tidegate_guests::STANDARD;
use tidegate_runtime::grants::Grants;
use tidegate_runtime::stage::Staging;
use tidegate_runtime::{Change, Occasion, Rejection, Request, Runtime, TargetView};
use tidegate_scim::view::{GroupView, MemberView, UserView};

/// A snapshot is a component of its own for each settings, and compiling it takes a second
/// or two. So all files run configured in each sandbox, compiled once; these, which use
/// regular expressions of both kinds, run from a snapshot as well.
const SNAPSHOTTED: [&str; 2] = ["targets-override.json", "group-mapping-regex.json"];

/// One file.
#[derive(Deserialize)]
struct Vector {
    settings: Value,
    request: Asked,
    plan: Option<Plan>,
    rejection: Option<Value>,
}

/// The request as the contract spells it; the runtime's own type is not written as JSON.
#[derive(Deserialize)]
struct Asked {
    id: String,
    app: String,
    occasion: String,
    now: u64,
    targets: Vec<Target>,
    change: Changed,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    product: Product,
    directory: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Changed {
    User {
        before: Option<Box<UserView>>,
        after: Option<Box<UserView>>,
        groups: Vec<String>,
    },
    Group {
        before: Option<GroupView>,
        after: Option<GroupView>,
    },
    Membership {
        group: GroupView,
        added: Vec<MemberView>,
        removed: Vec<MemberView>,
    },
}

impl Asked {
    fn request(self) -> Request {
        let target = |Target {
                          name,
                          product,
                          directory,
                      }| TargetView {
            name,
            product,
            directory,
        };
        Request {
            id: self.id,
            app: self.app,
            occasion: if self.occasion == "event" {
                Occasion::Event
            } else {
                Occasion::Reconcile
            },
            now_ms: self.now,
            targets: self.targets.into_iter().map(target).collect(),
            change: match self.change {
                Changed::User {
                    before,
                    after,
                    groups,
                } => Change::User {
                    before,
                    after,
                    groups,
                },
                Changed::Group { before, after } => Change::Group { before, after },
                Changed::Membership {
                    group,
                    added,
                    removed,
                } => Change::Membership {
                    group,
                    added,
                    removed,
                },
            },
        }
    }
}

fn rejection(rejection: Rejection) -> Value {
    match rejection {
        Rejection::InvalidValue(text) => json!({ "invalid-value": text }),
        other => panic!("the standard policy does not reject so: {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_component_decides_as_the_vectors_say() {
    let cache = tempfile::tempdir().unwrap();
    let runtime = Runtime::new(Some(cache.path())).unwrap();
    let plain = nested(STANDARD);
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../guest/standard/vectors");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let file = path.file_name().unwrap().to_str().unwrap();
        let text = std::fs::read(&path).unwrap();
        let twice = SNAPSHOTTED.contains(&file);
        for component in [plain.as_slice()].into_iter().chain(twice.then_some(STANDARD)) {
            check(&runtime, component, serde_json::from_slice(&text).unwrap(), file).await;
            count += 1;
        }
    }
    assert!(count > 50 + SNAPSHOTTED.len(), "only {count} vectors were found");
}

async fn check(runtime: &Runtime, component: &[u8], vector: Vector, file: &str) {
    let settings = vector.settings.to_string();
    let staging = Staging {
        component: component.to_vec(),
        settings,
        grants: Grants::default(),
        snapshot: None,
    };
    let version = runtime.stage(staging).await.unwrap().version;
    assert_eq!(version.snapshotted(), component == STANDARD, "{file}");
    let decided = decide(&version, &vector.request.request()).await.outcome.unwrap();
    match vector.rejection {
        Some(expected) => assert_eq!(decided.map_err(rejection).unwrap_err(), expected, "{file}"),
        None => assert_eq!(decided.unwrap(), vector.plan.unwrap(), "{file}"),
    }
}
