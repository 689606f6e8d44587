//! Bulk requests: the input is JSON, the whole message or its operations alone.
//!
//! - The plan ends, with one turn for every operation; what an operation refers to is there before,
//!   is itself, or is named as what it is ahead of.
//! - References that are resolved or taken out are gone; those that nobody knows stay.
#![no_main]

use std::collections::HashSet;

use libfuzzer_sys::{Corpus, fuzz_target};
use serde_json::{Value, json};
use tidegate_fuzz::{WORLDS, assert_group, assert_user};
use tidegate_scim::bulk::{self, BulkAction, BulkOperation, BulkRequest, Plan, Resolve};
use tidegate_scim::patch::PatchRequest;
use tidegate_scim::{ResourceKind, group as groups, user as users};

fuzz_target!(|data: &[u8]| -> Corpus {
    let Ok(body) = serde_json::from_slice::<Value>(data) else {
        return Corpus::Reject;
    };
    let body = match body {
        Value::Array(operations) => json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations,
        }),
        body => body,
    };
    references(&body);
    if let Ok(request) = BulkRequest::read(&body) {
        turns(&request.operations);
        for operation in request.operations {
            if let Ok(action) = operation.action {
                carry_out(action);
            }
        }
    }
    Corpus::Keep
});

fn references(value: &Value) {
    let names = bulk::references(value);
    assert!(names.is_sorted(), "{names:?}");
    if let Some(rest) = bulk::without(value, &|_| true) {
        assert!(bulk::references(&rest).is_empty(), "{rest}");
    }
    let kept = bulk::without(value, &|_| false);
    assert_eq!(kept.as_ref(), Some(value));
    let mut resolved = value.clone();
    bulk::resolve(&mut resolved, &|_| Resolve::Unknown);
    assert_eq!(&resolved, value);
    bulk::resolve(&mut resolved, &|name| Resolve::Id(format!("id-{name}")));
    assert!(bulk::references(&resolved).is_empty(), "{resolved}");
    if let Some(first) = names.first() {
        let rest = bulk::without(value, &|name| name == first).map(|rest| bulk::references(&rest));
        assert!(
            !rest.is_some_and(|rest| rest.contains(first)),
            "{first} is still there"
        );
    }
}

fn turns(operations: &[BulkOperation]) {
    let creates = |name: &str| {
        operations.iter().position(|operation| {
            matches!(operation.action, Ok(BulkAction::Create { .. }))
                && operation.bulk_id.as_deref() == Some(name)
        })
    };
    let mut plan = Plan::new(operations);
    let mut done = HashSet::new();
    while let Some(turn) = plan.next_turn() {
        let operation = &operations[turn.index];
        let named = operation
            .action
            .as_ref()
            .map(BulkAction::references)
            .unwrap_or_default();
        for name in &named {
            let Some(creator) = creates(name) else { continue };
            let there = creator == turn.index || done.contains(&creator);
            assert_ne!(there, turn.ahead_of.contains(name), "{name} at {turn:?}");
        }
        assert!(turn.ahead_of.iter().all(|name| named.contains(name)), "{turn:?}");
        assert!(done.insert(turn.index), "a second turn: {turn:?}");
    }
    assert_eq!(done.len(), operations.len(), "not all had their turn");
    assert_eq!(plan.next_turn(), None);
}

/// As the server does, with every reference known.
fn carry_out(action: BulkAction) {
    let resolved = |mut data: Value| {
        bulk::resolve(&mut data, &|name| Resolve::Id(format!("id-{name}")));
        data
    };
    for world in WORLDS.iter() {
        let schemas = world.schemas;
        match action.clone() {
            BulkAction::Create {
                kind: ResourceKind::User,
                data,
            } => {
                let _ = users::create(schemas, &resolved(data)).inspect(|made| assert_user(schemas, made));
            }
            BulkAction::Create {
                kind: ResourceKind::Group,
                data,
            } => {
                let _ = groups::create(schemas, &resolved(data))
                    .inspect(|made| assert_group(schemas, &made.document));
            }
            BulkAction::Replace {
                kind: ResourceKind::User,
                data,
                ..
            } => {
                let _ = users::replace(schemas, &world.user, &resolved(data))
                    .inspect(|made| assert_user(schemas, made));
            }
            BulkAction::Replace {
                kind: ResourceKind::Group,
                data,
                ..
            } => {
                let _ = groups::replace(schemas, &world.group, &resolved(data))
                    .inspect(|made| assert_group(schemas, &made.document));
            }
            BulkAction::Modify { kind, data, .. } => {
                let Ok(request) = PatchRequest::parse(&resolved(data)) else {
                    continue;
                };
                match kind {
                    ResourceKind::User => {
                        let _ = users::patch(schemas, &world.user, &request)
                            .inspect(|made| assert_user(schemas, made));
                    }
                    ResourceKind::Group => {
                        let _ = groups::patch(schemas, &world.group, &request)
                            .inspect(|made| assert_group(schemas, &made.document));
                    }
                }
            }
            BulkAction::Delete { .. } => {}
        }
    }
}
