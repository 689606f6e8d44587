//! What the products do around their resources, seen with a bare HTTP client: the
//! connectors behave too well to meet most of it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs, reason = "tests")]

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::{HeaderMap, Request};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use tidegate_simulators::{Fault, FaultKind, RateLimit, SimAccount, SimProduct, Simulator, SimulatorConfig};

/// Crowd's manners are its own: see `crowd.rs`.
const PRODUCTS: [SimProduct; 3] = [SimProduct::Jira, SimProduct::Confluence, SimProduct::Bitbucket];

struct Seen {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Seen {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map(|it| it.to_str().unwrap())
            .unwrap_or("")
    }
}

/// `call` is `METHOD /path`; no header is added but those given. `None`: no answer came.
async fn ask(simulator: &Simulator, call: &str, headers: &[(&str, &str)]) -> Option<Seen> {
    let (method, path) = call.split_once(' ').unwrap();
    let mut request = Request::builder()
        .method(method)
        .uri(format!("{}{path}", simulator.base_url()));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let client = Client::builder(TokioExecutor::new()).build_http::<Full<bytes::Bytes>>();
    let answer = client
        .request(request.body(Full::default()).unwrap())
        .await
        .ok()?;
    let (head, body) = answer.into_parts();
    let body = body.collect().await.ok()?.to_bytes();
    Some(Seen {
        status: head.status.as_u16(),
        headers: head.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    })
}

fn basic(name: &str, password: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{name}:{password}")))
}

/// A write without a body that succeeds, and a look at one who is not there.
fn calls(product: SimProduct) -> (&'static str, &'static str) {
    match product {
        SimProduct::Jira => (
            "DELETE /rest/api/2/group?groupname=dev",
            "GET /rest/api/2/user?username=nobody",
        ),
        SimProduct::Confluence => (
            "DELETE /rest/api/admin/group/dev",
            "GET /rest/api/user?username=nobody",
        ),
        SimProduct::Bitbucket => (
            "DELETE /rest/api/1.0/admin/groups?name=dev",
            "DELETE /rest/api/latest/admin/users?name=nobody",
        ),
        other => unreachable!("{other:?} has manners of its own"),
    }
}

async fn start(config: SimulatorConfig) -> Simulator {
    let simulator = Simulator::start(config).await.unwrap();
    simulator.state().seed_group("dev");
    simulator
}

#[tokio::test]
async fn a_write_that_a_form_could_have_made_is_refused() {
    for product in PRODUCTS {
        let simulator = start(SimulatorConfig::new(product)).await;
        let admin = basic("admin", "admin");
        let (write, _) = calls(product);
        let forged = ask(&simulator, write, &[("authorization", &admin)])
            .await
            .unwrap();
        assert_eq!(
            (forged.status, forged.body.as_str()),
            (403, "XSRF check failed"),
            "{product:?}"
        );
        assert!(simulator.state().groups().contains(&"dev".to_owned()));
        let headers = [
            ("authorization", admin.as_str()),
            ("x-atlassian-token", "no-check"),
        ];
        let honest = ask(&simulator, write, &headers).await.unwrap();
        assert!(honest.status < 300, "{product:?}: {}", honest.body);
        assert!(!simulator.state().groups().contains(&"dev".to_owned()));
    }
}

#[tokio::test]
async fn each_product_refuses_in_its_own_words() {
    for product in PRODUCTS {
        let simulator = start(SimulatorConfig::new(product)).await;
        let headers = [
            ("authorization", "Bearer admin-token"),
            ("x-atlassian-token", "no-check"),
        ];
        let refused = ask(&simulator, calls(product).1, &headers).await.unwrap();
        assert_eq!(refused.status, 404, "{product:?}");
        let body = refused.json();
        match product {
            SimProduct::Jira => assert!(body["errorMessages"][0].is_string() && body["errors"].is_object()),
            SimProduct::Confluence => {
                assert_eq!(
                    (&body["statusCode"], &body["data"]["successful"]),
                    (&json!(404), &json!(false))
                );
                assert!(body["message"].is_string() && body["reason"] == "Not Found");
            }
            SimProduct::Bitbucket => {
                let name = body["errors"][0]["exceptionName"].as_str().unwrap();
                assert!(name.ends_with("NoSuchEntityException"), "{name}");
            }
            other => unreachable!("{other:?} has manners of its own"),
        }
    }
}

#[tokio::test]
async fn the_bucket_is_told_with_every_answer() {
    for product in PRODUCTS {
        let limit = RateLimit {
            capacity: 2,
            fill_rate: 1,
            interval: Duration::from_secs(60),
        };
        let simulator = start(SimulatorConfig::new(product).rate_limit(limit)).await;
        let headers = [
            ("authorization", "Bearer admin-token"),
            ("x-atlassian-token", "no-check"),
        ];
        let first = ask(&simulator, calls(product).1, &headers).await.unwrap();
        assert_eq!(
            (first.header("x-ratelimit-remaining"), first.header("retry-after")),
            ("1", "0"),
            "{product:?}"
        );
        ask(&simulator, calls(product).1, &headers).await.unwrap();
        let refused = ask(&simulator, calls(product).0, &headers).await.unwrap();
        assert_eq!(refused.status, 429, "{product:?}");
        assert_eq!(refused.header("x-ratelimit-limit"), "2");
        assert_eq!(refused.header("x-ratelimit-fillrate"), "1");
        assert_eq!(refused.header("x-ratelimit-interval-seconds"), "60");
        let wait: u64 = refused.header("retry-after").parse().unwrap();
        assert!((1..=60).contains(&wait), "{wait}");
        assert!(
            simulator.state().groups().contains(&"dev".to_owned()),
            "nothing changed"
        );
        // Buckets are per user.
        simulator.state().seed_account(SimAccount::new("joe"));
        simulator.state().set_password("joe", "joe");
        let joe = basic("joe", "joe");
        let other = ask(&simulator, calls(product).1, &[("authorization", joe.as_str())]).await;
        assert_ne!(other.unwrap().status, 429, "{product:?}");
    }
}

#[tokio::test]
async fn three_failed_log_ins_want_a_captcha_until_it_is_cleared() {
    for product in PRODUCTS {
        let simulator = start(SimulatorConfig::new(product)).await;
        let look = calls(product).1.replace("DELETE", "GET");
        let wrong = basic("Admin", "guess");
        for _ in 0..3 {
            let refused = ask(&simulator, &look, &[("authorization", &wrong)])
                .await
                .unwrap();
            assert_eq!(refused.status, 401, "{product:?}");
        }
        let right = basic("admin", "admin");
        let captcha = ask(&simulator, &look, &[("authorization", &right)])
            .await
            .unwrap();
        assert_eq!(captcha.status, 403, "{product:?}: the right password is too late");
        let reason = captcha.header("x-authentication-denied-reason");
        assert!(reason.starts_with("CAPTCHA_CHALLENGE; login-url="), "{reason}");
        simulator.state().clear_captcha("admin");
        let fine = ask(&simulator, &look, &[("authorization", &right)])
            .await
            .unwrap();
        assert!([200, 404].contains(&fine.status), "{product:?}: {}", fine.status);
    }
}

#[tokio::test]
async fn an_ordered_fault_strikes_once_and_where_it_was_ordered() {
    for product in PRODUCTS {
        let headers = [
            ("authorization", "Bearer admin-token"),
            ("x-atlassian-token", "no-check"),
        ];
        let (write, look) = calls(product);
        for (kind, happens) in [
            (FaultKind::Reset, false),
            (FaultKind::ResetAfter, true),
            (FaultKind::Hang, false),
        ] {
            let simulator = start(SimulatorConfig::new(product)).await;
            simulator.faults().push(Fault::once("dev", kind.clone()));
            assert!(
                ask(&simulator, look, &headers).await.is_some(),
                "another call is not struck"
            );
            assert_eq!(simulator.faults().pending(), 1);
            let asked =
                tokio::time::timeout(Duration::from_millis(200), ask(&simulator, write, &headers)).await;
            assert_eq!(asked.is_err(), kind == FaultKind::Hang, "{product:?} {kind:?}");
            assert!(asked.ok().flatten().is_none(), "{product:?} {kind:?}");
            assert_eq!(simulator.faults().pending(), 0);
            assert_eq!(
                !simulator.state().groups().contains(&"dev".to_owned()),
                happens,
                "{product:?} {kind:?}"
            );
        }
    }
}

/// Cloud tells the time of the reset; it knows nothing of intervals and of user names.
#[tokio::test]
async fn cloud_tells_when_to_come_again() {
    let limit = RateLimit {
        capacity: 1,
        fill_rate: 1,
        interval: Duration::from_secs(3600),
    };
    let config = SimulatorConfig::new(SimProduct::CloudDirectory).rate_limit(limit);
    let simulator = Simulator::start(config).await.unwrap();
    let call = "GET /scim/directory/elsewhere/Users";
    let headers = [("authorization", "Bearer admin-token")];
    let missing = ask(&simulator, call, &headers).await.unwrap();
    assert_eq!((missing.status, missing.header("retry-after")), (404, ""));
    assert_eq!(
        missing.json()["schemas"][0],
        "urn:ietf:params:scim:api:messages:2.0:Error"
    );
    let limited = ask(&simulator, call, &headers).await.unwrap();
    assert_eq!(limited.status, 429);
    assert!(
        limited.header("x-ratelimit-reset").ends_with('Z'),
        "{:?}",
        limited.headers
    );
    assert_eq!(limited.header("ratelimit-reason"), "burst-based");
    assert_eq!(limited.header("x-ratelimit-interval-seconds"), "");
    assert_eq!(limited.header("x-ausername"), "");
    let password = basic("admin", "admin");
    let headers = [("authorization", password.as_str())];
    let stranger = ask(&simulator, call, &headers).await.unwrap();
    assert_eq!(stranger.status, 401);
    assert!(stranger.json()["traceId"].is_string(), "{}", stranger.body);
}
