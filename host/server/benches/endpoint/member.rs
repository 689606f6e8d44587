//! One member more, in a group of ten and in a group of everybody.

use std::time::Instant;

use http::{Method, StatusCode};
use serde_json::json;

use crate::client::Connection;
use crate::seed::World;
use crate::table::{Promise, figure, median, promise};

const ROUNDS: usize = 300;

pub(crate) async fn run(world: &World) {
    let mut connection = world.connect().await;
    let (mut small, mut large) = (Vec::new(), Vec::new());
    for n in 0..ROUNDS {
        // Out and in again: the size stays, and every PATCH changes something.
        let user = format!("seed-{}", n % 10);
        for (group, times) in [("group-1", &mut small), ("group-0", &mut large)] {
            patch(
                &mut connection,
                group,
                json!({"op": "remove", "path": format!("members[value eq \"{user}\"]")}),
            )
            .await;
            let add = json!({"op": "add", "path": "members", "value": [{"value": user, "display": user}]});
            times.push(patch(&mut connection, group, add).await);
        }
    }
    let (small, large) = (median(small), median(large));
    figure("in a group of 10, median", small, "µs");
    figure("in a group of 100,000, median", large, "µs");
    promise("at 100,000 / at 10", large / small, &Promise::AtMost(1.5));
}

async fn patch(connection: &mut Connection, group: &str, operation: serde_json::Value) -> f64 {
    let body =
        json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation]});
    let started = Instant::now();
    let (status, _) = connection
        .call(
            Method::PATCH,
            &format!("/Groups/{group}?excludedAttributes=members"),
            body.to_string(),
        )
        .await;
    let took = started.elapsed();
    assert!(
        status == StatusCode::OK || status == StatusCode::NO_CONTENT,
        "{status}"
    );
    took.as_secs_f64() * 1e6
}
