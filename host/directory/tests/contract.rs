//! Atlassian's published descriptions judge connectors and simulators: Prism stands
//! between the two as a proxy. See `tests/atlassian/judge/README.md`.
#![cfg(feature = "judges")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs, reason = "tests")]

mod common;
mod judge;

use bytes::Bytes;
use common::{serve, simulated, target};
use http::{Method, Response};
use http_body_util::Full;
use judge::{Judge, Silent, Surface};
use tidegate_directory::products;
use tidegate_directory::target::Product;
use tidegate_directory::transport::Client;
use tidegate_simulators::{CLOUD_DIRECTORY, Simulator, SimulatorConfig};

/// The log-in filter refuses a wrong password before any resource is reached; the
/// resources that are open to all do not list its answer.
const LOGIN: u16 = 401;

/// Drives the whole surface through Prism, then reads the verdict.
async fn judged(product: Product, silent: &[Silent], operations: &[&str]) {
    judged_as(simulated(product), product, silent, operations).await;
}

async fn judged_as(config: SimulatorConfig, product: Product, silent: &[Silent], operations: &[&str]) {
    let simulator = Simulator::start(config.page_cap(25)).await.unwrap();
    let judge = Judge::start(product, simulator.base_url()).await;
    let config = target(product, &judge.base_url);
    let surface = Surface {
        product,
        connector: products::connect(&config).unwrap(),
        config,
        state: simulator.state(),
    };
    let driven = tokio::spawn(async move { surface.drive().await }).await;
    let violations = judge.violations(silent);
    assert!(
        violations.is_empty(),
        "{product} leaves its contract:\n{violations:#?}"
    );
    // After the verdict: where Prism refused a call, its words say more.
    driven.unwrap();
    let judged = judge.judged();
    for operation in operations {
        let (method, path) = operation.split_once(' ').unwrap();
        let is_meant =
            |call: &str| call.starts_with(method) && call.split_once(' ').unwrap().1.starts_with(path);
        assert!(
            judged.iter().any(|it| is_meant(&it.call)),
            "{operation} was not judged"
        );
    }
    for silent in silent {
        assert!(
            judged.iter().any(|it| it.complaint.is_some() && silent.is(it)),
            "{silent:?} is not needed"
        );
    }
    assert_eq!(
        judged.len() as u64,
        simulator.state().requests_served(),
        "{product}: every call was judged, and every judged call reached the simulator"
    );
    let mut calls: Vec<String> = judged
        .iter()
        .map(|it| format!("{} {}", it.status, it.call))
        .collect();
    calls.sort();
    calls.dedup();
    println!(
        "{product}: {} calls judged, {} of them different",
        judged.len(),
        calls.len()
    );
}

#[tokio::test]
async fn jira_stays_within_its_contract() {
    let operations = [
        "GET /rest/api/2/serverInfo",
        "GET /rest/api/2/myself",
        "GET /rest/api/2/applicationrole",
        "GET /rest/api/2/user",
        "GET /rest/api/2/user/search",
        "GET /rest/api/2/user/list",
        "GET /rest/api/2/user/duplicated/list",
        "GET /rest/api/2/user/anonymization",
        "POST /rest/api/2/user/anonymization",
        "GET /rest/api/2/user/anonymization/progress",
        "POST /rest/api/2/user",
        "PUT /rest/api/2/user",
        "DELETE /rest/api/2/user",
        "POST /rest/api/2/group",
        "DELETE /rest/api/2/group",
        "GET /rest/api/2/group/member",
        "POST /rest/api/2/group/user",
        "DELETE /rest/api/2/group/user",
        "GET /rest/api/2/groups/picker",
    ];
    let silent = [Silent {
        call: "GET /rest/api/2/serverInfo",
        status: LOGIN,
    }];
    judged(Product::Jira, &silent, &operations).await;
}

#[tokio::test]
async fn confluence_stays_within_its_contract() {
    let operations = [
        "GET /rest/api/server-information",
        "GET /rest/api/permissions",
        "GET /rest/api/user",
        "GET /rest/api/user/current",
        "GET /rest/api/user/memberof",
        "GET /rest/api/user/list",
        "POST /rest/api/admin/user",
        "PUT /rest/api/admin/user/ann",
        "PUT /rest/api/admin/user/ann/disable",
        "PUT /rest/api/admin/user/ann/enable",
        "DELETE /rest/api/admin/user/ann",
        "GET /rest/api/longtask/",
        "POST /rest/api/admin/group",
        "DELETE /rest/api/admin/group/",
        "GET /rest/api/group",
        "GET /rest/api/group/dev",
        "PUT /rest/api/user/ann/group/",
        "DELETE /rest/api/user/ann/group/",
    ];
    // What becomes of a name that nobody has is not described for these three.
    let silent = [
        "GET /rest/api/group/",
        "PUT /rest/api/user/",
        "DELETE /rest/api/user/",
    ]
    .map(|call| Silent { call, status: 404 });
    judged(Product::Confluence, &silent, &operations).await;
}

#[tokio::test]
async fn bitbucket_stays_within_its_contract() {
    let operations = [
        "GET /rest/api/latest/application-properties",
        "GET /rest/api/latest/admin/license",
        "GET /rest/api/latest/admin/user-directories",
        "GET /rest/api/latest/admin/users",
        "POST /rest/api/latest/admin/users",
        "PUT /rest/api/latest/admin/users",
        "DELETE /rest/api/latest/admin/users",
        "POST /rest/api/latest/admin/users/rename",
        "GET /rest/api/latest/admin/users/erasure",
        "POST /rest/api/latest/admin/users/erasure",
        "GET /rest/api/latest/admin/users/more-members",
        "POST /rest/api/latest/admin/users/remove-group",
        "GET /rest/api/latest/admin/groups",
        "POST /rest/api/latest/admin/groups",
        "DELETE /rest/api/latest/admin/groups",
        "GET /rest/api/latest/admin/groups/more-members",
        "POST /rest/api/latest/admin/groups/add-users",
        "GET /rest/api/latest/admin/permissions/users",
        "PUT /rest/api/latest/admin/permissions/users",
        "DELETE /rest/api/latest/admin/permissions/users",
    ];
    let silent = [Silent {
        call: "GET /rest/api/latest/application-properties",
        status: LOGIN,
    }];
    judged(Product::Bitbucket, &silent, &operations).await;
}

const CROWD: [&str; 25] = [
    "GET /rest/api/2/serverInfo",
    "GET /rest/usermanagement/1/search",
    "POST /rest/usermanagement/1/search",
    "GET /rest/usermanagement/1/user",
    "POST /rest/usermanagement/1/user",
    "PUT /rest/usermanagement/1/user",
    "DELETE /rest/usermanagement/1/user",
    "POST /rest/usermanagement/1/user/rename",
    "PUT /rest/usermanagement/1/user/password",
    "GET /rest/usermanagement/1/user/attribute",
    "POST /rest/usermanagement/1/user/attribute",
    "DELETE /rest/usermanagement/1/user/attribute",
    "GET /rest/usermanagement/1/user/group/direct",
    "POST /rest/usermanagement/1/user/group/direct",
    "GET /rest/usermanagement/1/user/group/nested",
    "GET /rest/usermanagement/1/group",
    "POST /rest/usermanagement/1/group",
    "DELETE /rest/usermanagement/1/group",
    "GET /rest/usermanagement/1/group/user/direct",
    "DELETE /rest/usermanagement/1/group/user/direct",
    "GET /rest/usermanagement/1/group/user/nested",
    "GET /rest/usermanagement/1/group/child-group/direct",
    "POST /rest/usermanagement/1/group/child-group/direct",
    "POST /rest/usermanagement/1/authentication",
    "GET /rest/usermanagement/1/config/cookie",
];

#[tokio::test]
async fn crowd_stays_within_its_contract() {
    // Crowd has no such resource, which is how it is told from a Jira.
    let silent = [Silent {
        call: "GET /rest/api/2/serverInfo",
        status: 404,
    }];
    judged(Product::Crowd, &silent, &CROWD).await;
}

#[tokio::test]
async fn jira_as_user_server_stays_within_crowd_s_contract() {
    let config = simulated(Product::Crowd).jira_user_server();
    judged_as(config, Product::Crowd, &[], &CROWD).await;
}

#[tokio::test]
async fn a_cloud_directory_stays_within_its_contract() {
    let api = format!("/scim/directory/{CLOUD_DIRECTORY}");
    let operations = [
        "GET /Users",
        "GET /Users/",
        "POST /Users",
        "PUT /Users/",
        "PATCH /Users/",
        "DELETE /Users/",
        "GET /Groups",
        "GET /Groups/",
        "POST /Groups",
        "PATCH /Groups/",
        "DELETE /Groups/",
    ]
    .map(|it| it.replacen(' ', &format!(" {api}"), 1));
    judged(
        Product::CloudDirectory,
        &[],
        &operations.each_ref().map(String::as_str),
    )
    .await;
}

#[tokio::test]
async fn a_jira_cloud_site_stays_within_its_contract() {
    let operations = [
        "GET /rest/api/3/serverInfo",
        "GET /rest/api/3/myself",
        "GET /rest/api/3/applicationrole",
        "GET /rest/api/3/user",
        "GET /rest/api/3/user/groups",
        "GET /rest/api/3/user/search",
        "GET /rest/api/3/users/search",
        "POST /rest/api/3/user",
        "DELETE /rest/api/3/user",
        "GET /rest/api/3/group/bulk",
        "POST /rest/api/3/group",
        "DELETE /rest/api/3/group",
        "GET /rest/api/3/group/member",
        "POST /rest/api/3/group/user",
        "DELETE /rest/api/3/group/user",
    ];
    judged(Product::JiraCloud, &[], &operations).await;
}

/// A judge that never says no proves nothing: two wrong calls and two wrong answers.
#[tokio::test]
async fn the_judge_finds_what_is_wrong() {
    let upstream = serve(|request| async move {
        let body = match request.uri().path() {
            "/rest/api/2/applicationrole" => r#"[{"groups":"no list"}]"#,
            _ => "{}",
        };
        Response::builder()
            .status(if request.uri().path().ends_with("/user") {
                418
            } else {
                200
            })
            .header("content-type", "application/json")
            .body(Full::new(Bytes::from(body)))
            .unwrap()
    })
    .await;
    let judge = Judge::start(Product::Jira, &upstream).await;
    let client = Client::new(&target(Product::Jira, &judge.base_url)).unwrap();
    let calls = [
        (Method::GET, "/rest/api/2/applicationrole", "must be array"),
        (
            Method::GET,
            "/rest/api/2/user?username=ann",
            "returned status code",
        ),
        (Method::DELETE, "/rest/api/2/group", "'groupname'"),
        (Method::GET, "/rest/api/2/no-such-resource", "no path matched"),
    ];
    for (number, (method, path, words)) in calls.into_iter().enumerate() {
        // Whatever the client makes of it: the record counts.
        let _ = client.send(method, path, None).await;
        let violations = judge.violations(&[]);
        assert_eq!(violations.len(), number + 1, "{path}: {violations:?}");
        let complaint = violations[number].complaint.as_deref().unwrap();
        assert!(complaint.contains(words), "{path}: {complaint}");
    }
}
