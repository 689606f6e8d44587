//! Natively, in a world of the kit's.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

use serde_json::{Value, json};
use tidegate_example_names::Names;
use tidegate_sdk::fakes::World;
use tidegate_sdk::types::Operation;
use tidegate_sdk::{Policy, Request};

fn joins(id: &str, given: &str, family: &str) -> Request {
    let user = json!({"id": id, "user-name": format!("{id}@example.com"), "active": true,
        "name": {"given": given, "family": family}, "emails": []});
    request(json!({"user": {"after": user, "groups": []}}))
}

fn request(change: Value) -> Request {
    let request =
        json!({"id": "r", "app": "default", "occasion": "event", "now": 0, "targets": [], "change": change});
    serde_json::from_value(request).unwrap()
}

fn username(world: &mut World, request: &Request) -> String {
    let names = Names::configure("").unwrap();
    let plan = world.run(|| names.decide(request)).unwrap();
    match &plan.steps[0].operation {
        Operation::EnsureAccount(spec) => spec.username.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn who_shares_a_name_gets_a_number_and_keeps_it() {
    let mut world = World::default();
    assert_eq!(username(&mut world, &joins("u1", "Jane", "Doe")), "jdoe");
    assert_eq!(username(&mut world, &joins("u2", "John", "Doe")), "jdoe2");
    assert_eq!(username(&mut world, &joins("u3", "Jürgen", "O'Doe")), "jodoe");
    // Renamed, and asked again: the same name.
    assert_eq!(username(&mut world, &joins("u2", "John", "Smith")), "jdoe2");
    assert_eq!(world.stored("names", "name/jdoe").as_deref(), Some("u1"));
}

#[test]
fn a_name_that_was_taken_half_way_is_its_taker_s() {
    let mut world = World::default().stores("names", "name/jdoe", "u1");
    assert_eq!(username(&mut world, &joins("u1", "Jane", "Doe")), "jdoe");
    assert_eq!(username(&mut world, &joins("u2", "Jane", "Doe")), "jdoe2");
}

#[test]
fn nobody_is_nameless() {
    let names = Names::configure("{}").unwrap();
    assert!(
        World::default()
            .run(|| names.decide(&joins("u1", "", "?")))
            .is_err()
    );
    assert_eq!(
        Names::configure(r#"{"longest": 1}"#).unwrap_err()[0].path,
        "/longest"
    );
}
