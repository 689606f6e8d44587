//! Atlassian's published descriptions judge connectors and simulators: Prism stands
//! between the two as a proxy. See `tests/atlassian/judge/README.md`.
#![cfg(feature = "judges")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs, reason = "tests")]

mod common;

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use common::{ann, simulated, target, wanted};
use tidegate_directory::connector::{AccountLink, Connector, ConnectorError};
use tidegate_directory::products;
use tidegate_directory::target::Product;
use tidegate_simulators::{SimAccount, SimState, Simulator};
use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;

/// What Prism says of the calls that go through it.
struct Judge {
    _process: Child,
    base_url: String,
    lines: Arc<Mutex<Vec<String>>>,
}

fn setting(name: &str) -> PathBuf {
    let value = std::env::var_os(name);
    let help = "run as tests/atlassian/judge/README.md says: npm install there, then set \
                TIDEGATE_PRISM=…/node_modules/.bin/prism and TIDEGATE_CONTRACTS=(folder of the OpenAPI files)";
    PathBuf::from(value.unwrap_or_else(|| panic!("{name} is not set: {help}")))
}

impl Judge {
    async fn start(product: Product, upstream: &str) -> Self {
        let contract = setting("TIDEGATE_CONTRACTS").join(format!("{product}-dc.openapi.json"));
        // Free when asked; Prism cannot be given a listening socket.
        let port = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let mut process = Command::new(setting("TIDEGATE_PRISM"))
            .args([
                "proxy",
                "--errors",
                "--host",
                "127.0.0.1",
                "--port",
                &port.to_string(),
            ])
            .arg(contract)
            .arg(upstream)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let (ready, mut listening) = watch::channel(false);
        let ready = Arc::new(ready);
        read(process.stdout.take().unwrap(), lines.clone(), ready.clone());
        read(process.stderr.take().unwrap(), lines.clone(), ready);
        let waited =
            tokio::time::timeout(std::time::Duration::from_secs(60), listening.wait_for(|is| *is)).await;
        assert!(
            matches!(waited, Ok(Ok(_))),
            "Prism does not listen: {:?}",
            lines.lock().unwrap()
        );
        Self {
            _process: process,
            base_url: format!("http://127.0.0.1:{port}"),
            lines,
        }
    }

    /// Fails with every violation told, but for the answers named.
    fn verdict(&self, product: Product, let_pass: &[&str]) {
        let lines = self.lines.lock().unwrap();
        let violations: Vec<&String> = lines
            .iter()
            .filter(|line| line.to_lowercase().contains("violation"))
            .filter(|line| !let_pass.iter().any(|part| line.contains(part)))
            .collect();
        assert!(
            lines.iter().any(|line| line.contains("Request received")),
            "nothing went through Prism: {lines:?}"
        );
        assert!(
            violations.is_empty(),
            "{product} leaves its contract:\n{violations:#?}\nall:\n{lines:#?}"
        );
    }
}

fn read(
    from: impl AsyncRead + Unpin + Send + 'static,
    lines: Arc<Mutex<Vec<String>>>,
    ready: Arc<watch::Sender<bool>>,
) {
    tokio::spawn(async move {
        let mut from = BufReader::new(from).lines();
        while let Ok(Some(line)) = from.next_line().await {
            if line.contains("Prism is listening") {
                ready.send_replace(true);
            }
            lines.lock().unwrap().push(line);
        }
    });
}

/// Every method of the connector, and the refusals that Atlassian documents.
async fn whole_surface(product: Product, connector: &dyn Connector, state: &SimState) {
    connector.probe().await.unwrap();
    assert_eq!(connector.find_account("ann").await.unwrap(), None);
    let link = connector.create_account(&ann()).await.unwrap();
    let taken = connector.create_account(&ann()).await;
    assert!(matches!(taken, Err(ConnectorError::Conflict(_))), "{taken:?}");
    let current = connector.find_linked(&link).await.unwrap().unwrap();
    if product != Product::Confluence {
        connector
            .find_account_by_email("ann@example.com")
            .await
            .unwrap()
            .unwrap();
    }
    let name = if product == Product::Confluence {
        "ann"
    } else {
        "anna"
    };
    let mut other = wanted(name);
    other.display_name = Some("Anna Lee".to_owned());
    let link = connector.update_account(&link, &current, &other).await.unwrap();
    assert_eq!(state.account(name).unwrap().email, format!("{name}@example.com"));

    connector.create_group("dev ops").await.unwrap();
    connector.create_group("dev ops").await.unwrap();
    assert!(connector.group_exists("dev ops").await.unwrap());
    connector.add_member("dev ops", &link).await.unwrap();
    connector.add_member("dev ops", &link).await.unwrap();
    for number in 0..60 {
        let name = format!("user-{number}");
        state.seed_account(SimAccount::new(&name));
        state.add_member("dev ops", &name);
    }
    let (mut cursor, mut members) = (None, 0);
    loop {
        let page = connector
            .group_members("dev ops", cursor.as_deref())
            .await
            .unwrap();
        members += page.names.len();
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(members, 61);
    assert_eq!(connector.account_groups(name).await.unwrap().len(), 2);

    state.grant_permission(name, "LICENSED_USER");
    let link = connector.suspend_account(&link).await.unwrap();
    assert!(!connector.find_linked(&link).await.unwrap().unwrap().active);
    let link = connector.restore_account(&link).await.unwrap();
    connector.remove_member("dev ops", &link).await.unwrap();
    connector.remove_member("dev ops", &link).await.unwrap();

    let key = state.seed_account(SimAccount::new("ldap-bob").in_directory("Corporate LDAP"));
    let bob = AccountLink {
        remote_id: key,
        username: "ldap-bob".to_owned(),
        remembered: None,
    };
    let read_only = connector.suspend_account(&bob).await;
    assert!(
        matches!(read_only, Err(ConnectorError::ReadOnly(_))),
        "{read_only:?}"
    );
    state.set_seats(Some(1));
    let full = connector.create_account(&wanted("carl")).await;
    assert!(matches!(full, Err(ConnectorError::SeatsExhausted(_))), "{full:?}");

    connector.remove_group("dev ops").await.unwrap();
    connector.remove_group("dev ops").await.unwrap();
    connector.remove_account(&link).await.unwrap();
    connector.remove_account(&link).await.unwrap();
    assert_eq!(connector.find_linked(&link).await.unwrap(), None);
}

async fn judged(product: Product) {
    let simulator = Simulator::start(simulated(product).page_cap(25)).await.unwrap();
    let judge = Judge::start(product, simulator.base_url()).await;
    let connector = products::connect(&target(product, &judge.base_url)).unwrap();
    let state = simulator.state();
    let driven = tokio::spawn(async move { whole_surface(product, connector.as_ref(), &state).await }).await;
    judge.verdict(product, &[]);
    driven.unwrap();
}

#[tokio::test]
async fn jira_stays_within_its_contract() {
    judged(Product::Jira).await;
}

#[tokio::test]
async fn confluence_stays_within_its_contract() {
    judged(Product::Confluence).await;
}

#[tokio::test]
async fn bitbucket_stays_within_its_contract() {
    judged(Product::Bitbucket).await;
}
