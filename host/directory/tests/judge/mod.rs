//! Prism in proxy mode with one product's published description.
#![allow(unreachable_pub, clippy::unwrap_used, reason = "shared by tests only")]

mod directory;
mod site;
mod surface;
mod tap;

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

pub use surface::Surface;
use tap::{Judged, Record};
use tidegate_directory::target::Product;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

/// Prism reads and compiles the description before it listens: seconds on a busy machine.
const STARTS_WITHIN: Duration = Duration::from_secs(60);

/// An answer that the description is silent about, and that is let pass.
#[derive(Debug, Clone, Copy)]
pub struct Silent {
    /// `METHOD /path`, or its beginning.
    pub call: &'static str,
    /// The status given.
    pub status: u16,
}

impl Silent {
    /// Whether this is such an answer.
    pub fn is(&self, judged: &Judged) -> bool {
        let unlisted = judged
            .complaint
            .as_deref()
            .is_none_or(|it| it.contains("Unable to match the returned status code"));
        unlisted && self.status == judged.status && judged.call.starts_with(self.call)
    }
}

/// Prism between whoever calls `base_url` and an upstream; ends with the value.
pub struct Judge {
    _prism: Child,
    /// Where the connector calls.
    pub base_url: String,
    record: Record,
}

impl Judge {
    /// Starts Prism in front of `upstream`. A missing part fails the test: no judge, no proof.
    pub async fn start(product: Product, upstream: &str) -> Self {
        let contract = setting("TIDEGATE_CONTRACTS").join(description(product));
        assert!(contract.is_file(), "{} is missing: {HELP}", contract.display());
        // Free when asked; Prism cannot be given a listening socket.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut prism = Command::new(setting("TIDEGATE_PRISM"))
            .args(["proxy", "--errors", "--host", "127.0.0.1", "--port"])
            .arg(address.port().to_string())
            .arg(contract)
            .arg(upstream)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|error| panic!("Prism does not start ({error}): {HELP}"));
        let mut log = BufReader::new(prism.stdout.take().unwrap()).lines();
        let listening = async {
            let mut said = Vec::new();
            while let Ok(Some(line)) = log.next_line().await {
                if line.contains("Prism is listening") {
                    return;
                }
                said.push(line);
            }
            panic!(
                "Prism ended before it listened, its last words: {:?}",
                said.last()
            );
        };
        tokio::time::timeout(STARTS_WITHIN, listening)
            .await
            .unwrap_or_else(|_| panic!("Prism does not listen after {STARTS_WITHIN:?}"));
        // Its log must be read on, or it blocks on a full pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = log.next_line().await {} });
        let record = Record::default();
        let base_url = tap::start(format!("http://{address}"), record.clone()).await;
        Self {
            _prism: prism,
            base_url,
            record,
        }
    }

    /// Every call judged so far.
    pub fn judged(&self) -> Vec<Judged> {
        self.record.lock().unwrap().clone()
    }

    /// The calls that left the contract, but for those it is silent about.
    pub fn violations(&self, silent: &[Silent]) -> Vec<Judged> {
        let mut judged = self.judged();
        judged.retain(|it| it.complaint.is_some() && !silent.iter().any(|silent| silent.is(it)));
        judged
    }
}

/// The file that describes a product's API.
fn description(product: Product) -> String {
    match product {
        Product::CloudDirectory => "atlassian-cloud-scim.openapi.json".to_owned(),
        Product::JiraCloud | Product::Crowd => format!("{product}.openapi.json"),
        product => format!("{product}-dc.openapi.json"),
    }
}

const HELP: &str = "run as tests/atlassian/judge/README.md says: npm install there, then set \
     TIDEGATE_PRISM=…/node_modules/.bin/prism and TIDEGATE_CONTRACTS=(folder of the OpenAPI files)";

fn setting(name: &str) -> PathBuf {
    let value = std::env::var_os(name);
    PathBuf::from(value.unwrap_or_else(|| panic!("{name} is not set: {HELP}")))
}
