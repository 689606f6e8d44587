//! Versions, protocols, and who does not speak TLS at all.

use http::Version;
use rustls::version::{TLS12, TLS13};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use super::{connect, counted, metric, world};
use crate::world::{APP, bytes};

#[tokio::test(flavor = "multi_thread")]
async fn both_versions_and_both_protocols_are_served_and_addresses_are_https() {
    let folder = tempfile::tempdir().expect("a folder");
    let (world, authority) = world(folder.path(), 2040).await;
    let base = world.admin.status(APP).await.app.base_url;
    assert!(
        base.starts_with(&format!("https://{}/scim/", world.address())),
        "{base}"
    );
    let path = base.split_once("/scim/").expect("a SCIM base URL").1;
    let path = format!("/scim/{path}/ServiceProviderConfig");
    for versions in [&[&TLS12], &[&TLS13]] {
        for (protocols, spoken) in [
            (&["h2", "http/1.1"][..], Version::HTTP_2),
            (&["http/1.1"], Version::HTTP_11),
            (&[], Version::HTTP_11),
        ] {
            let connection = authority.connect(world.address(), versions, protocols).await;
            let mut connection = connection.expect("TLS is agreed on");
            for _ in 0..3 {
                let answer = connection.get(&path, world.token()).await;
                let (version, status, text) = answer.expect("an answer");
                assert_eq!((version, status), (spoken, 200), "{text}");
                assert!(
                    text.contains(&format!("\"{base}/ServiceProviderConfig\"")),
                    "{text}"
                );
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_http_is_told_so_and_nonsense_is_hung_up_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let (world, authority) = world(folder.path(), 2040).await;
    let answer = bytes(world.address(), b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n").await;
    let (head, body) = answer.split_once("\r\n\r\n").expect("a whole answer");
    assert!(head.starts_with("HTTP/1.1 400 "), "{answer}");
    assert!(
        head.contains(&format!("content-length: {}", body.len())),
        "{answer}"
    );
    assert!(body.contains("https://"), "{answer}");

    // It begins as TLS does, and is none: an alert, and the end.
    let answer = bytes(world.address(), b"\x16\x03\x01\x00\x05hello").await;
    assert!(!answer.contains("HTTP"), "{answer}");
    // Whoever looks whether the port is open.
    let mut looks = TcpStream::connect(world.address()).await.expect("connects");
    tokio::io::AsyncWriteExt::shutdown(&mut looks)
        .await
        .expect("ends");
    looks
        .read_to_end(&mut Vec::new())
        .await
        .expect("the server ends it too");
    // A client that does not know who signed.
    let stranger = crate::world::Authority::new();
    assert!(stranger.connect(world.address(), &[&TLS13], &[]).await.is_err());

    let mut good = connect(&world, &authority).await;
    counted(&mut good, "tidegate_tls_handshake_failures_total", 4).await;
    assert_eq!(
        metric(&mut good, "tidegate_connections").await,
        1,
        "no slot is lost"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_stops_while_handshakes_are_unfinished() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut world, authority) = world(folder.path(), 2040).await;
    let _silent = TcpStream::connect(world.address()).await.expect("connects");
    let mut good = connect(&world, &authority).await;
    counted(&mut good, "tidegate_connections", 2).await;
    world.stop().await;
}
