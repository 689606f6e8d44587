//! Clients that speak no HTTP, too much of it, or nothing at all.

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use super::{request, send, stored};
use crate::world::{World, bytes, person};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_http_is_refused_and_the_next_one_is_served() {
    let world = World::bare().await;
    let before = stored(&world);
    let (address, token) = (world.address(), world.token());
    let many: String = (0..500).map(|number| format!("x-{number}: y\r\n")).collect();
    let huge = format!("x-huge: {}\r\n", "y".repeat(1 << 20));
    let long = "x".repeat(1 << 20);
    let cases = [
        ("a greeting", b"HELO tidegate\r\n\r\n".to_vec()),
        ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".repeat(20)),
        ("NUL bytes", vec![0; 4_096]),
        ("half a preface", b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n".to_vec()),
        (
            "NUL in the path",
            b"GET /scim/\0/v2/Users HTTP/1.1\r\nhost: x\r\n\r\n".to_vec(),
        ),
        (
            "NUL in a header",
            format!("GET /scim/x/v2/Users HTTP/1.1\r\nhost: x\r\nauthorization: Bearer \0{token}\r\n\r\n")
                .into_bytes(),
        ),
        (
            "too many headers",
            format!("GET /livez HTTP/1.1\r\nhost: x\r\n{many}\r\n").into_bytes(),
        ),
        (
            "a huge header",
            format!("GET /livez HTTP/1.1\r\nhost: x\r\n{huge}\r\n").into_bytes(),
        ),
        (
            "a huge path",
            format!("GET /{long} HTTP/1.1\r\nhost: x\r\n\r\n").into_bytes(),
        ),
        (
            "two lengths",
            b"POST /scim/x/v2/Users HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ncontent-length: 5\r\n\r\nabc"
                .to_vec(),
        ),
        (
            "a length that is none",
            b"POST /scim/x/v2/Users HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\nabc".to_vec(),
        ),
    ];
    for (case, sent) in cases {
        let answer = bytes(address, &sent).await;
        let status = answer.strip_prefix("HTTP/1.1 ").map(|rest| rest[..3].to_owned());
        assert!(
            answer.is_empty() || status.as_deref().is_some_and(|status| status.starts_with('4')),
            "{case}: {answer:.200}"
        );
        let next = send(&world, request(&world, "GET", "/Users", "")).await;
        assert_eq!(next.status, 200, "after {case}");
    }
    assert_eq!(stored(&world), before);
}

/// As many connections as there may be, silent or dripping: they lose their place when the
/// time for headers is over, and then others are served.
#[tokio::test(flavor = "multi_thread")]
async fn silent_clients_hold_a_place_for_a_while_only() {
    const PLACES: usize = 8;
    let world = World::with(|config| config.max_connections = PLACES).await;
    let mut silent = Vec::new();
    for number in 0..PLACES {
        let mut stream = TcpStream::connect(world.address()).await.expect("connects");
        if number % 2 == 0 {
            stream
                .write_all(b"POST /scim/x/v2/Users HTTP/1.1\r\nhost: x\r\nx-drip: ")
                .await
                .expect("is sent");
        }
        silent.push(stream);
    }
    // Waits in the operating system's queue until a place is free.
    world.okta().assign(&person("ada")).await.expect("is assigned");
    drop(silent);
}
