//! The accept loop: HTTP/1.1 and HTTP/2 on one port, with a bound for everything a client
//! could use up; inside TLS where a certificate is configured.

mod rewound;
mod secured;

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use http::Request;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use socket2::SockRef;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::scim::origin::Peer;
use crate::tls::Tls;

/// Seconds until the headers of a request are there, or the first bytes of a connection, or TLS is agreed on.
const HEADER_TIMEOUT: Duration = Duration::from_secs(15);
/// Headers of one request. Proxies add a dozen.
const MOST_HEADERS: usize = 100;
/// Bytes of one request's headers.
const HEADER_BYTES: usize = 64 << 10;
/// Requests at once on one HTTP/2 connection.
const STREAMS: u32 = 128;
/// Seconds that a client may leave an answer lying: then the system ends the connection.
const STALLED: Duration = Duration::from_secs(120);
/// Seconds between pings on an HTTP/2 connection, which notice a peer that is gone.
const PING_EVERY: Duration = Duration::from_secs(30);

/// What an HTTP/2 client sends first.
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Bounds that an administrator sets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Connections at once.
    pub(crate) connections: usize,
    /// Time that requests in flight get when the server stops.
    pub(crate) shutdown: Duration,
}

/// What connections are made of, and what counts them.
#[derive(Debug, Clone)]
pub(crate) struct Wire {
    /// Where connections are secured.
    pub(crate) tls: Option<Arc<Tls>>,
    /// Open connections.
    pub(crate) open: Gauge,
    /// Those that ended before TLS was agreed on.
    pub(crate) failed: Counter,
}

/// Serves until told to stop, then lets requests in flight end.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    bounds: Bounds,
    wire: Wire,
    stop: CancellationToken,
) {
    let slots = Arc::new(Semaphore::new(bounds.connections.max(1)));
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = async {
            // A slot first: a connection that nobody may serve stays in the system's queue.
            let slot = Arc::clone(&slots).acquire_owned().await.ok()?;
            Some((slot, listener.accept().await))
        };
        let (slot, (stream, peer)) = tokio::select! {
            () = stop.cancelled() => break,
            Some((slot, accepted)) = accepted => match accepted {
                Ok((stream, peer)) => (slot, (stream, peer)),
                Err(error) => {
                    // Out of file descriptors, mostly: going on at once would spin.
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                    continue;
                }
            },
        };
        let (router, wire) = (router.clone(), wire.clone());
        let (watcher, stop) = (graceful.watcher(), stop.clone());
        tokio::spawn(async move {
            wire.open.inc();
            if let Err(error) = connection(stream, Peer(peer), router, &wire, watcher, &stop).await {
                tracing::debug!(%error, "a connection ended");
            }
            wire.open.dec();
            drop(slot);
        });
    }
    drop(listener);
    if tokio::time::timeout(bounds.shutdown, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("requests were still running when the time for stopping was over");
    }
}

type Failed = Box<dyn std::error::Error + Send + Sync>;

async fn connection(
    stream: TcpStream,
    peer: Peer,
    router: Router,
    wire: &Wire,
    watcher: Watcher,
    stop: &CancellationToken,
) -> Result<(), Failed> {
    stream.set_nodelay(true)?;
    #[cfg(target_os = "linux")]
    SockRef::from(&stream).set_tcp_user_timeout(Some(STALLED))?;
    // Where it is told to stop in these waits nothing has been asked yet: nothing is cut off.
    let Some(tls) = &wire.tls else {
        let begun = tokio::time::timeout(HEADER_TIMEOUT, speaks_http2(&stream));
        let Some(two) = stop.run_until_cancelled(begun).await else {
            return Ok(());
        };
        return requests(stream, two??, peer, router, watcher).await;
    };
    let begun = tokio::time::timeout(HEADER_TIMEOUT, secured::accept(stream, tls));
    let Some(secured) = stop.run_until_cancelled(begun).await else {
        return Ok(());
    };
    if !matches!(secured, Ok(Ok(_))) {
        wire.failed.inc();
    }
    let (stream, two) = secured??;
    requests(stream, two, peer, router, watcher).await
}

/// Answers requests until the client has no more, or the server stops.
async fn requests(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    two: bool,
    peer: Peer,
    router: Router,
    watcher: Watcher,
) -> Result<(), Failed> {
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_headers(MOST_HEADERS)
        .max_buf_size(HEADER_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(u32::try_from(HEADER_BYTES).unwrap_or(u32::MAX))
        .keep_alive_interval(PING_EVERY)
        .keep_alive_timeout(HEADER_TIMEOUT);
    let builder = if two {
        builder.http2_only()
    } else {
        builder.http1_only()
    };
    let service = TowerToHyperService::new(router.map_request(move |mut request: Request<_>| {
        request.extensions_mut().insert(peer);
        request
    }));
    watcher
        .watch(
            builder
                .serve_connection(TokioIo::new(stream), service)
                .into_owned(),
        )
        .await
}

/// Looks at the first bytes without taking them. hyper-util can tell the versions apart as
/// well, but waits for a silent client without end.
async fn speaks_http2(stream: &TcpStream) -> io::Result<bool> {
    let mut seen = [0_u8; PREFACE.len()];
    loop {
        let count = stream.peek(&mut seen).await?;
        let first = seen.get(..count).unwrap_or_default();
        if count == 0 || !PREFACE.starts_with(first) {
            return Ok(false);
        }
        if count == PREFACE.len() {
            return Ok(true);
        }
        // Part of the preface; the caller bounds the wait.
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
