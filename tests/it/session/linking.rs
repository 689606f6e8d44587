//! Accounts that are there already: which one is a user's, by the rules' word.

use serde_json::json;
use tidegate_directory::target::Product;
use tidegate_guests::STANDARD;
use tidegate_okta::Profile;
use tidegate_simulators::SimAccount;

use crate::world::{APP, World};

fn seeded(name: &str, email: &str) -> SimAccount {
    SimAccount {
        email: email.to_owned(),
        ..SimAccount::new(name)
    }
}

async fn linking_by(how: &str, product: Product) -> World {
    let world = World::with_product(product).await;
    world.admin.rule(APP, STANDARD, json!({"link-by": how})).await;
    world
}

#[tokio::test(flavor = "multi_thread")]
async fn by_e_mail_the_account_gets_the_username_wanted() {
    for product in [Product::Jira, Product::Bitbucket] {
        let world = linking_by("email", product).await;
        let state = world.product(product.as_str()).state();
        let key = state.seed_account(seeded("alovelace", "ada@tidal.example"));
        let ada = Profile::new("ada@tidal.example", "Ada", "Lovelace");
        world.okta().assign(&ada).await.expect("is assigned");
        world.admin.converged(APP).await;
        assert_eq!(
            state.account(&ada.login).map(|account| account.key),
            Some(key),
            "{product}"
        );
        assert!(state.account("alovelace").is_none(), "{product}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_username_of_somebody_else_is_no_reason_to_take_it() {
    let world = linking_by("email", Product::Jira).await;
    let state = world.product("jira").state();
    state.seed_account(seeded("ada@tidal.example", "somebody@else.example"));
    let ada = Profile::new("ada@tidal.example", "Ada", "Lovelace");
    world.okta().assign(&ada).await.expect("is assigned");
    world.admin.settled(APP).await;
    let line = world.admin.target(APP, "jira").await;
    let failure = line.failures.first().expect("a failure");
    assert!(
        failure
            .error
            .contains("another e-mail address (somebody@else.example)"),
        "{failure:?}"
    );
    assert_eq!(
        state.account(&ada.login).expect("is there").email,
        "somebody@else.example"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn by_either_the_username_comes_first_and_confluence_has_only_that() {
    let world = linking_by("username-or-email", Product::Jira).await;
    let state = world.product("jira").state();
    let by_name = state.seed_account(seeded("ada@tidal.example", "old@tidal.example"));
    state.seed_account(seeded("other", "ada@tidal.example"));
    let by_email = state.seed_account(seeded("al", "alan@tidal.example"));
    for (login, given) in [("ada@tidal.example", "Ada"), ("alan@tidal.example", "Alan")] {
        world
            .okta()
            .assign(&Profile::new(login, given, "X"))
            .await
            .expect("is assigned");
    }
    world.admin.converged(APP).await;
    assert_eq!(state.account("ada@tidal.example").expect("is there").key, by_name);
    assert_eq!(
        state.account("alan@tidal.example").expect("is there").key,
        by_email
    );
    assert!(state.account("other").is_some());

    let world = linking_by("username-or-email", Product::Confluence).await;
    let state = world.product("confluence").state();
    let key = state.seed_account(seeded("ada@tidal.example", "old@tidal.example"));
    world
        .okta()
        .assign(&Profile::new("ada@tidal.example", "Ada", "X"))
        .await
        .expect("is assigned");
    world.admin.converged(APP).await;
    assert_eq!(state.account("ada@tidal.example").expect("is there").key, key);
}

/// Whoever can set an e-mail address in Okta must not get the administrator's account by it.
#[tokio::test(flavor = "multi_thread")]
async fn the_account_that_tidegate_itself_uses_is_never_taken() {
    let world = linking_by("username-or-email", Product::Jira).await;
    let state = world.product("jira").state();
    let before = state.account("admin").expect("is there");
    let mut mallory = Profile::new("mallory@tidal.example", "Mal", "Lory");
    mallory.email = before.email.clone();
    world.okta().assign(&mallory).await.expect("is assigned");
    world.admin.settled(APP).await;
    let line = world.admin.target(APP, "jira").await;
    let failure = line.failures.first().expect("a failure");
    assert!(failure.error.contains("\"admin\" is protected"), "{failure:?}");
    assert_eq!(state.account("admin"), Some(before));
}
