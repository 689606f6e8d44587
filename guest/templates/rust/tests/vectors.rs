//! The vectors, natively: no sandbox, a debugger at hand. `tidegate policy test` asks the component the same.

use policy::Rules;
use serde_json::Value;
use tidegate_sdk::{Plan, Policy, Request};

#[test]
fn the_policy_decides_as_the_vectors_say() {
    for entry in std::fs::read_dir("vectors").unwrap() {
        let path = entry.unwrap().path();
        let vector: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let policy = Rules::configure(&vector["settings"].to_string()).unwrap();
        let request: Request = serde_json::from_value(vector["request"].clone()).unwrap();
        let plan: Plan = serde_json::from_value(vector["plan"].clone()).unwrap();
        assert_eq!(policy.decide(&request).unwrap(), plan, "{}", path.display());
    }
}
