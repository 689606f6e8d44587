//! Lists for people: users and groups with how they stand, failures, what was done.

use http::Method;
use serde_json::{Value, json};
use tidegate_directory::target::Product;
use tidegate_okta::Member;
use tidegate_simulators::{Fault, FaultKind};

use crate::world::{APP, World, person, until};

async fn get(world: &World, path: &str) -> Value {
    let answer = world.admin.call(Method::GET, path, Value::Null).await;
    answer.unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn names(page: &Value) -> Vec<&str> {
    let people = page["people"].as_array().unwrap();
    people.iter().map(|one| one["name"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn users_and_groups_come_in_pages_with_their_states() {
    let world = World::with_product(Product::Jira).await;
    let okta = world.okta();
    let mut members = Vec::new();
    for name in ["ada", "Bob", "carl", "cara"] {
        let profile = person(name);
        let id = okta.assign(&profile).await.unwrap().id;
        members.push(Member::new(&id, &profile.login));
    }
    okta.push_group("crew", &members[..2]).await.unwrap();
    okta.deactivate(&members[2].id).await.unwrap();
    world.admin.converged(APP).await;

    let users = format!("/apps/{APP}/users");
    let first = get(&world, &format!("{users}?limit=2")).await;
    assert_eq!(
        names(&first),
        ["ada@tidal.example", "Bob@tidal.example"],
        "case does not count"
    );
    let after = first["next"].as_str().expect("a next page");
    let rest = get(
        &world,
        &format!("{users}?limit=2&after={}", after.replace('@', "%40")),
    )
    .await;
    assert_eq!(names(&rest), ["cara@tidal.example", "carl@tidal.example"]);
    let last = rest["next"].as_str().map(|after| after.replace('@', "%40"));
    if let Some(after) = last {
        let none = get(&world, &format!("{users}?limit=2&after={after}")).await;
        assert_eq!((names(&none).len(), &none["next"]), (0, &Value::Null));
    }
    let found = get(&world, &format!("{users}?q=CAR")).await;
    assert_eq!(names(&found), ["cara@tidal.example", "carl@tidal.example"]);
    // `_` and `%` are letters like others.
    for none in ["_", "%25"] {
        assert!(
            names(&get(&world, &format!("{users}?q={none}")).await).is_empty(),
            "{none}"
        );
    }
    let carl = &found["people"][1];
    assert_eq!(
        (&carl["active"], &carl["targets"][0]["wanted"]),
        (&json!(false), &json!("suspended")),
        "{carl}"
    );
    assert_eq!(carl["targets"][0]["target"], "jira");
    assert_eq!(carl["targets"][0]["pending"], 0);

    let groups = get(&world, &format!("/apps/{APP}/groups")).await;
    assert_eq!(
        (names(&groups), &groups["people"][0]["members"]),
        (vec!["crew"], &json!(2))
    );
    assert_eq!(groups["people"][0]["targets"][0]["wanted"], "present", "{groups}");
}

#[tokio::test(flavor = "multi_thread")]
async fn failures_and_what_was_done_are_found() {
    let world = World::with_product(Product::Jira).await;
    let okta = world.okta();
    let id = okta.assign(&person("ada")).await.unwrap().id;
    okta.assign(&person("bob")).await.unwrap();
    world.admin.converged(APP).await;
    let fault = Fault {
        matching: Some("PUT /rest/api/2/user".into()),
        kind: FaultKind::Status(400),
        times: u32::MAX,
    };
    world.product("jira").simulator.faults().push(fault);
    let renamed = tidegate_okta::Profile::new("ada@tidal.example", "Ada", "Byron");
    okta.update(&id, &renamed).await.unwrap();
    let failure = until("it is refused", || async {
        let found = get(&world, &format!("/apps/{APP}/failures?target=jira")).await;
        let failure = found["failures"][0].clone();
        if failure["parked"] == true {
            Ok(failure)
        } else {
            Err(found.to_string())
        }
    })
    .await;
    assert_eq!(
        (&failure["target"], &failure["name"]),
        (&json!("jira"), &json!("ada@tidal.example")),
        "{failure}"
    );
    assert_eq!(
        get(&world, &format!("/apps/{APP}/failures?target=other")).await["failures"],
        json!([])
    );

    // Newest first, and a walk backwards meets every line once.
    let mut seen = Vec::new();
    let mut before = String::new();
    loop {
        let page = get(&world, &format!("/apps/{APP}/activity?limit=2{before}")).await;
        seen.extend(
            page["lines"]
                .as_array()
                .unwrap()
                .iter()
                .map(|line| line["seq"].as_i64().unwrap()),
        );
        match page["before"].as_i64() {
            Some(next) => before = format!("&before={next}"),
            None => break,
        }
    }
    assert!(
        seen.len() > 4 && seen.is_sorted_by(|one, next| one > next),
        "{seen:?}"
    );
    let of_ada = get(&world, &format!("/apps/{APP}/activity?action=user.&q={id}")).await;
    let actions: Vec<&str> = of_ada["lines"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["action"].as_str().unwrap())
        .collect();
    assert_eq!(actions, ["user.update", "user.create"]);
    let by_others = get(&world, "/activity?actor=nobody").await;
    assert_eq!(
        (&by_others["lines"], &by_others["before"]),
        (&json!([]), &Value::Null)
    );
    // Another app's lines are not this one's.
    world.admin.create_app("second").await;
    let other = get(&world, &format!("/apps/second/activity?q={id}")).await;
    assert_eq!(other["lines"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_says_when_its_provider_came() {
    let mut world = World::bare().await;
    let heard = async |world: &World| get(world, "/apps").await[0]["heard"].clone();
    assert_eq!(heard(&world).await, Value::Null);
    // Who comes without the token is not the provider.
    let stranger = crate::world::okta(&world.base_url(), "wrong");
    stranger.test_api_credentials().await.unwrap_err();
    assert_eq!(heard(&world).await, Value::Null);
    world.okta().test_api_credentials().await.unwrap();
    let first = until("it is noted", || async {
        let heard = heard(&world).await;
        if heard.is_null() {
            Err(String::new())
        } else {
            Ok(heard)
        }
    })
    .await;
    assert!(first["client"].as_str().unwrap().contains("Okta"), "{first}");
    world.stop().await;
    world.start_again().await;
    assert_eq!(heard(&world).await, first, "a restart does not forget it");
}
