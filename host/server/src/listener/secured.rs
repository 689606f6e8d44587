//! From a TCP connection to a TLS one, within the time that any client has for its first words.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::PREFACE;
use super::rewound::Rewound;
use crate::tls::Tls;

/// First byte of a TLS connection: a record of its handshake.
const HANDSHAKE: u8 = 22;
/// What is said to a client that speaks plain HTTP.
const PLAIN: &[u8] = b"HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain\r\ncontent-length: 35\r\n\
    connection: close\r\n\r\nthis port speaks TLS: use https://\n";
/// Bytes of a refused client that are read, so that the refusal arrives.
const LEFTOVER: u64 = 64 << 10;
/// How long.
const FAREWELL: Duration = Duration::from_secs(1);

/// The handshake. Also tells whether HTTP/2 was agreed on; then its preface has come too, since hyper
/// would wait for it without end.
pub(super) async fn accept(
    mut stream: TcpStream,
    tls: &Tls,
) -> io::Result<(Rewound<TlsStream<TcpStream>>, bool)> {
    let mut first = [0];
    let count = stream.peek(&mut first).await?;
    if count > 0 && first != [HANDSHAKE] {
        // A person with a browser, or a proxy that was set up wrongly: both can read it.
        drop(stream.write_all(PLAIN).await);
        hang_up(stream).await;
        return Err(io::Error::other("the client does not speak TLS"));
    }
    let acceptor = TlsAcceptor::from(tls.current());
    let mut stream = match acceptor.accept(stream).into_fallible().await {
        Ok(stream) => stream,
        Err((error, stream)) => {
            hang_up(stream).await;
            return Err(error);
        }
    };
    let two = stream.get_ref().1.alpn_protocol() == Some(b"h2");
    let mut start = Vec::new();
    if two {
        start.resize(PREFACE.len(), 0);
        stream.read_exact(&mut start).await?;
    }
    Ok((Rewound::new(start, stream), two))
}

/// Closing with bytes unread would reset the connection, and the reset may overtake what was said last.
async fn hang_up(mut stream: TcpStream) {
    drop(stream.shutdown().await);
    let rest = async { tokio::io::copy(&mut stream.take(LEFTOVER), &mut tokio::io::sink()).await };
    drop(tokio::time::timeout(FAREWELL, rest).await);
}
