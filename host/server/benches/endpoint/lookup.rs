//! Reads, against a bare hyper server that answers the same bytes.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Instant;

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use http_body_util::Full;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::client::Connection;
use crate::seed::World;
use crate::table::{Promise, figure, median, promise};

const ROUNDS: usize = 4_000;

pub(crate) async fn run(small: &World, large: &World) {
    for (what, path) in [
        ("by id", by_id as fn(usize) -> String),
        ("by userName filter", by_name),
    ] {
        let (mut one, mut other) = (small.connect().await, large.connect().await);
        let (status, bytes) = one.call(Method::GET, &path(1), String::new()).await;
        assert_eq!(status, StatusCode::OK);
        assert!(bytes.len() > 300, "it found the user");
        let mut bare = Connection::open(bare_server(bytes).await, "", "none").await;
        let (mut at_small, mut at_large, mut at_bare) = (Vec::new(), Vec::new(), Vec::new());
        for n in 0..ROUNDS {
            at_small.push(micros(&mut one, &path(n * 7 % small.users)).await);
            at_large.push(micros(&mut other, &path(n * 7_919 % large.users)).await);
            at_bare.push(micros(&mut bare, "/").await);
        }
        let (at_small, at_large, at_bare) = (median(at_small), median(at_large), median(at_bare));
        figure(&format!("{what}, 1,000 users, median"), at_small, "µs");
        figure(&format!("{what}, 100,000 users, median"), at_large, "µs");
        figure("bare hyper, the same bytes, median", at_bare, "µs");
        promise(
            &format!("{what}: at 100,000 / at 1,000"),
            at_large / at_small,
            &Promise::AtMost(1.3),
        );
        promise(
            &format!("{what}: speed / bare hyper's"),
            at_bare / at_large,
            &Promise::AtLeast(0.4),
        );
    }
}

fn by_id(n: usize) -> String {
    format!("/Users/seed-{n}")
}

fn by_name(n: usize) -> String {
    format!("/Users?filter=userName%20eq%20%22seed-{n}%40example.com%22&startIndex=1&count=100")
}

async fn micros(connection: &mut Connection, path: &str) -> f64 {
    let started = Instant::now();
    let (status, _) = connection.call(Method::GET, path, String::new()).await;
    let took = started.elapsed();
    assert_eq!(status, StatusCode::OK);
    took.as_secs_f64() * 1e6
}

async fn bare_server(bytes: Bytes) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            stream.set_nodelay(true).unwrap();
            let bytes = bytes.clone();
            tokio::spawn(async move {
                let answer = service_fn(move |_| {
                    let bytes = bytes.clone();
                    async move { Ok::<_, Infallible>(Response::new(Full::new(bytes))) }
                });
                drop(
                    hyper::server::conn::http1::Builder::new()
                        .serve_connection(TokioIo::new(stream), answer)
                        .await,
                );
            });
        }
    });
    address
}
