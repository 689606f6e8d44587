//! Wrong credentials are tried once: products lock accounts after a few failed log-ins.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

mod common;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use common::{ann, serve, simulated, start, target};
use http::Response;
use http_body_util::Full;
use tidegate_directory::connector::{Connector, ConnectorError};
use tidegate_directory::products;
use tidegate_directory::target::{Credentials, Product};
use tidegate_simulators::Simulator;
use tokio::task::JoinSet;

/// Sixteen looks at once.
async fn crowd(connector: &Arc<dyn Connector>) -> Vec<Result<(), ConnectorError>> {
    let mut looks = JoinSet::new();
    for number in 0..16 {
        let connector = Arc::clone(connector);
        looks.spawn(async move { connector.find_account(&format!("p{number}")).await.map(drop) });
    }
    looks.join_all().await
}

#[tokio::test]
async fn many_at_once_make_one_failed_log_in() {
    let simulator = Simulator::start(simulated(Product::Jira)).await.unwrap();
    let mut config = target(Product::Jira, simulator.base_url());
    config.concurrency = 16;
    config.credentials = Credentials::Basic {
        username: "admin".to_owned(),
        password: "wrong".to_owned(),
    };
    let connector = products::connect(&config).unwrap();
    let found = crowd(&connector).await;
    assert!(
        found
            .iter()
            .all(|it| matches!(it, Err(ConnectorError::Unauthorized(_)))),
        "{found:?}"
    );
    crowd(&connector).await;
    assert_eq!(simulator.state().requests_served(), 1);

    // Asked to, it is tried anew, and by one call.
    connector.probe().await.unwrap_err();
    assert_eq!(simulator.state().requests_served(), 2);
    simulator.state().set_password("admin", "wrong");
    connector.probe().await.unwrap();
    assert!(crowd(&connector).await.iter().all(Result::is_ok));
}

/// Whoever waited for a call that told nothing does not wait for sixteen of them.
#[tokio::test]
async fn a_product_that_is_down_is_asked_once_by_all_who_came_together() {
    let asked = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&asked);
    let base_url = serve(move |_| {
        let counted = Arc::clone(&counted);
        async move {
            counted.fetch_add(1, Ordering::Relaxed);
            Response::builder()
                .status(503)
                .body(Full::new(Bytes::new()))
                .unwrap()
        }
    })
    .await;
    let mut config = target(Product::Jira, &base_url);
    config.concurrency = 16;
    let connector = products::connect(&config).unwrap();
    let found = crowd(&connector).await;
    assert!(
        found
            .iter()
            .all(|it| matches!(it, Err(ConnectorError::Unavailable(_)))),
        "{found:?}"
    );
    // Those who came when the first was over already make one of their own.
    let once = asked.load(Ordering::Relaxed);
    assert!((1..=2).contains(&once), "{once} calls");
    crowd(&connector).await;
    assert!(
        asked.load(Ordering::Relaxed) > once,
        "and it is asked again later"
    );
}

/// What a version has not is not tried, once the product said which it is.
#[tokio::test]
async fn a_version_s_missing_calls_are_not_made() {
    for (product, version) in [(Product::Confluence, "8.1.4"), (Product::Jira, "8.2.6")] {
        let (simulator, connector) = start(simulated(product).version(version), product).await;
        let state = simulator.state();
        state.seed_account(tidegate_simulators::SimAccount::new("ann"));
        connector.probe().await.unwrap();
        let found = connector.find_account("ann").await.unwrap().unwrap();
        let link = tidegate_directory::connector::AccountLink {
            remote_id: found.remote_id.clone(),
            username: "ann".to_owned(),
            remembered: None,
        };
        let before = state.requests_served();
        let mut refused = vec![
            connector.suspend_account(&link).await.map(drop),
            connector.restore_account(&link).await.map(drop),
        ];
        if product == Product::Confluence {
            refused.push(connector.create_account(&ann()).await.map(drop));
            refused.push(connector.list_accounts(None).await.map(drop));
            refused.push(connector.update_account(&link, &found, &ann()).await.map(drop));
        }
        for refused in refused {
            let told =
                matches!(&refused, Err(ConnectorError::Unsupported(words)) if words.contains("update to"));
            assert!(told, "{product}: {refused:?}");
        }
        assert_eq!(state.requests_served(), before, "{product}");
    }
}
