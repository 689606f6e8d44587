//! Limits of an app: 429 with whole seconds, and nothing stored.

use http::Method;
use serde_json::{Value, json};
use tidegate_directory::target::Product;
use tidegate_okta::{OktaClient, Retries};
use tidegate_simulators::{Fault, FaultKind};

use crate::world::{APP, RawAnswer, World, bytes, person, until};

fn user(name: &str) -> Value {
    json!({"userName": format!("{name}@tidal.example"), "active": true})
}

fn seconds(answer: &RawAnswer) -> u64 {
    let text = answer.headers["retry-after"].to_str().expect("text");
    text.parse().expect("whole seconds, nothing else")
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_requests_are_told_when_to_come_back() {
    let world = World::bare().await;
    world.admin.set_app(APP, json!({"requests-per-second": 5})).await;
    let (mut served, mut refused) = (0, Vec::new());
    for _ in 0..40 {
        let answer = world.get("/Users?count=0").await;
        match answer.status {
            200 => served += 1,
            429 => refused.push(answer),
            other => panic!("{other}: {}", answer.text),
        }
    }
    assert!(
        served >= 5 && refused.len() >= 10,
        "{served} served, {} refused",
        refused.len()
    );
    let first = &refused[0];
    assert!((1..=2).contains(&seconds(first)), "{}", first.text);
    assert_eq!(first.body["status"], "429");
    // Who has no token is not let in by waiting.
    let stranger = world
        .call(Method::GET, "/Users", &[("authorization", "Bearer wrong")], None)
        .await;
    assert_eq!(stranger.status, 401);
    // A client that waits as it is told gets everything done.
    let okta = OktaClient::new(world.base_url(), world.token()).with_retries(Retries::default());
    for number in 0..8 {
        okta.assign(&person(&format!("p{number}")))
            .await
            .expect("is assigned");
    }
    world.admin.set_app(APP, json!({"requests-per-second": 0})).await;
    assert_eq!(world.read("/Users?count=0").await["totalResults"], 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn writes_wait_for_targets_that_are_far_behind() {
    let world = World::with_product(Product::Jira).await;
    world.admin.set_app(APP, json!({"most-pending": 2})).await;
    // The product asks to be left alone for longer than this test.
    let faults = world.product("jira").simulator.faults();
    faults.push(Fault {
        matching: None,
        kind: FaultKind::RateLimited {
            retry_after_seconds: 90,
        },
        times: 1_000,
    });
    let mut number = 0;
    let refused = until("a write is put off", || {
        number += 1;
        let (world, body) = (&world, user(&format!("p{number}")));
        async move {
            let answer = world.call(Method::POST, "/Users", &[], Some(body)).await;
            if answer.status == 429 {
                Ok(answer)
            } else {
                Err(answer.text)
            }
        }
    })
    .await;
    assert!((1..=90).contains(&seconds(&refused)), "{}", refused.text);
    assert!(
        refused.body["detail"]
            .as_str()
            .is_some_and(|text| text.contains("wait for the Atlassian"))
    );
    let stored = world.read("/Users?count=0").await["totalResults"]
        .as_u64()
        .expect("a count");
    let again = world.call(Method::POST, "/Users", &[], Some(user("again"))).await;
    assert_eq!(again.status, 429);
    assert_eq!(
        world.read("/Users?count=0").await["totalResults"],
        stored,
        "reads go on, nothing is stored"
    );
    // Without the limit, what Okta says is taken: it is on disk, and the product gets it in time.
    world.admin.set_app(APP, json!({"most-pending": 0})).await;
    let taken = world.call(Method::POST, "/Users", &[], Some(user("again"))).await;
    assert_eq!(taken.status, 201, "{}", taken.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_heard_by_who_is_still_sending() {
    let world = World::bare().await;
    let head = |length: usize, more: &str| {
        format!(
            "POST /scim/{APP}/v2/Users HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer wrong\r\n\
             Content-Type: application/scim+json\r\nContent-Length: {length}\r\n{more}\r\n"
        )
    };
    // Two requests on one connection, both refused for their heads alone; the second one ends it.
    let body = "x".repeat(3 << 20);
    let twice = [
        head(body.len(), ""),
        body.clone(),
        head(body.len(), "Connection: close\r\n"),
        body,
    ]
    .concat();
    let answers = bytes(world.address(), twice.as_bytes()).await;
    assert_eq!(answers.matches("HTTP/1.1 401").count(), 2, "{answers}");
    // What will not be read is not waited for, and who waits for leave to send gets none.
    for unread in [head(1 << 30, ""), head(10, "Expect: 100-continue\r\n")] {
        let answer = bytes(world.address(), unread.as_bytes())
            .await
            .to_ascii_lowercase();
        assert!(answer.starts_with("http/1.1 401"), "{answer}");
        assert!(answer.contains("connection: close"), "{answer}");
    }
}
