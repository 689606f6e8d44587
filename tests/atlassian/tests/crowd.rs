//! Crowd's manners, seen with a bare HTTP client: statuses, reasons and what a PUT overwrites.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs, reason = "tests")]

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::{HeaderMap, Request};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use tidegate_simulators::{Fault, FaultKind, SimAccount, SimProduct, Simulator, SimulatorConfig};

struct Seen {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Seen {
    /// The status, and the reason where there is one.
    fn refusal(&self) -> (u16, Option<String>) {
        let body: Value = serde_json::from_str(&self.body).unwrap_or_default();
        let reason = body["reason"].as_str().map(str::to_owned);
        assert_eq!(reason.is_some(), body["message"].is_string(), "{}", self.body);
        (self.status, reason)
    }
}

/// `call` is `METHOD PATH`, the path below the API unless it is a whole one.
async fn ask_as(simulator: &Simulator, authorization: Option<&str>, call: &str, body: Option<Value>) -> Seen {
    let (method, path) = call.split_once(' ').unwrap();
    let below = match path.starts_with("/rest/") {
        true => "",
        false => "/rest/usermanagement/1",
    };
    let mut request = Request::builder()
        .method(method)
        .uri(format!("{}{below}{path}", simulator.base_url()))
        .header("content-type", "application/json");
    if let Some(authorization) = authorization {
        request = request.header("authorization", authorization);
    }
    let body = body.map(|body| body.to_string()).unwrap_or_default();
    let client = Client::builder(TokioExecutor::new()).build_http::<Full<bytes::Bytes>>();
    let answer = client.request(request.body(Full::from(body)).unwrap()).await;
    let (head, body) = answer.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    Seen {
        status: head.status.as_u16(),
        headers: head.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    }
}

async fn ask(simulator: &Simulator, call: &str, body: Option<Value>) -> Seen {
    ask_as(simulator, Some(&basic("admin", "admin")), call, body).await
}

fn basic(name: &str, password: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{name}:{password}")))
}

fn refused(status: u16, reason: &str) -> (u16, Option<String>) {
    (status, Some(reason.to_owned()))
}

async fn crowd() -> Simulator {
    let simulator = Simulator::start(SimulatorConfig::new(SimProduct::Crowd))
        .await
        .unwrap();
    simulator.state().seed_account(SimAccount::new("ann"));
    simulator.state().seed_group("dev");
    simulator
}

#[tokio::test]
async fn applications_log_in_and_nobody_else() {
    let crowd = crowd().await;
    crowd.state().set_password("ann", "ann");
    let look = "GET /user?username=ann";
    assert_eq!(ask(&crowd, look, None).await.status, 200);
    let wrong = [
        Some(basic("admin", "guess")),
        Some(basic("ann", "ann")),
        Some("Bearer admin-token".to_owned()),
        None,
    ];
    for authorization in wrong.iter().cycle().take(12) {
        let seen = ask_as(&crowd, authorization.as_deref(), look, None).await;
        let kind = seen.headers["content-type"].to_str().unwrap();
        assert_eq!(seen.status, 401, "{authorization:?}");
        assert!(
            kind.starts_with("text/html") && seen.body.starts_with('<'),
            "{}",
            seen.body
        );
        assert!(seen.headers.get("x-ausername").is_none());
    }
    // No CAPTCHA after that.
    assert_eq!(ask(&crowd, look, None).await.status, 200);
    assert_eq!(
        ask(&crowd, "GET /non-existent/location", None).await.refusal(),
        (404, None)
    );
}

#[tokio::test]
async fn a_put_empties_what_it_leaves_out() {
    let crowd = crowd().await;
    crowd.state().seed_account(SimAccount {
        first_name: "Ann Marie".to_owned(),
        last_name: "Lee".to_owned(),
        ..SimAccount::new("ann")
    });
    let put = ask(
        &crowd,
        "PUT /user?username=ann",
        Some(json!({ "name": "ann", "display-name": "A B C" })),
    )
    .await;
    assert_eq!((put.status, put.body.as_str()), (204, ""));
    let ann = crowd.state().account("ann").unwrap();
    assert_eq!(
        (ann.email.as_str(), ann.active, ann.display_name.as_str()),
        ("", false, "A B C")
    );
    assert_eq!((ann.first_name.as_str(), ann.last_name.as_str()), ("A B", "C"));
    let renames = json!({ "name": "bob", "active": true });
    let put = ask(&crowd, "PUT /user?username=ann", Some(renames)).await;
    assert_eq!(put.refusal(), refused(400, "INVALID_USER"));
}

#[tokio::test]
async fn each_refusal_has_its_reason() {
    let crowd = crowd().await;
    let ldap = SimAccount::new("ldap-bob").in_directory("Corporate LDAP");
    crowd.state().seed_account(ldap);
    crowd.state().add_member("dev", "ldap-bob");
    let user = |name: &str| Some(json!({ "name": name, "password": { "value": "x" } }));
    let group = |name: &str| Some(json!({ "name": name, "type": "GROUP" }));
    let name = |name: &str| Some(json!({ "name": name }));
    let (by_user, by_group) = (
        "POST /user/group/direct?username=",
        "POST /group/user/direct?groupname=",
    );
    for (call, body, status, reason) in [
        ("GET /user?username=x".to_owned(), None, 404, "USER_NOT_FOUND"),
        ("GET /user?key=x".to_owned(), None, 404, "USER_NOT_FOUND"),
        ("GET /user".to_owned(), None, 400, "ILLEGAL_ARGUMENT"),
        ("POST /user".to_owned(), user("ANN"), 400, "INVALID_USER"),
        ("POST /user".to_owned(), user(" ann"), 400, "INVALID_USER"),
        ("POST /user".to_owned(), name("zoe"), 400, "INVALID_CREDENTIAL"),
        ("POST /group".to_owned(), group("DEV"), 400, "INVALID_GROUP"),
        ("POST /group".to_owned(), name("ops"), 400, "INVALID_GROUP"),
        ("GET /group?groupname=x".to_owned(), None, 404, "GROUP_NOT_FOUND"),
        (
            "DELETE /group?groupname=x".to_owned(),
            None,
            404,
            "GROUP_NOT_FOUND",
        ),
        (
            "GET /group/user/direct?groupname=x".to_owned(),
            None,
            404,
            "GROUP_NOT_FOUND",
        ),
        (
            "GET /group/user/direct?groupname=dev&username=ann".to_owned(),
            None,
            404,
            "MEMBERSHIP_NOT_FOUND",
        ),
        // The one of the URL is a 404, the one of the body a 400.
        (format!("{by_user}x"), name("dev"), 404, "USER_NOT_FOUND"),
        (format!("{by_user}ann"), name("x"), 400, "GROUP_NOT_FOUND"),
        (format!("{by_group}x"), name("ann"), 404, "GROUP_NOT_FOUND"),
        (format!("{by_group}dev"), name("x"), 400, "USER_NOT_FOUND"),
        (
            "DELETE /group/user/direct?groupname=dev&username=ann".to_owned(),
            None,
            404,
            "MEMBERSHIP_NOT_FOUND",
        ),
        // The directory that may not be written.
        (
            "PUT /user?username=ldap-bob".to_owned(),
            name("ldap-bob"),
            403,
            "APPLICATION_PERMISSION_DENIED",
        ),
        (
            "DELETE /user?username=ldap-bob".to_owned(),
            None,
            403,
            "APPLICATION_PERMISSION_DENIED",
        ),
        (
            "DELETE /group/user/direct?groupname=dev&username=ldap-bob".to_owned(),
            None,
            403,
            "APPLICATION_PERMISSION_DENIED",
        ),
        (
            "GET /search?entity-type=tree".to_owned(),
            None,
            400,
            "ILLEGAL_ARGUMENT",
        ),
    ] {
        let before = crowd.state().snapshot();
        let seen = ask(&crowd, &call, body).await;
        assert_eq!(seen.refusal(), refused(status, reason), "{call}");
        assert_eq!(crowd.state().snapshot(), before, "{call}");
    }
    assert_eq!(
        ask(&crowd, &format!("{by_group}dev"), name("ann")).await.status,
        201
    );
    let again = ask(&crowd, &format!("{by_user}ann"), name("dev")).await;
    assert_eq!(again.refusal(), refused(409, "MEMBERSHIP_ALREADY_EXISTS"));
}

#[tokio::test]
async fn a_rename_takes_key_groups_and_attributes_along_from_2_8_4() {
    let rename = "POST /user/rename?username=ann";
    let body = Some(json!({ "new-name": "anna" }));
    let old = Simulator::start(SimulatorConfig::new(SimProduct::Crowd).version("2.8.3"))
        .await
        .unwrap();
    old.state().seed_account(SimAccount::new("ann"));
    let seen = ask(&old, rename, body.clone()).await;
    assert_eq!(seen.refusal(), (404, None));

    let crowd = crowd().await;
    let key = crowd.state().account("ann").unwrap().key;
    crowd.state().add_member("dev", "ann");
    let stored = json!({ "attributes": [{ "name": "scim-id", "values": ["4711"] }] });
    let stored = ask(&crowd, "POST /user/attribute?username=ann", Some(stored)).await;
    assert_eq!(stored.status, 204);
    assert_eq!(ask(&crowd, rename, body.clone()).await.status, 200);
    let anna = crowd.state().account("anna").unwrap();
    assert_eq!(
        (anna.key, anna.attributes["scim-id"].as_slice()),
        (key, ["4711".to_owned()].as_slice())
    );
    assert_eq!(crowd.state().members("dev"), ["anna"]);
    crowd.state().seed_account(SimAccount::new("ann"));
    let taken = ask(&crowd, rename, body).await;
    assert_eq!(taken.refusal(), refused(400, "INVALID_USER"));
}

#[tokio::test]
async fn lists_have_pages_and_no_total() {
    let crowd = Simulator::start(SimulatorConfig::new(SimProduct::Crowd).page_cap(2))
        .await
        .unwrap();
    for name in ["ann", "bob", "carl"] {
        crowd.state().seed_account(SimAccount::new(name));
    }
    let mut read = Vec::new();
    for start in [0, 2, 4] {
        let call = format!("GET /search?entity-type=user&start-index={start}&max-results=99");
        let page: Value = serde_json::from_str(&ask(&crowd, &call, None).await.body).unwrap();
        let users = page["users"].as_array().unwrap();
        assert_eq!(page.as_object().unwrap().len(), 2, "{page}");
        read.push(users.iter().map(|user| user["name"].clone()).collect::<Vec<_>>());
    }
    assert_eq!(json!(read), json!([["admin", "ann"], ["bob", "carl"], []]));
}

/// To Jira's own resources an application is nobody: it must ask without credentials.
#[tokio::test]
async fn a_jira_that_is_the_user_server_says_so_to_anybody() {
    let path = "GET /rest/api/2/serverInfo";
    let jira = SimulatorConfig::new(SimProduct::Crowd).jira_user_server();
    let jira = Simulator::start(jira).await.unwrap();
    let seen = ask_as(&jira, None, path, None).await;
    assert_eq!(
        (seen.status, seen.headers["x-ausername"].to_str().unwrap()),
        (200, "anonymous")
    );
    assert_eq!(ask(&jira, path, None).await.status, 401);
    assert_eq!(ask(&jira, "GET /user?username=admin", None).await.status, 200);
    assert_eq!(ask_as(&crowd().await, None, path, None).await.status, 404);
}

#[tokio::test]
async fn an_ordered_fault_refuses_in_crowd_s_words() {
    let crowd = crowd().await;
    crowd
        .faults()
        .push(Fault::once("GET /rest/usermanagement", FaultKind::Status(503)));
    crowd.faults().push(Fault::once(
        "GET /rest/usermanagement",
        FaultKind::RateLimited {
            retry_after_seconds: 7,
        },
    ));
    let look = "GET /user?username=ann";
    assert_eq!(
        ask(&crowd, look, None).await.refusal(),
        refused(503, "OPERATION_FAILED")
    );
    let limited = ask(&crowd, look, None).await;
    assert_eq!(
        (limited.status, &limited.headers["retry-after"]),
        (429, &"7".parse().unwrap())
    );
    assert_eq!(ask(&crowd, look, None).await.status, 200);
}
