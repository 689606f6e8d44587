//! Outgoing HTTP for others, against real servers on loopback.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failing test may panic"
)]

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tidegate_directory::egress::{EgressError, Exchange, Reply, send};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// A server that answers every connection with these bytes, and keeps what was asked.
struct Server {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    connections: Arc<AtomicUsize>,
}

async fn serve(answer: &'static [u8], then_hang: bool) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (asked, connections) = (Arc::new(Mutex::new(Vec::new())), Arc::new(AtomicUsize::new(0)));
    let (to, count) = (Arc::clone(&asked), Arc::clone(&connections));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            let to = Arc::clone(&to);
            tokio::spawn(async move {
                let mut bytes = vec![0; 65_536];
                let read = stream.read(&mut bytes).await.unwrap_or(0);
                to.lock()
                    .unwrap()
                    .push(String::from_utf8_lossy(&bytes[..read]).into_owned());
                // The client may have gone.
                drop(stream.write_all(answer).await);
                if then_hang {
                    std::future::pending::<()>().await;
                }
            });
        }
    });
    Server {
        address,
        asked,
        connections,
    }
}

fn exchange(url: String) -> Exchange {
    Exchange {
        method: "GET".into(),
        url,
        headers: Vec::new(),
        secret_headers: Vec::new(),
        body: Vec::new(),
        max_body_bytes: 1_000,
        timeout: Duration::from_secs(5),
        networks: vec!["127.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()],
    }
}

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nx-hr: yes\r\nconnection: close\r\n\r\nhello";

#[tokio::test]
async fn a_granted_network_is_reached_and_headers_are_ours_where_they_must_be() {
    let server = serve(OK, false).await;
    let mut asked = exchange(format!("http://{}/people?id=1", server.address));
    asked.method = "post".into();
    asked.headers = vec![
        ("x-team".into(), "crew".into()),
        ("authorization".into(), "mine".into()),
    ];
    asked.secret_headers = vec![("authorization".into(), "Bearer hidden".into())];
    asked.body = b"question".to_vec();
    let Reply {
        status,
        headers,
        body,
    } = send(asked).await.unwrap();
    assert_eq!((status, body.as_slice()), (200, b"hello".as_slice()));
    assert!(headers.contains(&("x-hr".into(), "yes".into())));
    assert!(headers.iter().all(|(name, _)| name != "connection"));
    let seen = server.asked.lock().unwrap()[0].to_lowercase();
    assert!(seen.starts_with("post /people?id=1 http/1.1\r\n"), "{seen}");
    assert!(
        seen.contains("x-team: crew") && seen.contains("authorization: bearer hidden"),
        "{seen}"
    );
    assert!(
        !seen.contains("mine") && seen.ends_with("\r\n\r\nquestion"),
        "{seen}"
    );
    assert!(
        seen.contains(&format!("host: {}", server.address)) && seen.contains("content-length: 8"),
        "{seen}"
    );
}

#[tokio::test]
async fn what_is_not_public_is_refused_however_it_is_written() {
    let server = serve(OK, false).await;
    let port = server.address.port();
    for host in [
        "127.0.0.1",
        "localhost",
        "LOCALHOST",
        "0.0.0.0",
        "2130706433",
        "0x7f.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
    ] {
        let asked = Exchange {
            networks: Vec::new(),
            ..exchange(format!("http://{host}:{port}/"))
        };
        let refused = send(asked).await.unwrap_err();
        // Some resolvers do not know the odd spellings at all.
        let unknown = matches!(refused, EgressError::Transport(_)) && host.starts_with(['0', '2', '[']);
        assert!(
            matches!(refused, EgressError::Denied(_)) || unknown,
            "{host}: {refused:?}"
        );
    }
    assert_eq!(server.connections.load(Ordering::SeqCst), 0, "nobody was called");
}

#[tokio::test]
async fn a_redirect_is_an_answer() {
    let elsewhere = serve(OK, false).await;
    let text = format!(
        "HTTP/1.1 302 Found\r\nlocation: http://{}/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
        elsewhere.address
    );
    let server = serve(Box::leak(text.into_boxed_str()).as_bytes(), false).await;
    let reply = send(exchange(format!("http://{}/", server.address)))
        .await
        .unwrap();
    assert_eq!(reply.status, 302);
    assert_eq!(elsewhere.connections.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn time_and_size_are_bounded() {
    let silent = serve(b"", true).await;
    let mut asked = exchange(format!("http://{}/", silent.address));
    asked.timeout = Duration::from_millis(100);
    assert_eq!(send(asked).await.unwrap_err(), EgressError::Timeout);

    let dripping = serve(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nsome", true).await;
    let mut asked = exchange(format!("http://{}/", dripping.address));
    asked.timeout = Duration::from_millis(100);
    assert_eq!(send(asked).await.unwrap_err(), EgressError::Timeout);

    let large = serve(
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello",
        false,
    )
    .await;
    let mut asked = exchange(format!("http://{}/", large.address));
    asked.max_body_bytes = 4;
    assert_eq!(send(asked).await.unwrap_err(), EgressError::TooLarge);

    let broken = serve(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nsome", false).await;
    let reply = send(exchange(format!("http://{}/", broken.address))).await;
    assert!(matches!(reply, Err(EgressError::Transport(_))), "{reply:?}");
}

#[tokio::test]
async fn what_cannot_be_sent_is_said() {
    let server = serve(OK, false).await;
    let url = format!("http://{}/", server.address);
    let with = |change: fn(&mut Exchange)| {
        let mut asked = exchange(url.clone());
        change(&mut asked);
        asked
    };
    for asked in [
        with(|asked| asked.method = "CONNECT".into()),
        with(|asked| asked.method = "GE T".into()),
        with(|asked| asked.url = "http://a b/".into()),
        with(|asked| asked.headers = vec![("host".into(), "evil.example".into())]),
        with(|asked| asked.headers = vec![("Transfer-Encoding".into(), "chunked".into())]),
        with(|asked| asked.headers = vec![("x".into(), "a\r\nhost: evil.example".into())]),
        with(|asked| asked.headers = vec![("x".into(), "y".into()); 65]),
        with(|asked| asked.headers = vec![("x".into(), "y".repeat(20_000))]),
    ] {
        let refused = send(asked.clone()).await.unwrap_err();
        assert!(
            matches!(refused, EgressError::InvalidRequest(_)),
            "{asked:?}: {refused:?}"
        );
    }
    assert_eq!(server.connections.load(Ordering::SeqCst), 0);
}
