//! Every call is told, and no name with it.
#![allow(clippy::unwrap_used, reason = "a test")]

mod common;

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use common::{PRODUCTS, simulated, target, wanted};
use tidegate_directory::connector::Connector;
use tidegate_directory::products;
use tidegate_directory::target::{Credentials, Product};
use tidegate_directory::transport::{Call, Observer, Outcome};
use tidegate_simulators::Simulator;

#[derive(Default)]
struct Told(Mutex<Vec<Call>>);

impl Observer for Told {
    fn answered(&self, call: &Call) {
        self.0.lock().unwrap().push(call.clone());
    }
}

impl Told {
    fn take(&self) -> Vec<Call> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// A name that is found again, and one that is a word of the APIs.
const NAMES: [(&str, &str); 2] = [("zaphod", "heart-of-gold"), ("user", "group")];

async fn life(connector: &dyn Connector, account: &str, group: &str) {
    connector.probe().await.unwrap();
    connector.create_group(group).await.unwrap();
    let link = connector.create_account(&wanted(account)).await.unwrap();
    let current = connector.find_linked(&link).await.unwrap().unwrap();
    drop(connector.update_account(&link, &current, &wanted(account)).await);
    connector.add_member(group, &link).await.unwrap();
    connector.account_groups(account).await.unwrap();
    assert!(connector.group_exists(group).await.unwrap());
    connector.group_members(group, None).await.unwrap();
    connector.remove_member(group, &link).await.unwrap();
    let link = connector.remember_account(&link).await.unwrap();
    let link = connector.suspend_account(&link).await.unwrap();
    let link = connector.restore_account(&link).await.unwrap();
    connector.remove_account(&link).await.unwrap();
    connector.remove_group(group).await.unwrap();
}

#[tokio::test]
async fn a_whole_life_is_told_without_names() {
    for product in PRODUCTS {
        let simulator = Simulator::start(simulated(product)).await.unwrap();
        let told = Arc::new(Told::default());
        let config = target(product, simulator.base_url());
        let connector = products::connect_observed(&config, Arc::clone(&told) as Arc<dyn Observer>).unwrap();
        let mut shapes = Vec::new();
        for (account, group) in NAMES {
            life(connector.as_ref(), account, group).await;
            let calls = told.take();
            assert!(
                calls.iter().any(|call| call.outcome == Outcome::Success),
                "{product}"
            );
            let told = format!("{calls:?}");
            assert!(!told.contains("zaphod") && !told.contains("heart"), "{told}");
            let paths: BTreeSet<_> = calls
                .into_iter()
                .map(|call| format!("{} {}", call.method, call.path))
                .collect();
            assert!(
                paths
                    .iter()
                    .all(|path| (path.contains(" /rest/") || path.contains(" /scim/")) && !path.contains('?')),
                "{paths:?}"
            );
            shapes.push(paths);
        }
        assert_eq!(shapes[0], shapes[1], "{product}: names make no difference");
        if product == Product::Confluence {
            assert!(
                shapes[0].contains("PUT /rest/api/user/{}/group/{}"),
                "{:?}",
                shapes[0]
            );
        }
    }
}

#[tokio::test]
async fn refusals_and_silence_are_told_by_their_kind() {
    let told = Arc::new(Told::default());
    let simulator = Simulator::start(simulated(Product::Jira)).await.unwrap();
    let mut config = target(Product::Jira, simulator.base_url());
    let observe = || Arc::clone(&told) as Arc<dyn Observer>;
    let kinds = || -> Vec<_> { told.take().iter().map(|call| call.outcome.as_str()).collect() };
    let connector = products::connect_observed(&config, observe()).unwrap();
    assert_eq!(connector.find_account("nobody").await.unwrap(), None);
    assert_eq!(kinds(), ["4xx"]);
    config.credentials = Credentials::Token {
        token: "wrong".to_owned(),
    };
    let connector = products::connect_observed(&config, observe()).unwrap();
    assert!(connector.find_account("nobody").await.is_err());
    assert_eq!(kinds(), ["unauthorized"]);
    config.base_url = "http://127.0.0.1:1".to_owned();
    let connector = products::connect_observed(&config, observe()).unwrap();
    assert!(connector.find_account("nobody").await.is_err());
    assert_eq!(kinds(), ["unavailable"]);
}
