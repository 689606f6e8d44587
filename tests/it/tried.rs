//! What is tried leaves no trace: targets before they are kept, rules on users that there need not be.

use http::Method;
use serde_json::{Value, json};
use tidegate_directory::target::Product;

use crate::world::{APP, Simulated, World, person};

#[tokio::test(flavor = "multi_thread")]
async fn a_target_is_tried_before_it_is_kept() {
    let world = World::bare().await;
    let jira = Simulated::start(Product::Jira, "admin").await;
    let mut wanted = serde_json::to_value(jira.target("admin")).unwrap();
    let path = format!("/apps/{APP}/targets/jira");
    let attempt = async |wanted: &Value| {
        world
            .admin
            .call(Method::POST, &format!("{path}/try"), wanted.clone())
            .await
    };
    let found = attempt(&wanted).await.expect("it answers");
    assert!(
        found["info"]["capabilities"].as_array().unwrap().len() > 5,
        "{found}"
    );
    let kept = world
        .admin
        .call(Method::GET, &format!("/apps/{APP}/targets"), Value::Null)
        .await
        .unwrap();
    assert_eq!(kept, json!([]), "nothing is kept");
    wanted["credentials"]["password"] = json!("wrong");
    let refused = attempt(&wanted).await.expect_err("is refused").to_string();
    assert!(!refused.contains("wrong"), "no secret comes back: {refused}");

    // What is kept is tried with its own secrets, and only where they went before.
    world.admin.put_target(APP, &jira.target("admin")).await;
    wanted.as_object_mut().unwrap().remove("credentials");
    attempt(&wanted)
        .await
        .expect("the secrets are those that are there");
    let elsewhere = Simulated::start(Product::Jira, "admin").await;
    wanted["base-url"] = json!(elsewhere.simulator.base_url());
    let refused = attempt(&wanted).await.expect_err("is refused").to_string();
    assert!(refused.contains("credentials are missing"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_tried_on_anybody() {
    let world = World::with_product(Product::Jira).await;
    let attempt = async |body: Value| {
        let path = format!("/apps/{APP}/policies/1/try");
        world.admin.call(Method::POST, &path, body).await
    };
    let settings =
        json!({"username-rules": [{"pattern": "(.*)@.*", "replacement": "$1"}], "default-groups": ["all"]});
    let asked = json!({"settings": settings, "user-names": ["ada@example.com", "bob"], "groups": ["crew"]});
    let tried = attempt(asked).await.expect("is tried");
    assert_eq!(tried[0]["user-name"], "ada@example.com");
    assert_eq!(tried[0]["accounts"], json!([["jira", "ada"]]), "{tried}");
    assert_eq!(tried[0]["groups"], json!([["jira", "all"]]), "{tried}");
    // Pushed groups are decided about by themselves.
    assert_eq!(
        (&tried[2]["user-name"], &tried[2]["groups"]),
        (&json!("crew"), &json!([["jira", "crew"]]))
    );
    assert_eq!(tried[1]["accounts"], json!([["jira", "bob"]]));
    // With its own settings it is another.
    let own = attempt(json!({"user-names": ["ada@example.com"]}))
        .await
        .expect("is tried");
    assert_eq!(own[0]["accounts"], json!([["jira", "ada@example.com"]]), "{own}");
    let refused = attempt(
        json!({"settings": {"username-rules": [{"pattern": "(", "replacement": ""}]}, "user-names": []}),
    );
    let refused = refused.await.expect_err("is refused").to_string();
    assert!(refused.contains("/username-rules/0/pattern"), "{refused}");
    attempt(json!({"user-names": vec!["x"; 21]}))
        .await
        .expect_err("too many");

    // Nothing came of it.
    assert_eq!(world.admin.versions(APP).await.len(), 1);
    assert_eq!(
        world.product("jira").state().accounts().len(),
        1,
        "only the service account"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_is_read_and_made_from() {
    let world = World::with_product(Product::Jira).await;
    let path = format!("/apps/{APP}/policies");
    let read = async |number: i64| {
        let answer = world
            .admin
            .call(Method::GET, &format!("{path}/{number}"), Value::Null)
            .await;
        answer.expect("is there")
    };
    let first = read(1).await;
    assert_eq!(
        (&first["settings"], &first["settings-schema"]["title"]),
        (&json!({}), &json!("Standard policy"))
    );
    let grants = json!({"lookup": true});
    let made = json!({"from": 1, "grants": grants});
    let second = world
        .admin
        .call(Method::POST, &path, made)
        .await
        .expect("is made");
    let made = json!({"from": second["number"], "settings": {"default-groups": ["all"]}});
    let third = world
        .admin
        .call(Method::POST, &path, made)
        .await
        .expect("is made");
    let third = read(third["number"].as_i64().unwrap()).await;
    assert_eq!(
        third["grants"]["lookup"], true,
        "what is left out is as in the version that it is made from"
    );
    assert_eq!(third["settings"], json!({"default-groups": ["all"]}));
    assert_eq!(third["digest"], first["digest"]);
    world.okta().assign(&person("ada")).await.unwrap();
    world.admin.converged(APP).await;
    assert!(
        world.product("jira").state().members("all").is_empty(),
        "it does not decide"
    );
}
