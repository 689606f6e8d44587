//! Bodies: the input is JSON. It is a resource for POST and PUT, the body of a PATCH, and, so that
//! little is enough to go deep, the operations of one or the value of an operation without path.
//!
//! - Every document is canonical, and what is read and sent back as PUT changes nothing.
//! - One `add` or `replace` twice is once.
//! - Attributes under the URN of the core schema are those without it.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use serde_json::{Map, Value, json};
use tidegate_fuzz::{WORLDS, World, assert_group, assert_user, patch_body};
use tidegate_scim::ResourceKind;
use tidegate_scim::group::{GroupPatch, MemberOp};
use tidegate_scim::patch::{Op, PatchRequest};
use tidegate_scim::{group as groups, user as users};

fuzz_target!(|data: &[u8]| -> Corpus {
    let Ok(body) = serde_json::from_slice::<Value>(data) else {
        return Corpus::Reject;
    };
    for world in WORLDS.iter() {
        resource(world, &body);
        match &body {
            Value::Array(_) => patches(world, &patch_body(body.clone())),
            Value::Object(members) if members.contains_key("Operations") => patches(world, &body),
            Value::Object(members) => {
                for op in ["add", "replace"] {
                    patches(world, &patch_body(json!([{"op": op, "value": body}])));
                    qualified(world, op, members);
                }
            }
            _ => {}
        }
    }
    Corpus::Keep
});

/// As it is, and with what every resource needs.
fn resource(world: &World, body: &Value) {
    let schemas = world.schemas;
    let mut named = body.clone();
    if let Some(members) = named.as_object_mut() {
        members.shift_remove("schemas");
        for name in ["userName", "displayName"] {
            members.entry(name).or_insert_with(|| "n".into());
        }
    }
    for body in [body, &named] {
        if let Ok(document) = users::create(schemas, body) {
            assert_user(schemas, &document);
        }
        if let Ok(input) = groups::create(schemas, body) {
            assert_group(schemas, &input.document);
        }
        let _ = users::replace(schemas, &world.user, body).inspect(|document| assert_user(schemas, document));
        let _ = groups::replace(schemas, &world.group, body)
            .inspect(|input| assert_group(schemas, &input.document));
    }
}

fn patches(world: &World, body: &Value) {
    let schemas = world.schemas;
    let Ok(request) = PatchRequest::parse(body) else {
        return;
    };
    let [operation, more @ ..] = request.operations() else {
        panic!("no operations");
    };
    // An entry that gets another type is another entry the second time.
    let once_is_enough = more.is_empty() && operation.op != Op::Remove && !body.to_string().contains('[');
    if let Ok(once) = users::patch(schemas, &world.user, &request) {
        assert_user(schemas, &once);
        if let Ok(twice) = users::patch(schemas, &once, &request)
            && once_is_enough
        {
            assert_eq!(twice, once, "the second time differs: {body}");
        }
    }
    if let Ok(patch) = groups::patch(schemas, &world.group, &request) {
        assert_group(schemas, &patch.document);
        members(&patch);
    }
}

/// Attributes in an object under the core schema's URN, or with it as the path, mean the same as without.
fn qualified(world: &World, op: &str, members: &Map<String, Value>) {
    if members.keys().any(|name| name.contains(':')) {
        return;
    }
    for kind in ResourceKind::ALL {
        let urn = kind.schema();
        let [plain, under, at] = [
            json!({"op": op, "value": members}),
            json!({"op": op, "value": {urn: members}}),
            json!({"op": op, "path": urn, "value": members}),
        ]
        .map(|operation| {
            let request = PatchRequest::parse(&patch_body(json!([operation])))?;
            match kind {
                ResourceKind::User => {
                    users::patch(world.schemas, &world.user, &request).map(|document| GroupPatch {
                        document,
                        members: Vec::new(),
                    })
                }
                ResourceKind::Group => groups::patch(world.schemas, &world.group, &request),
            }
        });
        assert_eq!(plain, under, "{op} {members:?}");
        // A path may not name what is read-only, nor make entries that are missing.
        assert!(at.is_err() || at == plain, "{op} at the URN: {plain:?}, {at:?}");
    }
}

/// What a change of members names, it names once.
fn members(patch: &GroupPatch) {
    for change in &patch.members {
        let mut ids: Vec<&str> = match change {
            MemberOp::Add(members) | MemberOp::Replace(members) => {
                members.iter().map(|member| member.value.as_str()).collect()
            }
            MemberOp::Remove(ids) => ids.iter().map(String::as_str).collect(),
            MemberOp::RemoveMatching(condition) => {
                let _ = condition.matches("u", Some("Ada"));
                continue;
            }
            MemberOp::Clear => continue,
        };
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count, "twice: {change:?}");
    }
}
