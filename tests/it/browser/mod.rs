//! The pages in a real browser: Debian's Chromium, driven by tests/browser/walk.mjs, with the simulators behind and the
//! Okta client before them. `tests/run` installs what it needs.

use std::path::PathBuf;
use std::process::Stdio;

use serde_json::{Value, json};
use tidegate_directory::target::Product;
use tidegate_okta::{Member, OktaClient, Profile};
use tidegate_simulators::{Fault, FaultKind};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::Command;

use crate::world::{Simulated, World, okta, until};

const HELP: &str =
    "run tests/run, or npm install in a copy of tests/browser, and set TIDEGATE_BROWSER to that folder";
const APP: &str = "Okta production";
const GRACE: &str = "grace.hopper@tidal.example";

/// What is done while the browser waits.
struct Behind<'w> {
    world: &'w World,
    okta: Option<OktaClient>,
    grace: Option<String>,
    steps: u64,
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_walks_from_the_link_to_a_provisioned_user_and_through_a_day() {
    let mut world = World::bare().await;
    world
        .products
        .push(Simulated::start(Product::Jira, "admin").await);
    let folder = std::env::var_os("TIDEGATE_BROWSER").map(PathBuf::from);
    let folder = folder.unwrap_or_else(|| panic!("TIDEGATE_BROWSER is not set: {HELP}"));
    let link = world
        .server
        .as_ref()
        .and_then(|server| server.setup_link.as_ref());
    let component = world.config.data_dir.join("freeze.wasm");
    std::fs::write(&component, tidegate_guests::FREEZE).expect("a file");
    let about = json!({
        "url": format!("http://{}", world.address()),
        "setup": link.expect("a link").to_string(),
        "jira": {"url": world.product("jira").simulator.base_url(), "username": "admin", "password": "admin"},
        "component": component,
        "chromium": std::env::var("TIDEGATE_CHROMIUM").unwrap_or_else(|_| "/usr/bin/chromium".into()),
        "pictures": std::env::var("TIDEGATE_PICTURES").ok(),
    });
    let mut walk = Command::new("node")
        .arg(folder.join("walk.mjs"))
        .arg(about.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|error| panic!("node does not start ({error}): {HELP}"));
    let mut input = walk.stdin.take().expect("is piped");
    let mut asked = BufReader::new(walk.stdout.take().expect("is piped")).lines();
    let mut behind = Behind {
        world: &world,
        okta: None,
        grace: None,
        steps: 0,
    };
    while let Some(line) = asked.next_line().await.expect("a text") {
        let asked: Value = serde_json::from_str(&line).expect("JSON");
        let done = behind.does(&asked).await;
        input
            .write_all(format!("{done}\n").as_bytes())
            .await
            .expect("is told");
    }
    let ended = walk.wait().await.expect("ends");
    assert!(ended.success(), "the walk ended early: see above");
    // What the README and the guide promise: it is counted, not timed.
    assert_eq!(behind.steps, STEPS, "steps from the link to a provisioned user");
}

/// Everything that an administrator fills in, chooses or presses, here and in Okta.
const STEPS: u64 = 23;

impl Behind<'_> {
    async fn does(&mut self, asked: &Value) -> Value {
        let jira = self.world.product("jira").state();
        match asked["what"].as_str().expect("a text") {
            "test-credentials" => {
                let text = |name: &str| asked[name].as_str().expect("a text").to_owned();
                let client = okta(&text("base-url"), &text("token"));
                client.test_api_credentials().await.expect("they work");
                self.okta = Some(client);
                json!({})
            }
            "assign" => {
                let profile = Profile::new(GRACE, "Grace", "Hopper");
                let okta = self.okta.as_ref().expect("it came before");
                let id = okta.assign(&profile).await.expect("is assigned").id;
                let member = Member::new(&id, GRACE);
                okta.push_group("engineering", &[member])
                    .await
                    .expect("is pushed");
                self.grace = Some(id);
                self.world.admin.converged(APP).await;
                let members = jira.members("everybody");
                json!({"account": members.first()})
            }
            // The product refuses what it took before, for good.
            "break" => {
                let fault = Fault {
                    matching: Some("PUT /rest/api/2/user".into()),
                    kind: FaultKind::Status(400),
                    times: u32::MAX,
                };
                self.world.product("jira").simulator.faults().push(fault);
                let okta = self.okta.as_ref().expect("it came before");
                let profile = Profile::new(GRACE, "Grace", "Murray Hopper");
                okta.update(self.grace.as_ref().expect("is assigned"), &profile)
                    .await
                    .expect("is taken");
                let refused = until("it is refused", || async {
                    let line = self.world.admin.target(APP, "jira").await;
                    let failure = line.failures.first().filter(|failure| failure.parked);
                    failure
                        .map(|failure| failure.error.clone())
                        .ok_or(format!("{line:?}"))
                });
                json!({"refused": refused.await})
            }
            "leaves" => {
                let okta = self.okta.as_ref().expect("it came before");
                let joan = Profile::new("joan.clarke@example.com", "Joan", "Clarke");
                let id = okta.assign(&joan).await.expect("is assigned").id;
                self.world.admin.converged(APP).await;
                okta.deactivate(&id).await.expect("leaves");
                self.world.admin.converged(APP).await;
                json!({"leaver": id})
            }
            "mend" => {
                self.world.product("jira").simulator.faults().clear();
                json!({})
            }
            "settled" => {
                self.world.admin.converged(APP).await;
                json!({})
            }
            "drift" => {
                assert!(jira.remove_account("grace.hopper"));
                json!({})
            }
            "done" => {
                self.steps = asked["steps"].as_u64().expect("a number");
                json!({})
            }
            other => panic!("what is {other:?}?"),
        }
    }
}
