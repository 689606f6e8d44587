//! 409: what an administrator reads in Okta's list of tasks.

use http::Method;
use serde_json::json;
use tidegate_okta::{Answer, OktaClient, Profile};

use crate::world::{APP, Org, World, person};

#[tokio::test(flavor = "multi_thread")]
async fn a_name_in_use_is_a_conflict_that_says_so() {
    let world = World::bare().await;
    let okta = world.okta();
    let ada = person("ada");
    okta.assign(&ada).await.expect("is assigned");
    let again = create(&okta, &ada.login.to_uppercase()).await;
    assert_eq!(
        (again.status, &again.body["scimType"]),
        (409, &json!("uniqueness")),
        "{}",
        again.text
    );
    let detail = again.body["detail"].as_str().expect("a detail");
    assert!(
        detail.contains("userName") && detail.contains("already in use"),
        "{detail}"
    );

    let alan = okta.assign(&person("alan")).await.expect("is assigned").id;
    let mut body = okta
        .send(Method::GET, &format!("/Users/{alan}"), None)
        .await
        .expect("an answer")
        .body;
    body["userName"] = json!(ada.login);
    let put = okta
        .send(Method::PUT, &format!("/Users/{alan}"), Some(&body))
        .await
        .expect("an answer");
    assert_eq!(
        (put.status, &put.body["scimType"]),
        (409, &json!("uniqueness")),
        "{}",
        put.text
    );

    okta.push_group("Crew", &[]).await.expect("is pushed");
    let body = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "CREW"});
    let group = okta
        .send(Method::POST, "/Groups", Some(&body))
        .await
        .expect("an answer");
    assert_eq!(
        (group.status, &group.body["scimType"]),
        (409, &json!("uniqueness")),
        "{}",
        group.text
    );
    assert!(group.text.contains("displayName"), "{}", group.text);
}

/// `ada@tidal.example` and `ada@reef.example` are two people. Rules that cut the domain off
/// make one username of them; the second must not get the first one's account.
#[tokio::test(flavor = "multi_thread")]
async fn two_users_never_share_an_account() {
    let world = World::start().await;
    let settings = json!({"username-rules": [{"pattern": "(.*)@.*", "replacement": "$1"}]});
    world.admin.rule(APP, tidegate_guests::STANDARD, settings).await;
    let okta = world.okta();
    let first = Profile::new("ada@tidal.example", "Ada", "Lovelace");
    let second = Profile::new("ada@reef.example", "Ada", "Byron");
    okta.assign(&first).await.expect("is assigned");
    let error = okta.assign(&second).await.expect_err("is refused");
    assert_eq!(error.status(), Some(409), "{error}");
    let told = error.to_string();
    assert!(
        told.contains("\"ada\"") && told.contains("username rules"),
        "it says what to do: {told}"
    );

    // Nothing of the second is stored, and no rename leads there either.
    let users = okta.import_users().await.expect("is imported");
    assert_eq!(users.len(), 1, "{users:?}");
    let alan = okta.assign(&person("alan")).await.expect("is assigned").id;
    let renamed = Profile::new("ada@coast.example", "alan", "Example");
    let error = okta.update(&alan, &renamed).await.expect_err("is refused");
    assert_eq!(error.status(), Some(409), "{error}");

    let mut org = Org::default();
    for (profile, username) in [(&first, "ada"), (&person("alan"), "alan")] {
        org.assign(&Profile {
            login: username.into(),
            ..profile.clone()
        });
    }
    world.assert_equal_to(&org).await;
}

async fn create(okta: &OktaClient, user_name: &str) -> Answer {
    let body = json!({"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": user_name});
    okta.send(Method::POST, "/Users", Some(&body))
        .await
        .expect("an answer")
}
