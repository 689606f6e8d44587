//! An HTTP proxy that remembers every byte that a client sent it.

use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::Seen;

/// One running proxy.
pub struct Proxy {
    pub address: String,
    seen: Seen<u8>,
}

impl Proxy {
    /// One that lets everybody through.
    pub async fn open() -> Self {
        Self::start(None).await
    }

    /// One that has this status line for everybody.
    pub async fn refusing(status: &'static str) -> Self {
        Self::start(Some(status)).await
    }

    async fn start(refusal: Option<&'static str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let seen = Seen::default();
        let remember = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(pass(client, refusal, Arc::clone(&remember)));
            }
        });
        Self { address, seen }
    }

    /// Everything it was sent, as far as it is text.
    pub fn saw(&self) -> String {
        String::from_utf8_lossy(&self.seen.lock().unwrap()).into_owned()
    }
}

async fn pass(mut client: TcpStream, refusal: Option<&'static str>, seen: Seen<u8>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await.unwrap());
    }
    seen.lock().unwrap().extend(&head);
    if let Some(status) = refusal {
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n");
        return client.write_all(answer.as_bytes()).await.unwrap();
    }
    let text = String::from_utf8(head.clone()).unwrap();
    let to = text.split(' ').nth(1).unwrap();
    let to = to.strip_prefix("http://").unwrap_or(to);
    let mut server = TcpStream::connect(to.split('/').next().unwrap()).await.unwrap();
    if text.starts_with("CONNECT ") {
        client.write_all(b"HTTP/1.1 200 Go on\r\n\r\n").await.unwrap();
    } else {
        server.write_all(&head).await.unwrap();
    }
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let up = async {
        let mut bytes = [0; 4096];
        while let Ok(count @ 1..) = from_client.read(&mut bytes).await {
            seen.lock().unwrap().extend(&bytes[..count]);
            to_server.write_all(&bytes[..count]).await.unwrap();
        }
    };
    tokio::select! {
        () = up => {}
        _ = tokio::io::copy(&mut from_server, &mut to_client) => {}
    }
}
