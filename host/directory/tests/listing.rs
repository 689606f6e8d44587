//! Everything there is, page by page: what discovery and drift read.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod common;

use std::collections::BTreeSet;

use common::{PRODUCTS, simulated, start};
use tidegate_directory::connector::{Account, Connector, ConnectorError};
use tidegate_directory::target::Product;
use tidegate_simulators::{SimAccount, SimState, SimulatorConfig};

async fn accounts(connector: &dyn Connector) -> (Vec<Account>, usize) {
    let (mut all, mut pages, mut cursor) = (Vec::new(), 0, None);
    loop {
        let page = connector.list_accounts(cursor.as_deref()).await.unwrap();
        all.extend(page.accounts);
        pages += 1;
        cursor = page.next;
        if cursor.is_none() {
            return (all, pages);
        }
    }
}

async fn groups(connector: &dyn Connector) -> BTreeSet<String> {
    let (mut all, mut cursor) = (BTreeSet::new(), None);
    loop {
        let page = connector.list_groups(cursor.as_deref()).await.unwrap();
        for name in page.names {
            assert!(all.insert(name.clone()), "{name} comes twice");
        }
        cursor = page.next;
        if cursor.is_none() {
            return all;
        }
    }
}

/// Pages of three; Crowd tells no end, so a page of fewer than 25 is taken for the last.
fn small_pages(product: Product) -> SimulatorConfig {
    simulated(product).page_cap(if product == Product::Crowd { 30 } else { 3 })
}

fn seed(product: Product, state: &SimState) {
    for number in 0..130 {
        let mut account = SimAccount::new(&format!("user-{number}"));
        account.active = number % 10 > 0;
        state.seed_account(account);
        state.seed_group(&format!("Group {number}"));
    }
    // What the organisation holds outside a Cloud directory is not shown in it.
    if product != Product::CloudDirectory {
        state.seed_account(SimAccount::new("ldap-bob").in_directory("Corporate LDAP"));
    }
}

#[tokio::test]
async fn every_account_and_group_comes_once() {
    for product in PRODUCTS {
        let (simulator, connector) = start(small_pages(product), product).await;
        seed(product, &simulator.state());
        let (found, pages) = accounts(connector.as_ref()).await;
        assert!(pages > 1, "{product}: {pages}");
        let names: BTreeSet<String> = found.iter().map(|account| account.username.clone()).collect();
        let there: BTreeSet<String> = simulator
            .state()
            .accounts()
            .into_iter()
            .map(|it| it.name)
            .collect();
        assert_eq!((names, found.len()), (there.clone(), there.len()), "{product}");
        let inactive = found.iter().filter(|account| !account.active).count();
        assert_eq!(
            inactive, 13,
            "{product}: accounts that cannot be used are shown as such"
        );
        for account in &found {
            let known = connector.find_account(&account.username).await.unwrap().unwrap();
            assert_eq!(&known, account, "{product}");
        }
        let there: BTreeSet<String> = simulator.state().groups().into_iter().collect();
        let listed = groups(connector.as_ref()).await;
        let own = |name: &&String| name.starts_with("Group ");
        assert_eq!(listed.iter().filter(own).count(), 130, "{product}");
        // The organisation's own groups may be shown in a Cloud directory or not.
        assert!(product == Product::CloudDirectory || listed == there, "{product}");
    }
}

#[tokio::test]
async fn a_page_can_be_asked_for_again_by_another_connector() {
    for product in PRODUCTS {
        let (simulator, connector) = start(small_pages(product), product).await;
        seed(product, &simulator.state());
        let first = connector.list_accounts(None).await.unwrap();
        let cursor = first.next.unwrap();
        let second = connector.list_accounts(Some(&cursor)).await.unwrap();
        let other =
            tidegate_directory::products::connect(&common::target(product, simulator.base_url())).unwrap();
        assert_eq!(
            other.list_accounts(Some(&cursor)).await.unwrap(),
            second,
            "{product}"
        );
        let refused = other.list_accounts(Some("list:somewhere")).await;
        assert!(
            matches!(refused, Err(ConnectorError::Refused(_))),
            "{product}: {refused:?}"
        );
    }
}

#[tokio::test]
async fn older_versions_list_by_what_they_have() {
    let old = simulated(Product::Jira).version("9.12.0");
    let (simulator, connector) = start(old, Product::Jira).await;
    seed(Product::Jira, &simulator.state());
    let (found, _) = accounts(connector.as_ref()).await;
    assert_eq!(found.len(), simulator.state().accounts().len());

    let old = simulated(Product::Confluence).version("8.2.0");
    let (_simulator, connector) = start(old, Product::Confluence).await;
    let refused = connector.list_accounts(None).await;
    assert!(
        matches!(&refused, Err(ConnectorError::Unsupported(text)) if text.contains("8.4")),
        "{refused:?}"
    );
}
