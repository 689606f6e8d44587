//! Bulk requests (RFC 7644 section 3.7): many operations, some of which refer to what others create.

use http::Method;
use serde_json::{Value, json};

use crate::world::{APP, RawAnswer, World};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

async fn send(world: &World, body: &Value) -> RawAnswer {
    world.call(Method::POST, "/Bulk", &[], Some(body.clone())).await
}

fn request(operations: Value) -> Value {
    json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations})
}

/// Carries operations out; their parts of the answer.
async fn bulk(world: &World, operations: Value) -> Vec<Value> {
    let answer = send(world, &request(operations)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(
        answer.body["schemas"],
        json!(["urn:ietf:params:scim:api:messages:2.0:BulkResponse"])
    );
    answer.body["Operations"].as_array().expect("operations").clone()
}

fn user(name: &str, manager: Option<&str>) -> Value {
    let login = format!("{name}@tidal.example");
    let mut user = json!({"userName": login, "emails": [{"value": login}], "displayName": name});
    if let Some(manager) = manager {
        user[ENTERPRISE] = json!({"manager": {"value": manager}});
    }
    user
}

fn post(path: &str, id: &str, data: Value) -> Value {
    json!({"method": "POST", "path": path, "bulkId": id, "data": data})
}

/// What a location says.
async fn at(world: &World, location: &Value) -> Value {
    let location = location.as_str().expect("a location");
    world
        .read(
            location
                .strip_prefix(&world.base_url())
                .expect("below the base URL"),
        )
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_may_come_before_its_members() {
    let world = World::start().await;
    let done = bulk(
        &world,
        json!([
            post("/Groups", "crew", json!({
                "displayName": "Crew", "members": [{"value": "bulkId:ann"}, {"value": "bulkId:bob"}],
            })),
            post("/Users", "ann", user("ann", None)),
            post("/Users", "bob", user("bob", Some("bulkId:ann"))),
            {"method": "PATCH", "path": "/Groups/bulkId:crew", "bulkId": "rename", "data": [
                {"op": "remove", "path": "members[value eq \"nobody\"]"},
                {"op": "replace", "path": "displayName", "value": "The Crew"},
            ]},
        ]),
    )
    .await;
    let statuses: Vec<&str> = done
        .iter()
        .map(|done| done["status"].as_str().expect("text"))
        .collect();
    assert_eq!(statuses, ["201", "201", "201", "200"], "{done:#?}");
    assert_eq!(done[0]["bulkId"], "crew");
    assert_eq!(
        (&done[0]["version"], &done[3]["version"]),
        (&json!("W/\"1\""), &json!("W/\"2\""))
    );
    assert_eq!(done[0]["location"], done[3]["location"]);
    assert!(done.iter().all(|done| done.get("response").is_none()));
    let crew = at(&world, &done[0]["location"]).await;
    assert_eq!(
        (&crew["displayName"], crew["members"].as_array().unwrap().len()),
        (&json!("The Crew"), 2)
    );
    let (ann, bob) = (
        at(&world, &done[1]["location"]).await,
        at(&world, &done[2]["location"]).await,
    );
    assert_eq!(bob[ENTERPRISE]["manager"]["value"], ann["id"]);
    // It went the way of every change: the products have them.
    world.admin.converged(APP).await;
    for product in &world.products {
        let held = product.state().snapshot().to_string().to_lowercase();
        assert!(
            held.contains("ann@tidal.example") && held.contains("the crew"),
            "{held}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_circle_of_references_is_resolved() {
    let world = World::bare().await;
    let done = bulk(
        &world,
        json!([
            post("/Users", "a", user("ann", Some("bulkId:b"))),
            post("/Users", "b", user("bob", Some("bulkId:a"))),
            post("/Users", "c", user("cyd", Some("bulkId:c"))),
        ]),
    )
    .await;
    let mut people = Vec::new();
    for done in &done {
        assert_eq!(done["status"], "201", "{done}");
        people.push(at(&world, &done["location"]).await);
    }
    let manager = |number: usize| &people[number][ENTERPRISE]["manager"]["value"];
    assert_eq!((manager(0), manager(1)), (&people[1]["id"], &people[0]["id"]));
    assert_eq!(manager(2), &people[2]["id"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_circle_that_breaks_leaves_no_reference_to_nothing() {
    let world = World::bare().await;
    world
        .call(Method::POST, "/Users", &[], Some(user("bob", None)))
        .await;
    let done = bulk(
        &world,
        json!([
            post("/Users", "a", user("ann", Some("bulkId:b"))),
            post("/Users", "b", user("bob", Some("bulkId:a"))),
            post(
                "/Groups",
                "g",
                json!({"displayName": "G", "members": [{"value": "bulkId:b"}]})
            ),
            post("/Users", "d", user("dan", Some("bulkId:nobody"))),
        ]),
    )
    .await;
    let statuses: Vec<&str> = done
        .iter()
        .map(|done| done["status"].as_str().expect("text"))
        .collect();
    assert_eq!(statuses, ["409", "409", "409", "400"], "{done:#?}");
    assert_eq!(done[1]["response"]["scimType"], "uniqueness");
    // Ann is there, and does not refer to a Bob who is not.
    let ann = at(&world, &done[0]["location"]).await;
    assert!(ann.get(ENTERPRISE).is_none(), "{ann}");
    assert!(
        done[0]["response"]["detail"]
            .as_str()
            .is_some_and(|text| text.contains("without"))
    );
    assert_eq!(world.read("/Groups?count=0").await["totalResults"], 0);
    assert_eq!(world.read("/Users?count=0").await["totalResults"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_operation_fails_alone() {
    let world = World::bare().await;
    let id = world
        .call(Method::POST, "/Users", &[], Some(user("ann", None)))
        .await
        .body["id"]
        .clone();
    let path = format!("/Users/{}", id.as_str().expect("an id"));
    let patch = |value: &str| {
        json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "value": {"title": value}}]})
    };
    let done = bulk(
        &world,
        json!([
            {"method": "PATCH", "path": path, "version": "W/\"1\"", "data": patch("one")},
            {"method": "PATCH", "path": path, "version": "W/\"1\"", "data": patch("late")},
            {"method": "patch", "path": path, "data": {"op": "add", "path": "nothing.here", "value": 1}},
            {"method": "PUT", "path": "/Users/unknown", "data": user("x", None)},
            {"method": "DELETE", "path": "/Users/unknown"},
            {"method": "POST", "path": "/Users", "data": user("no-bulk-id", None)},
            {"method": "POST", "path": "/Users", "bulkId": "twice", "data": user("bob", None)},
            {"method": "POST", "path": "/Users", "bulkId": "twice", "data": user("cyd", None)},
            {"method": "POST", "path": "/Users", "bulkId": "blank", "data": {}},
            {"method": "POST", "path": "/Users/x", "bulkId": "x", "data": {}},
            {"method": "POST", "path": "/Devices", "bulkId": "y", "data": {}},
            {"method": "GET", "path": path},
            {"method": "PUT", "path": path},
            7,
            {"method": "DELETE", "path": path},
        ]),
    )
    .await;
    let found: Vec<(&str, Option<&str>)> = done
        .iter()
        .map(|done| {
            (
                done["status"].as_str().expect("text"),
                done["response"]["scimType"].as_str(),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ("200", None),
            ("412", None),
            ("400", Some("invalidPath")),
            ("404", None),
            ("404", None),
            ("400", Some("invalidSyntax")),
            ("201", None),
            ("400", Some("invalidValue")),
            ("400", Some("invalidValue")),
            ("400", Some("invalidPath")),
            ("400", Some("invalidPath")),
            ("400", Some("invalidSyntax")),
            ("400", Some("invalidSyntax")),
            ("400", Some("invalidPath")),
            ("204", None),
        ],
        "{done:#?}"
    );
    assert_eq!(done[2]["method"], "PATCH");
    // Every operation on a resource says which, also when it failed; what was not created is nowhere.
    for (number, path) in [
        (0, path.as_str()),
        (1, &path),
        (2, &path),
        (3, "/Users/unknown"),
        (4, "/Users/unknown"),
        // Neither is an operation, and both say of what.
        (11, &path),
        (12, &path),
        (14, &path),
    ] {
        assert_eq!(
            done[number]["location"],
            format!("{}{path}", world.base_url()),
            "{number}"
        );
    }
    for number in [5, 7, 8, 9, 10, 13] {
        assert!(done[number].get("location").is_none(), "{number}");
    }
    assert_eq!(world.get(&path).await.status, 404);
}

/// What a reference stands for is where its operation failed.
#[tokio::test(flavor = "multi_thread")]
async fn a_failure_at_a_reference_says_where() {
    let world = World::bare().await;
    let done = bulk(
        &world,
        json!([
            post("/Users", "ann", user("ann", None)),
            {"method": "PATCH", "path": "/Users/bulkId:ann", "data": {"op": "add", "path": "nothing.here", "value": 1}},
            {"method": "DELETE", "path": "/Users/bulkId:nobody"},
        ]),
    )
    .await;
    assert_eq!(
        (&done[1]["status"], &done[2]["status"]),
        (&json!("400"), &json!("400"))
    );
    assert_eq!(done[1]["location"], done[0]["location"]);
    assert_eq!(
        done[2]["location"],
        format!("{}/Users/bulkId:nobody", world.base_url())
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn fail_on_errors_stops_at_the_last_error_that_is_allowed() {
    let world = World::bare().await;
    let mut body = request(json!([
        post("/Users", "a", user("ann", None)),
        {"method": "DELETE", "path": "/Users/unknown"},
        post("/Users", "b", user("bob", None)),
        {"method": "DELETE", "path": "/Users/unknown"},
        post("/Users", "c", user("cyd", None)),
    ]));
    body["failOnErrors"] = 2.into();
    let answer = send(&world, &body).await;
    let done = answer.body["Operations"].as_array().expect("operations");
    assert_eq!(
        done.len(),
        4,
        "what was not begun has no part in the answer: {}",
        answer.text
    );
    assert_eq!(world.read("/Users?count=0").await["totalResults"], 2);
    for wrong in [json!(0), json!(-1), json!("2")] {
        body["failOnErrors"] = wrong;
        assert_eq!(send(&world, &body).await.status, 400);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_bulk_request_or_too_large_a_one_is_refused_whole() {
    let world = World::bare().await;
    for (body, status) in [
        (json!([]), 400),
        (json!({"Operations": []}), 400),
        (request(json!([])), 400),
        (request(json!({})), 400),
        (
            request(vec![post("/Users", "a", user("ann", None)); 1_001].into()),
            413,
        ),
        (
            request(json!([post(
                "/Users",
                "a",
                json!({"userName": "a", "title": "x".repeat(5 << 20)})
            )])),
            413,
        ),
    ] {
        let answer = send(&world, &body).await;
        assert_eq!(answer.status, status, "{:.200}", answer.text);
        assert_eq!(answer.body["status"], status.to_string());
    }
    assert_eq!(world.read("/Users?count=0").await["totalResults"], 0);
    // As many as may be.
    let many: Vec<Value> = (0..1_000)
        .map(|number| post("/Users", &format!("u{number}"), user(&format!("u{number}"), None)))
        .collect();
    let done = bulk(&world, many.into()).await;
    assert!(done.len() == 1_000 && done.iter().all(|done| done["status"] == "201"));
    assert_eq!(world.read("/Users?count=0").await["totalResults"], 1_000);
}
