//! Users: import, linking, activity, what a PUT may change.

use std::collections::BTreeSet;

use http::Method;
use serde_json::{Value, json};
use tidegate_okta::{Dialect, Profile};
use tidegate_simulators::SimAccount;

use crate::world::{APP, Org, World, person};

#[tokio::test(flavor = "multi_thread")]
async fn credentials_are_tested_and_an_import_reads_every_page() {
    const PEOPLE: usize = 230;
    let world = World::bare().await;
    let okta = world.okta();
    okta.test_api_credentials()
        .await
        .expect("an empty app passes the test");

    let mut logins = BTreeSet::new();
    for number in 0..PEOPLE {
        let profile = person(&format!("p{number}"));
        assert!(!okta.assign(&profile).await.expect("is assigned").linked);
        logins.insert(profile.login);
    }
    okta.test_api_credentials()
        .await
        .expect("a full app passes the test");
    let imported = okta.import_users().await.expect("is imported");
    let found: BTreeSet<String> = imported.iter().map(|user| text(&user["userName"])).collect();
    assert_eq!((imported.len(), found), (PEOPLE, logins), "everybody, once");
    let pages = okta
        .exchanges()
        .iter()
        .filter(|exchange| exchange.path.contains("count=100"))
        .count();
    assert!(pages >= 3, "{pages}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_there_already_is_linked() {
    let world = World::start().await;
    let ada = Profile::new("ada@tidal.example", "Ada", "Lovelace");
    let keys: Vec<String> = world
        .products
        .iter()
        .map(|product| {
            let key = product.state().seed_account(SimAccount::new(&ada.login));
            assert!(
                product
                    .state()
                    .account(&ada.login)
                    .expect("is seeded")
                    .display_name
                    != "Ada Lovelace"
            );
            key
        })
        .collect();
    world.okta().assign(&ada).await.expect("is assigned");
    world.admin.converged(APP).await;
    for (product, key) in world.products.iter().zip(keys) {
        let account = product.state().account(&ada.login).expect("is there");
        assert_eq!(
            (account.key, account.display_name.as_str()),
            (key, "Ada Lovelace"),
            "{}",
            product.product
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_inactive_user_is_found_by_filters_and_comes_back() {
    let world = World::start().await;
    for (dialect, name) in [(Dialect::Template, "alan"), (Dialect::Custom, "edsger")] {
        let okta = world.okta().with_dialect(dialect);
        let (profile, mut org) = (person(name), Org::default());
        let id = okta.assign(&profile).await.expect("is assigned").id;
        world.admin.converged(APP).await;
        okta.deactivate(&id).await.expect("is deactivated");
        world.admin.converged(APP).await;

        for filter in [
            format!("userName eq \"{}\"", profile.login.to_uppercase()),
            format!("externalId eq \"{}\"", profile.okta_id),
            format!("id eq \"{id}\""),
            format!("displayName eq \"{}\"", profile.display_name()),
            format!("emails.value eq \"{}\"", profile.email),
        ] {
            let path = format!("/Users?filter={}&startIndex=1&count=100", encode(&filter));
            let list = okta.send(Method::GET, &path, None).await.expect("an answer");
            assert_eq!(list.body["totalResults"], 1, "{filter}: {}", list.text);
            assert_eq!(list.body["Resources"][0]["active"], false, "{filter}");
        }
        let suspended = world
            .product("jira")
            .state()
            .account(&profile.login)
            .expect("stays");
        assert!(!suspended.active);
        assert!(
            world
                .product("bitbucket")
                .state()
                .members("stash-users")
                .iter()
                .all(|name| *name != profile.login)
        );

        // Assigned again: found, linked, active.
        let again = okta.assign(&profile).await.expect("is assigned again");
        assert_eq!((again.id, again.linked), (id, true));
        world.admin.converged(APP).await;
        org.assign(&profile);
        let jira = world
            .product("jira")
            .state()
            .account(&profile.login)
            .expect("is there");
        assert!(jira.active);
        assert!(
            world
                .product("bitbucket")
                .state()
                .members("stash-users")
                .contains(&profile.login)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_put_changes_what_a_client_may_write_and_nothing_else() {
    let world = World::bare().await;
    let okta = world.okta();
    let profile = person("grace").title("Manager");
    let id = okta.assign(&profile).await.expect("is assigned").id;
    let group = okta
        .push_group("Engineering", &[tidegate_okta::Member::new(&id, &profile.login)])
        .await
        .expect("pushed");
    let path = format!("/Users/{id}");
    let before = okta.send(Method::GET, &path, None).await.expect("an answer").body;
    assert_eq!(
        before["groups"][0]["value"],
        json!(group),
        "a user shows its groups"
    );

    let mut body = before.clone();
    body["id"] = json!("another");
    body["meta"] = json!({"resourceType": "Group", "created": "1999-01-01T00:00:00Z", "location": "https://elsewhere.example"});
    body["groups"] = json!([]);
    body["title"] = json!("Rear Admiral");
    let put = okta
        .send(Method::PUT, &path, Some(&body))
        .await
        .expect("an answer");
    assert_eq!(put.status, 200, "{}", put.text);
    let after = okta.send(Method::GET, &path, None).await.expect("an answer").body;
    assert_eq!(put.body, after, "a PUT answers with what is stored");
    assert_eq!(after["title"], "Rear Admiral");
    assert_eq!(
        (&after["id"], &after["groups"]),
        (&before["id"], &before["groups"])
    );
    assert_eq!(after["meta"]["created"], before["meta"]["created"]);
    assert_eq!(after["meta"]["location"], before["meta"]["location"]);

    // Sent back as it is, a user is not changed: no new version.
    let same = okta
        .send(Method::PUT, &path, Some(&after))
        .await
        .expect("an answer");
    assert_eq!(same.body["meta"]["version"], after["meta"]["version"]);
    assert!(
        after.get("password").is_none(),
        "a password is never shown: {after}"
    );
}

pub(super) fn encode(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}
