//! Anonymising, where a product offers it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs, reason = "tests")]

mod common;

use bytes::Bytes;
use common::{DATA_CENTER, EVERY, ann, called, fresh, login, serve, simulated, start, target};
use http::{Method, Response};
use http_body_util::Full;
use serde_json::json;
use tidegate_directory::connector::{AccountLink, ConnectorError, TargetInfo};
use tidegate_directory::products;
use tidegate_directory::target::{Product, Removal};
use tidegate_directory::transport::Client;
use tidegate_simulators::{SimAccount, Simulator};

fn client(product: Product, simulator: &Simulator) -> Client {
    Client::new(&target(product, simulator.base_url())).unwrap()
}

fn can(info: &TargetInfo, what: &str) -> (bool, String) {
    let found = info.capabilities.iter().find(|line| line.name == what);
    found.map(|line| (line.supported, line.note.clone())).unwrap()
}

#[tokio::test]
async fn the_name_goes_for_good_and_is_free_again() {
    for product in DATA_CENTER {
        let (simulator, connector) = fresh(product).await;
        let link = connector.create_account(&ann()).await.unwrap();
        connector.anonymise_account(&link).await.unwrap();
        let left = format!("{:?}", simulator.state().accounts());
        assert!(!left.contains("ann"), "{product}: {left}");
        let listed = connector.list_accounts(None).await.unwrap().accounts;
        assert_eq!(listed.len(), 1, "{product}: only we are left, {listed:?}");

        connector.anonymise_account(&link).await.unwrap();
        let again = connector.create_account(&ann()).await.unwrap();
        assert_ne!(again.remote_id, link.remote_id, "{product}");
        assert!(
            can(&connector.probe().await.unwrap(), "anonymise accounts").0,
            "{product}"
        );
    }
}

#[tokio::test]
async fn jira_keeps_what_was_written_and_the_account_disabled() {
    let (simulator, connector) = fresh(Product::Jira).await;
    let state = simulator.state();
    let link = connector.create_account(&ann()).await.unwrap();
    state.make_author("ann");
    let refused = connector.remove_account(&link).await.unwrap_err();
    assert!(refused.to_string().contains("anonymise"), "{refused}");

    connector.anonymise_account(&link).await.unwrap();
    let left = state.account(&link.remote_id).unwrap();
    assert!(!left.active && left.key == link.remote_id, "{left:?}");
}

/// Before Jira 8.4 a key was the username, and goes with it.
#[tokio::test]
async fn a_key_that_tells_the_name_goes_too() {
    let (simulator, connector) = fresh(Product::Jira).await;
    let key = "ann".to_owned();
    let old = SimAccount {
        key,
        ..SimAccount::new("ann")
    };
    let remote_id = simulator.state().seed_account(old);
    let username = "ann".to_owned();
    let link = AccountLink {
        remote_id,
        username,
        remembered: None,
    };
    for _ in 0..2 {
        connector.anonymise_account(&link).await.unwrap();
    }
    let keys: Vec<String> = simulator
        .state()
        .accounts()
        .into_iter()
        .map(|it| it.key)
        .collect();
    assert!(keys.iter().all(|key| key.starts_with("JIRAUSER")), "{keys:?}");
}

/// Jira does one at a time: ours, of an attempt whose answer was lost, is gone on with; another's is waited for.
#[tokio::test]
async fn an_attempt_that_was_cut_off_is_gone_on_with() {
    let (simulator, connector) = fresh(Product::Jira).await;
    let link = connector.create_account(&ann()).await.unwrap();
    let admin = simulator.state().account("admin").unwrap().key;
    let bob = simulator.state().seed_account(SimAccount::new("bob"));
    let client = client(Product::Jira, &simulator);
    let begin = async |key: &str| {
        let body = json!({ "userKey": key, "newOwnerKey": admin });
        let begun = client
            .send(Method::POST, "/rest/api/2/user/anonymization", Some(&body))
            .await;
        begun.unwrap().success().unwrap();
    };

    begin(&bob).await;
    let busy = connector.anonymise_account(&link).await.unwrap_err();
    assert!(
        matches!(&busy, ConnectorError::Busy(words) if words.contains("one account at a time")),
        "{busy}"
    );
    // That look has brought bob's to its end.
    client
        .get("/rest/api/2/user/anonymization/progress")
        .await
        .unwrap();
    begin(&link.remote_id).await;
    connector.anonymise_account(&link).await.unwrap();
    assert!(simulator.state().account("ann").is_none());
}

#[tokio::test]
async fn jira_says_why_not() {
    let (simulator, connector) = fresh(Product::Jira).await;
    let ldap = SimAccount::new("eve").in_directory("Corporate LDAP");
    let remote_id = simulator.state().seed_account(ldap);
    let username = "eve".to_owned();
    let eve = AccountLink {
        remote_id,
        username,
        remembered: None,
    };
    let refused = connector.anonymise_account(&eve).await.unwrap_err();
    assert!(
        matches!(&refused, ConnectorError::Refused(words) if words.contains("read-only")),
        "{refused}"
    );

    let link = connector.create_account(&ann()).await.unwrap();
    let mut config = target(Product::Jira, simulator.base_url());
    config.new_owner = Some("nobody".to_owned());
    let connector = products::connect(&config).unwrap();
    let refused = connector.anonymise_account(&link).await.unwrap_err();
    assert!(
        refused.to_string().contains("nobody, is not in Jira"),
        "{refused}"
    );
    config.new_owner = Some("eve".to_owned());
    let connector = products::connect(&config).unwrap();
    connector.anonymise_account(&link).await.unwrap();
}

#[tokio::test]
async fn right_and_version_are_learned_when_it_is_connected() {
    for (config, kind, words) in [
        (
            simulated(Product::Jira).plain_administrators(),
            "forbidden",
            "system administrator",
        ),
        (simulated(Product::Jira).version("8.6.1"), "unsupported", "8.7"),
    ] {
        let (_simulator, connector) = start(config, Product::Jira).await;
        let (offered, note) = can(&connector.probe().await.unwrap(), "anonymise accounts");
        assert!(!offered && note.contains(words), "{note}");
        let link = connector.create_account(&ann()).await.unwrap();
        let refused = connector.anonymise_account(&link).await.unwrap_err();
        assert!(
            refused.kind() == kind && refused.to_string().contains(words),
            "{refused}"
        );
    }
}

#[tokio::test]
async fn bitbucket_erases_what_a_deleted_account_left() {
    let (simulator, connector) = fresh(Product::Bitbucket).await;
    let client = client(Product::Bitbucket, &simulator);
    let is_erasable = async || {
        let answer = client.get("/rest/api/latest/admin/users/erasure?name=ann").await;
        answer.unwrap().status()
    };
    let link = connector.create_account(&ann()).await.unwrap();
    // As if the server had ended between the two calls.
    connector.remove_account(&link).await.unwrap();
    assert_eq!(is_erasable().await, 204);
    connector.anonymise_account(&link).await.unwrap();
    assert_eq!(is_erasable().await, 404);

    let link = connector.create_account(&ann()).await.unwrap();
    connector.remove_account(&link).await.unwrap();
    let other = connector.create_account(&ann()).await.unwrap();
    let refused = connector.anonymise_account(&link).await.unwrap_err();
    assert!(matches!(refused, ConnectorError::Refused(_)), "{refused}");
    assert!(
        connector.find_linked(&other).await.unwrap().is_some(),
        "somebody else's account stays"
    );
}

#[tokio::test]
async fn what_a_product_does_not_offer_is_said_before_it_is_wanted() {
    for product in EVERY.into_iter().filter(|product| !DATA_CENTER.contains(product)) {
        let (simulator, connector) = fresh(product).await;
        let link = connector.create_account(&called(product, "ann")).await.unwrap();
        let refused = connector.anonymise_account(&link).await.unwrap_err();
        assert!(
            matches!(refused, ConnectorError::Unsupported(_)),
            "{product}: {refused}"
        );
        assert!(
            simulator.state().account(&login(product, "ann")).is_some(),
            "{product}"
        );
        let (offered, note) = can(&connector.probe().await.unwrap(), "anonymise accounts");
        assert!(!offered && !note.is_empty(), "{product}");

        let mut config = target(product, simulator.base_url());
        config.removal = Removal::Anonymise;
        let (field, _) = products::check(&config).unwrap_err();
        assert_eq!(field, "removal", "{product}");
        config.removal = Removal::Delete;
        config.new_owner = Some("admin".to_owned());
        let (field, _) = products::check(&config).unwrap_err();
        assert_eq!(field, "new-owner", "{product}");
    }
}

/// The name goes first: what comes after it may have failed, and is not called done.
#[tokio::test]
async fn what_failed_half_way_is_not_done() {
    let half = |path: &str| match path {
        "/rest/api/2/user" => json!({
            "key": "JIRAUSER10100", "name": "jirauser10100", "displayName": "user-1", "active": false,
        }),
        "/rest/api/2/serverInfo" => json!({ "version": "10.3.24" }),
        _ => json!({
            "userKey": "JIRAUSER10100", "status": "COMPLETED", "currentProgress": 100,
            "errors": { "USER_EXTERNAL_ID_CHANGE": { "errorMessages": ["We can't change the user ID."] } },
        }),
    };
    let base_url = serve(move |request| async move {
        let body = half(request.uri().path()).to_string();
        Response::new(Full::new(Bytes::from(body)))
    })
    .await;
    let connector = products::connect(&target(Product::Jira, &base_url)).unwrap();
    let (remote_id, username) = ("JIRAUSER10100".to_owned(), "ann".to_owned());
    let link = AccountLink {
        remote_id,
        username,
        remembered: None,
    };
    let refused = connector.anonymise_account(&link).await.unwrap_err();
    assert!(
        refused.to_string().contains("We can't change the user ID."),
        "{refused}"
    );
    // And it is nobody's account any longer.
    assert_eq!(connector.find_linked(&link).await.unwrap(), None);
}
