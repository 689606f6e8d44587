//! PATCH requests that cannot be carried out.

use serde_json::{Value, json};
use tidegate_okta::Member;

use super::{Case, SYNTAX, USER, VALUE, assert_error, request, send, stored};
use crate::world::{APP, World, person};

const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

#[tokio::test(flavor = "multi_thread")]
async fn patches_that_make_no_sense() {
    let world = World::start().await;
    let okta = world.okta();
    let ada = okta.assign(&person("ada")).await.expect("is assigned").id;
    let crew = okta
        .push_group("Crew", &[Member::new(&ada, "ada@tidal.example")])
        .await
        .expect("is pushed");
    world.admin.converged(APP).await;
    let before = stored(&world);
    let (user, group) = (format!("/Users/{ada}"), format!("/Groups/{crew}"));
    let one = |operation: Value| json!({"schemas": [PATCH_OP], "Operations": [operation]});
    let path = |path: &str| one(json!({"op": "replace", "path": path, "value": "x"}));
    let (no_path, target) = ((400, Some("invalidPath")), (400, Some("noTarget")));
    let any = (400, None);
    let many: Vec<Value> = (0..2_000)
        .map(|_| json!({"op": "replace", "path": "title", "value": "x"}))
        .collect();
    let cases: Vec<Case<'_>> = vec![
        (
            "no schemas",
            &user,
            json!({"Operations": [{"op": "replace", "value": {"active": false}}]}),
            SYNTAX,
        ),
        (
            "another message",
            &user,
            json!({"schemas": [USER], "Operations": []}),
            SYNTAX,
        ),
        ("no operations", &user, json!({"schemas": [PATCH_OP]}), SYNTAX),
        (
            "operations of a wrong type",
            &user,
            json!({"schemas": [PATCH_OP], "Operations": "all"}),
            SYNTAX,
        ),
        (
            "an unknown op",
            &user,
            one(json!({"op": "explode", "value": {}})),
            SYNTAX,
        ),
        ("no op", &user, one(json!({"value": {"active": false}})), SYNTAX),
        (
            "too many operations",
            &user,
            json!({"schemas": [PATCH_OP], "Operations": many}),
            (400, Some("tooMany")),
        ),
        ("an unknown attribute", &user, path("nickNames"), no_path),
        ("a path that is none", &user, path("emails[type eq"), no_path),
        (
            "a remove without path",
            &user,
            one(json!({"op": "remove"})),
            target,
        ),
        (
            "a replace without value",
            &user,
            one(json!({"op": "replace", "path": "title"})),
            VALUE,
        ),
        (
            "a required attribute",
            &user,
            one(json!({"op": "remove", "path": "userName"})),
            any,
        ),
        (
            "active of a wrong type",
            &user,
            one(json!({"op": "replace", "path": "active", "value": "maybe"})),
            VALUE,
        ),
        (
            "an unknown member",
            &group,
            one(json!({"op": "add", "path": "members", "value": [{"value": "nobody"}]})),
            VALUE,
        ),
        (
            "a member among known ones",
            &group,
            one(json!({"op": "replace", "path": "members", "value": [{"value": ada}, {"value": "nobody"}]})),
            VALUE,
        ),
        (
            "members of a wrong type",
            &group,
            one(json!({"op": "add", "path": "members", "value": "ada"})),
            VALUE,
        ),
        (
            "an over-long filter",
            &group,
            one(json!({"op": "remove", "path": format!("members[value eq \"{}\"]", "x".repeat(100_000))})),
            any,
        ),
        (
            "a name of a wrong type",
            &group,
            one(json!({"op": "replace", "value": {"displayName": 7}})),
            VALUE,
        ),
        (
            "nobody's user",
            "/Users/nobody",
            one(json!({"op": "replace", "value": {"active": false}})),
            (404, None),
        ),
        (
            "nobody's group",
            "/Groups/nobody",
            one(json!({"op": "remove", "path": "members"})),
            (404, None),
        ),
    ];
    for (case, path, body, (status, scim_type)) in cases {
        let answer = send(&world, request(&world, "PATCH", path, body.to_string())).await;
        // What an error of a path is called is told in the SCIM crate's own tests.
        let scim_type = if status == 400 && scim_type.is_none() {
            answer.body["scimType"].as_str()
        } else {
            scim_type
        };
        assert_error(case, &answer, status, scim_type);
    }
    assert_eq!(stored(&world), before);
}
