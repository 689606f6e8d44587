//! Lists: the far page beside the first, and filters that no index serves.

use std::time::Instant;

use bytes::Bytes;
use http::{Method, StatusCode};

use crate::client::Connection;
use crate::seed::World;
use crate::table::{Promise, figure, median, promise};

const ROUNDS: usize = 300;
const SCANS: usize = 5;

pub(crate) async fn run(world: &World) {
    let mut connection = world.connect().await;
    let far = world.users - 99;
    for (what, tail) in [
        ("in the order of creation", ""),
        ("by userName", "&sortBy=userName"),
    ] {
        let (mut first, mut last) = (Vec::new(), Vec::new());
        // Interleaved: the machine's mood hits both alike.
        for _ in 0..ROUNDS {
            first.push(micros(&mut connection, &format!("/Users?startIndex=1&count=100{tail}")).await);
            last.push(
                micros(
                    &mut connection,
                    &format!("/Users?startIndex={far}&count=100{tail}"),
                )
                .await,
            );
        }
        let (first, last) = (median(first), median(last));
        figure(&format!("first page of 100 {what}, median"), first, "µs");
        figure(&format!("page at {far} {what}, median"), last, "µs");
        promise("the far page / the first", last / first, &Promise::AtMost(1.5));
    }
    for (what, filter) in [
        ("displayName co", "displayName%20co%20%22of%20seed-99%22"),
        (
            "name.familyName eq",
            "name.familyName%20eq%20%22Family%20of%20seed-777%22",
        ),
    ] {
        let mut took = Vec::new();
        for _ in 0..SCANS {
            took.push(micros(&mut connection, &format!("/Users?filter={filter}&count=100")).await);
        }
        let seconds = median(took) / 1e6;
        figure(
            &format!("{what}: users looked at in a second"),
            world.users as f64 / seconds,
            "users/s",
        );
    }
    for (what, filter) in [
        ("userName sw, finds 1,111", "userName%20sw%20%22seed-77%22"),
        (
            "groups.value eq, finds 100,000",
            "groups.value%20eq%20%22group-0%22",
        ),
    ] {
        let mut took = Vec::new();
        for _ in 0..ROUNDS / 10 {
            took.push(micros(&mut connection, &format!("/Users?filter={filter}&count=100")).await);
        }
        figure(&format!("{what}, a page of 100, median"), median(took), "µs");
    }
    let cursor = walk(&mut connection).await;
    figure("a walk over all by cursor, 1,000 a page", cursor, "users/s");
}

/// Everybody, by cursor.
async fn walk(connection: &mut Connection) -> f64 {
    let (mut cursor, mut met) = (String::new(), 0.0);
    let started = Instant::now();
    loop {
        let (status, body) = connection
            .call(
                Method::GET,
                &format!("/Users?count=1000&cursor={cursor}"),
                String::new(),
            )
            .await;
        assert_eq!(status, StatusCode::OK);
        let list: serde_json::Value = serde_json::from_slice(&body).unwrap();
        met += list["itemsPerPage"].as_f64().unwrap();
        match list["nextCursor"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => return met / started.elapsed().as_secs_f64(),
        }
    }
}

async fn micros(connection: &mut Connection, path: &str) -> f64 {
    let started = Instant::now();
    let (status, bytes): (_, Bytes) = connection.call(Method::GET, path, String::new()).await;
    let took = started.elapsed();
    assert_eq!(status, StatusCode::OK);
    assert!(bytes.len() > 300, "it found somebody: {path}");
    took.as_secs_f64() * 1e6
}
