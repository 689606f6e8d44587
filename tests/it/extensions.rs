//! Extensions that an administrator registers while the endpoint serves.

use http::Method;
use serde_json::{Value, json};

use crate::world::{APP, World};

const URN: &str = "urn:example:params:scim:schemas:2.0:Badge";

fn badge() -> Value {
    json!({"id": URN, "name": "Badge", "attributes": [
        {"name": "number", "type": "integer", "uniqueness": "server"},
        {"name": "note", "returned": "request"},
        {"name": "issued", "type": "dateTime", "mutability": "immutable"},
    ]})
}

fn user(name: &str, badge: Value) -> Value {
    json!({"userName": format!("{name}@tidal.example"), URN: badge})
}

async fn post(world: &World, body: Value) -> (u16, Value) {
    let answer = world.call(Method::POST, "/Users", &[], Some(body)).await;
    (answer.status, answer.body)
}

fn encode(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registered_extension_is_announced_and_enforced() {
    let world = World::bare().await;
    assert_eq!(world.get(&format!("/Schemas/{URN}")).await.status, 404);
    world
        .admin
        .put_schema(APP, badge(), &["User"], false)
        .await
        .expect("is taken");
    assert_eq!(world.read(&format!("/Schemas/{URN}")).await["name"], "Badge");
    let user_type = world.read("/ResourceTypes/User").await;
    assert_eq!(
        user_type["schemaExtensions"][1],
        json!({"schema": URN, "required": false})
    );
    assert_eq!(
        world.read("/ResourceTypes/Group").await["schemaExtensions"],
        json!([])
    );

    let (status, ann) = post(&world, user("ann", json!({"NUMBER": 7, "note": "x"}))).await;
    assert_eq!((status, &ann[URN]), (201, &json!({"number": 7})));
    assert!(ann["schemas"].as_array().unwrap().contains(&json!(URN)));
    for (wrong, status, keyword) in [
        (json!({"number": "seven"}), 400, "invalidValue"),
        (json!({"number": 7}), 409, "uniqueness"),
    ] {
        let (found, body) = post(&world, user("bob", wrong)).await;
        assert_eq!((found, &body["scimType"]), (status, &json!(keyword)), "{body}");
    }
    let (status, bob) = post(
        &world,
        user("bob", json!({"number": 8, "issued": "2026-01-01T00:00:00Z"})),
    )
    .await;
    assert_eq!(status, 201);

    // A PATCH runs into the same walls, and a number that is free again may be taken.
    let path = format!("/Users/{}", bob["id"].as_str().expect("an id"));
    let patch = async |attribute: &str, value: Value| {
        let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "replace", "path": format!("{URN}:{attribute}"), "value": value}]});
        let answer = world.call(Method::PATCH, &path, &[], Some(body)).await;
        (answer.status, answer.body["scimType"].clone())
    };
    assert_eq!(patch("number", json!(7)).await, (409, json!("uniqueness")));
    assert_eq!(
        patch("issued", json!("2027-01-01T00:00:00Z")).await,
        (400, json!("mutability"))
    );
    assert_eq!(patch("number", json!(9)).await.0, 200);
    assert_eq!(post(&world, user("cyd", json!({"number": 8}))).await.0, 201);
    world
        .call(
            Method::DELETE,
            &format!("/Users/{}", ann["id"].as_str().unwrap()),
            &[],
            None,
        )
        .await;
    assert_eq!(
        patch("number", json!(7)).await.0,
        200,
        "who is gone holds nothing"
    );

    // Filters and orders know it.
    for (query, total) in [
        (format!("filter={}", encode(&format!("{URN}:number eq 7"))), 1),
        (format!("filter={}", encode(&format!("{URN}:number gt 7"))), 1),
        (
            format!(
                "filter={}&attributes={URN}:note",
                encode(&format!("{URN}:issued pr"))
            ),
            1,
        ),
        (format!("sortBy={URN}:number"), 2),
    ] {
        assert_eq!(
            world.read(&format!("/Users?{query}")).await["totalResults"],
            total,
            "{query}"
        );
    }

    // Another app has its own schemas.
    let other = world.admin.create_app("second").await;
    let answer = crate::world::okta(&world.here(&other), &other.token)
        .send(Method::GET, &format!("/Schemas/{URN}"), None)
        .await
        .expect("an answer");
    assert_eq!(answer.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_stored_keeps_to_what_is_registered() {
    let mut world = World::bare().await;
    // Unknown extensions are kept as they come, in the client's spelling.
    let lower = URN.to_lowercase();
    let (_, ann) = post(&world, json!({"userName": "ann", &lower: {"NUMBER": 7}})).await;
    let (_, bob) = post(&world, json!({"userName": "bob", URN: {"number": "eight"}})).await;
    let refused = world.admin.put_schema(APP, badge(), &["User"], false).await;
    let words = refused.expect_err("bob's number is none").to_string();
    assert!(
        words.contains("1 stored resources") && words.contains(bob["id"].as_str().unwrap()),
        "{words}"
    );
    assert_eq!(
        world.get(&format!("/Schemas/{URN}")).await.status,
        404,
        "nothing was registered"
    );

    let path = format!("/Users/{}", bob["id"].as_str().expect("an id"));
    let body = json!({"userName": "bob", URN: {"number": 7}});
    assert_eq!(world.call(Method::PUT, &path, &[], Some(body)).await.status, 200);
    let refused = world.admin.put_schema(APP, badge(), &["User"], false).await;
    let words = refused.expect_err("both have number 7").to_string();
    assert!(words.contains("already in use"), "{words}");
    let body = json!({"userName": "bob", URN: {"number": 8}});
    assert_eq!(world.call(Method::PUT, &path, &[], Some(body)).await.status, 200);
    let refused = world.admin.put_schema(APP, badge(), &["User"], true).await;
    assert!(refused.is_ok(), "all have it: {refused:?}");

    // Ann's is spelled as the schema says, and found by its index; after a restart too.
    for _ in 0..2 {
        let filter = encode(&format!("{URN}:number eq 7"));
        let found = world.read(&format!("/Users?filter={filter}")).await;
        assert_eq!(
            (&found["totalResults"], &found["Resources"][0]["id"]),
            (&json!(1), &ann["id"])
        );
        assert_eq!(found["Resources"][0][URN], json!({"number": 7}));
        let (status, body) = post(&world, json!({"userName": "cyd"})).await;
        assert_eq!(
            (status, &body["scimType"]),
            (400, &json!("invalidValue")),
            "it is required: {body}"
        );
        world.stop().await;
        world.start_again().await;
    }

    // Taken away, nothing is checked any more, and what is there stays.
    world.admin.remove_schema(APP, URN).await;
    assert_eq!(
        post(&world, json!({"userName": "cyd", URN: {"number": "any"}}))
            .await
            .0,
        201
    );
    assert_eq!(world.read(&path).await[URN], json!({"number": 8}));
    let wrong = json!({"id": "urn:ietf:params:scim:schemas:core:2.0:User", "attributes": [{"name": "7"}]});
    let words = world
        .admin
        .put_schema(APP, wrong, &["User"], false)
        .await
        .expect_err("wrong")
        .to_string();
    assert!(
        words.contains("/id") && words.contains("/attributes/0/name"),
        "{words}"
    );
}
