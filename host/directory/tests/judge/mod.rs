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

use serde_json::{Value, json};
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
        // Free when asked; Prism cannot be given a listening socket.
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let mut prism = Command::new(setting("TIDEGATE_PRISM"))
            .args(["proxy", "--errors", "--host", "127.0.0.1", "--port"])
            .arg(address.port().to_string())
            .arg(contract(product, address.port()))
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

/// The product's description.
fn contract(product: Product, port: u16) -> PathBuf {
    let published = |name: &str| {
        let path = setting("TIDEGATE_CONTRACTS").join(name);
        assert!(path.is_file(), "{} is missing: {HELP}", path.display());
        path
    };
    match product {
        Product::Crowd => {}
        Product::CloudDirectory => return published("atlassian-cloud-scim.openapi.json"),
        Product::JiraCloud => return published("jira-cloud.openapi.json"),
        product => return published(&format!("{product}-dc.openapi.json")),
    }
    // Crowd's, and the one call that asks whether the server is a Jira, of Jira's: there it
    // is open to all, which Jira's description does not say.
    let read =
        |name: &str| -> Value { serde_json::from_slice(&std::fs::read(published(name)).unwrap()).unwrap() };
    let (mut crowd, mut jira) = (read("crowd.openapi.json"), read("jira-dc.openapi.json"));
    let asks = "/rest/api/2/serverInfo";
    crowd["paths"][asks] = jira["paths"][asks].take();
    crowd["paths"][asks]["get"]["security"] = json!([]);
    for (name, schema) in jira["components"]["schemas"].as_object().unwrap() {
        let schemas = crowd["components"]["schemas"].as_object_mut().unwrap();
        schemas.entry(name).or_insert_with(|| schema.clone());
    }
    // "Users or else groups" fits both as long as neither needs its list: stricter, so that
    // one of them can be told from the other.
    crowd["components"]["schemas"]["Users"]["required"] = json!(["users"]);
    crowd["components"]["schemas"]["Groups"]["required"] = json!(["groups"]);
    let both = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("crowd-{port}.openapi.json"));
    std::fs::write(&both, crowd.to_string()).unwrap();
    both
}

const HELP: &str = "run as tests/atlassian/judge/README.md says: npm install there, then set \
     TIDEGATE_PRISM=…/node_modules/.bin/prism and TIDEGATE_CONTRACTS=(folder of the OpenAPI files)";

fn setting(name: &str) -> PathBuf {
    let value = std::env::var_os(name);
    PathBuf::from(value.unwrap_or_else(|| panic!("{name} is not set: {HELP}")))
}
