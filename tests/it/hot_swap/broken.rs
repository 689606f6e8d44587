//! Policies that are none, and policies that break.

use http::Method;
use serde_json::{Value, json};
use tidegate_guests::MISBEHAVE;
use tidegate_okta::Profile;

use crate::world::{APP, Org, World, person};

/// A component of the right world is refused by what it does, all else by what it is.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_at_deploy_leaves_the_old_version_serving() {
    let world = World::bare().await;
    let cut = &MISBEHAVE[..MISBEHAVE.len() / 2];
    let foreign = wat::parse_bytes(include_bytes!("../../wat/unknown-import.wat")).expect("a component");
    let other_world = wat::parse_bytes(include_bytes!("../../wat/another-world.wat")).expect("a component");
    let behaving = |behaviour: &str| json!({"behaviour": behaviour});
    let cases: Vec<(&str, &[u8], Value, &str)> = vec![
        (
            "an empty file",
            b"",
            json!({}),
            "not a usable WebAssembly component",
        ),
        (
            "a text",
            b"#!/bin/sh\n",
            json!({}),
            "not a usable WebAssembly component",
        ),
        (
            "a file cut in half",
            cut,
            json!({}),
            "not a usable WebAssembly component",
        ),
        (
            "a module without a component",
            b"\0asm\x01\0\0\0",
            json!({}),
            "not a usable WebAssembly component",
        ),
        ("an unknown import", &foreign, json!({}), "example:other/dynamite"),
        ("another world", &other_world, json!({}), "example:other/greeter"),
        (
            "configure fails",
            MISBEHAVE,
            behaving("configure-fails"),
            "/behaviour: this behaviour refuses",
        ),
        (
            "configure loops",
            MISBEHAVE,
            behaving("configure-loops"),
            "configure",
        ),
        (
            "configure panics",
            MISBEHAVE,
            behaving("configure-panics"),
            "told to panic",
        ),
        (
            "settings of a wrong type",
            MISBEHAVE,
            json!({"behaviour": 7}),
            "settings were refused",
        ),
    ];
    let refused = cases.len();
    for (number, (case, component, settings, reason)) in cases.into_iter().enumerate() {
        let error = world
            .admin
            .deploy(APP, component, settings)
            .await
            .expect_err(case)
            .to_string();
        assert!(error.contains(reason), "{case}: {error}");
        let listed = &world.admin.versions(APP).await[0];
        assert_eq!(
            (listed.state.as_str(), &listed.note),
            ("failed", &error),
            "{case}"
        );
        let error = world
            .admin
            .activate(APP, listed.number, false)
            .await
            .expect_err(case);
        assert!(error.to_string().contains(reason), "{case}: {error}");
        world
            .okta()
            .assign(&person(&format!("p{number}")))
            .await
            .expect(case);
    }
    let versions = world.admin.versions(APP).await;
    assert_eq!(
        (versions.len(), versions[refused].state.as_str()),
        (refused + 1, "active")
    );
    let error = world
        .admin
        .rollback(APP)
        .await
        .expect_err("failed ones are nothing to go back to");
    assert!(error.to_string().contains("no earlier version"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_breaks_while_deciding_stores_nothing_and_a_good_version_heals_it() {
    let world = World::start().await;
    let okta = world.okta();
    let ada = person("ada");
    let id = okta.assign(&ada).await.expect("is assigned").id;
    for (behaviour, kind) in [
        ("panic", "trap"),
        ("recurse", "trap"),
        ("loop", "cpu"),
        ("allocate", "memory"),
        ("huge-plan", "plan-too-large"),
    ] {
        // On a busy machine what takes long must not meet the CPU's limit first.
        let limits = match behaviour {
            "loop" => json!({}),
            _ => json!({"cpu-millis": 20_000, "wall-millis": 20_000}),
        };
        let settings = json!({"behaviour": behaviour, "steps": 10_500});
        world
            .admin
            .rule_with(APP, MISBEHAVE, settings, json!({ "limits": limits }))
            .await;
        let writes = [
            (
                Method::POST,
                "/Users".to_owned(),
                json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
                "userName": "alan@tidal.example"}),
            ),
            (
                Method::POST,
                "/Groups".to_owned(),
                json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
                "displayName": "Crew"}),
            ),
            (
                Method::PATCH,
                format!("/Users/{id}"),
                json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
                "Operations": [{"op": "replace", "value": {"active": false}}]}),
            ),
            (Method::DELETE, format!("/Users/{id}"), Value::Null),
        ];
        for (method, path, body) in writes {
            let body = (!body.is_null()).then_some(&body);
            let answer = okta.send(method.clone(), &path, body).await.expect("an answer");
            assert_eq!(
                (answer.status, &answer.body["status"]),
                (500, &json!("500")),
                "{behaviour}: {}",
                answer.text
            );
            let request = answer.headers["x-request-id"].to_str().expect("an id");
            let detail = answer.body["detail"].as_str().expect("a detail");
            assert!(
                detail.contains(request) && detail.contains(kind),
                "{behaviour}: {detail}"
            );
            assert!(!detail.contains("wasm"), "no internals: {detail}");
        }
        // Reads go on, and show that nothing was stored.
        assert_eq!(okta.import_users().await.expect("reads").len(), 1);
        assert_eq!(okta.import_groups().await.expect("reads").len(), 0);
        let user = okta
            .send(Method::GET, &format!("/Users/{id}"), None)
            .await
            .expect("an answer");
        assert_eq!(user.body["active"], true);
    }
    let database = world.database();
    let rows: i64 = database
        .query_row("SELECT count(*) FROM account", [], |row| row.get(0))
        .expect("counts");
    assert_eq!(rows, 3, "one account in each product");

    world.admin.activate(APP, 1, false).await.expect("activates");
    let alan = Profile::new("alan@tidal.example", "Alan", "Turing");
    okta.assign(&alan).await.expect("is assigned");
    okta.deactivate(&id).await.expect("is deactivated");
    let mut org = Org::default();
    org.assign(&ada);
    org.assign(&alan);
    org.set_active(&ada.login, false);
    world.assert_equal_to(&org).await;
}
