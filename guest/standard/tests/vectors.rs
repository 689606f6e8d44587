//! Every file of `vectors/`: settings and a request, and the plan or the rejection that the
//! policy owes. The runtime's tests run the same files through the compiled component.
#![allow(clippy::unwrap_used, reason = "a test")]

use serde_json::Value;
use tidegate_sdk::types::Rejection;
use tidegate_sdk::{Plan, Policy, Request};
use tidegate_standard::Standard;

/// Runs one vector; `Err` says what is wrong with it.
fn run(vector: &Value) -> Result<(), String> {
    let read = |error: serde_json::Error| format!("the file cannot be read: {error}");
    let settings = vector["settings"].to_string();
    let policy = Standard::configure(&settings).map_err(|problems| format!("settings: {problems:?}"))?;
    let request: Request = serde_json::from_value(vector["request"].clone()).map_err(read)?;
    let expected: Result<Plan, Rejection> = match vector.get("rejection") {
        Some(rejection) => Err(serde_json::from_value(rejection.clone()).map_err(read)?),
        None => Ok(serde_json::from_value(vector["plan"].clone()).map_err(read)?),
    };
    let decided = policy.decide(&request);
    if decided == expected {
        return Ok(());
    }
    let show = |outcome: Result<Plan, Rejection>| serde_json::to_string_pretty(&outcome).unwrap();
    Err(format!("expected {}\ndecided {}", show(expected), show(decided)))
}

#[test]
fn the_policy_decides_as_the_vectors_say() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/vectors");
    let mut wrong = Vec::new();
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let vector: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        count += 1;
        if let Err(complaint) = run(&vector) {
            wrong.push(format!("{}: {complaint}", path.file_name().unwrap().display()));
        }
    }
    assert!(count > 50, "only {count} vectors were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
