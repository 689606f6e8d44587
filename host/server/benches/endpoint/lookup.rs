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
        let (status, bytes) = small
            .connect()
            .await
            .call(Method::GET, &path(1), String::new())
            .await;
        assert_eq!(status, StatusCode::OK);
        assert!(bytes.len() > 300, "it found the user");
        let bare = bare_server(bytes).await;
        let address = |world: &World| {
            let (path, token) = (world.path().to_owned(), world.token().to_owned());
            (world.server.address, path, token)
        };
        let served = [
            (address(small), small.users),
            (address(large), large.users),
            ((bare, String::new(), "none".to_owned()), 0),
        ];
        // On a thread of its own, as clients are: answered on the thread that asked, the quicker server
        // would be spared a wake that the other pays.
        let measured = tokio::task::spawn_blocking(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(measure(&served, path))
        });
        let [at_small, at_large, at_bare] = measured.await.unwrap();
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

/// A server's address, path and token, and how many users it has; none: it says the same to everything.
type Served = ((SocketAddr, String, String), usize);

/// The servers in turn: the machine's mood hits all alike.
async fn measure(served: &[Served; 3], path: fn(usize) -> String) -> [f64; 3] {
    let mut connections = Vec::new();
    for ((address, base, token), users) in served {
        connections.push((Connection::open(*address, base, token).await, *users));
    }
    let mut times = [const { Vec::new() }; 3];
    for n in 0..ROUNDS {
        for ((connection, users), times) in connections.iter_mut().zip(&mut times) {
            let path = match *users {
                0 => "/".to_owned(),
                users => path(n * 7_919 % users),
            };
            times.push(micros(connection, &path).await);
        }
    }
    times.map(median)
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
