//! PATCH with one operation: the input is its path, tried with every operation and many values, on a
//! user and a group.
//!
//! - The outcome is canonical, and what is read of it and sent back as PUT changes nothing.
//! - `add` and `replace` of one attribute twice is once; after a `remove` there is nothing to remove.
//! - What is removed is found by its name in any case.
//! - A path says the same as a key of an object without path, where both are taken.
#![no_main]

use libfuzzer_sys::{Corpus, fuzz_target};
use serde_json::{Value, json};
use tidegate_fuzz::{WORLDS, World, assert_group, assert_user, patch_body};
use tidegate_scim::patch::{Op, PatchRequest};
use tidegate_scim::schema::Schemas;
use tidegate_scim::{Document, ScimError, group as groups, user as users};

fuzz_target!(|data: &[u8]| -> Corpus {
    let Ok(path) = std::str::from_utf8(data) else {
        return Corpus::Reject;
    };
    let Ok(remove) = request("remove", path, None) else {
        return Corpus::Keep;
    };
    let requests = requests(path);
    let shouted = request("remove", &path.to_uppercase(), None)
        .ok()
        .filter(|_| !path.contains('"'));
    for World {
        schemas, user, group, ..
    } in WORLDS.iter()
    {
        try_on(schemas, user, &requests, path, users::patch, assert_user);
        try_on(schemas, group, &requests, path, patch_group, assert_group);
        if let Some(shouted) = &shouted {
            let removed = |request| {
                (
                    users::patch(schemas, user, request).ok(),
                    patch_group(schemas, group, request).ok(),
                )
            };
            assert_eq!(removed(shouted), removed(&remove), "{shouted:?}");
        }
    }
    Corpus::Keep
});

type Patch = fn(&Schemas, &Document, &PatchRequest) -> Result<Document, ScimError>;

fn patch_group(schemas: &Schemas, group: &Document, request: &PatchRequest) -> Result<Document, ScimError> {
    groups::patch(schemas, group, request).map(|patch| patch.document)
}

fn try_on(
    schemas: &Schemas,
    current: &Document,
    requests: &[PatchRequest],
    path: &str,
    patch: Patch,
    check: fn(&Schemas, &Document),
) {
    // Most requests come to the same, and checks are dear.
    let mut seen = vec![current.clone()];
    for request in requests {
        let Ok(once) = patch(schemas, current, request) else {
            continue;
        };
        // An entry that gets another type is another entry the second time, and what no schema has is
        // unknown once it is gone.
        let selects = path.contains('[') && request.operations().iter().any(|one| one.op != Op::Remove);
        let twice = patch(schemas, &once, request);
        assert!(
            selects || once.len() < current.len() || twice.as_ref() == Ok(&once),
            "{request:?}: once {once:?}, twice {twice:?}"
        );
        if let Some(Ok(keyed)) = keyed(request, path).map(|keyed| patch(schemas, current, &keyed)) {
            assert_eq!(keyed, once, "as a key: {request:?}");
        }
        if !seen.contains(&once) {
            check(schemas, &once);
            seen.push(once);
        }
    }
}

/// The same operation with the path as a key. A URN that no schema has and an object are an extension.
fn keyed(request: &PatchRequest, path: &str) -> Option<PatchRequest> {
    let [operation] = request.operations() else {
        return None;
    };
    let value = operation.value.as_ref()?;
    let op = match operation.op {
        Op::Add => "add",
        Op::Replace if !operation.capitalised => "replace",
        _ => return None,
    };
    if value.is_object() && path.contains(':') {
        return None;
    }
    PatchRequest::parse(&patch_body(json!([{"op": op, "value": {path.trim(): value}}]))).ok()
}

fn request(op: &str, path: &str, value: Option<Value>) -> Result<PatchRequest, ScimError> {
    let mut operation = json!({"op": op, "path": path});
    if let Some(value) = value {
        operation["value"] = value;
    }
    PatchRequest::parse(&patch_body(json!([operation])))
}

fn requests(path: &str) -> Vec<PatchRequest> {
    let values = [
        Value::Null,
        json!("False"),
        json!(7),
        json!("2026-01-31T12:00:00Z"),
        json!({}),
        json!([]),
        json!({"value": "ada@example.com", "type": "home", "primary": true}),
        json!({"VALUE": null, "givenName": "A", "floor": 2, "x": [null]}),
        json!([{"value": "a", "primary": "True"}, {"value": "b", "primary": true}, "c"]),
    ];
    let given = values.into_iter().flat_map(|value| {
        ["add", "replace", "Replace", "remove"].map(|op| request(op, path, Some(value.clone())))
    });
    given
        .chain([request("remove", path, None)])
        .filter_map(Result::ok)
        .collect()
}
