//! How a connection comes about: straight to the product, or by an HTTP proxy.
//!
//! To an https product the proxy is a tunnel, asked for by `CONNECT` and followed by TLS
//! with the product itself: it sees host, port and bytes. For an http product it is asked
//! in absolute form, and sees what everybody on the way sees.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::Uri;
use http::uri::Scheme;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::net::TcpStream;
use tower_service::Service;

use crate::egress::Checked;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The way to one target.
#[derive(Clone)]
pub(super) struct Route {
    tcp: HttpConnector<Checked>,
    proxy: Option<Uri>,
}

impl Route {
    pub(super) fn new(proxy: Option<Uri>) -> Self {
        let mut tcp = HttpConnector::new_with_resolver(Checked::for_products());
        // The connector's name notwithstanding: TLS is begun on its connections.
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        Self { tcp, proxy }
    }
}

/// Why there is no connection.
#[derive(Debug, Error)]
pub(super) enum RouteError {
    /// The product's host cannot be reached.
    #[error(transparent)]
    Direct(BoxError),
    /// The proxy cannot be reached, or does not let us through.
    #[error("by the proxy {proxy}")]
    Proxy {
        /// Host and port; it has no user name, see `address::proxy`.
        proxy: String,
        #[source]
        source: BoxError,
    },
}

impl Service<Uri> for Route {
    type Response = Wire;
    type Error = RouteError;
    type Future = Pin<Box<dyn Future<Output = Result<Wire, RouteError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), RouteError>> {
        let readiness = ready!(self.tcp.poll_ready(cx));
        Poll::Ready(readiness.map_err(|error| RouteError::Direct(error.into())))
    }

    fn call(&mut self, to: Uri) -> Self::Future {
        // The clone may not be ready; the one that was polled is.
        let spare = self.tcp.clone();
        let mut tcp = std::mem::replace(&mut self.tcp, spare);
        let Some(proxy) = self.proxy.clone() else {
            return Box::pin(async move {
                let stream = tcp.call(to).await;
                let stream = stream.map_err(|error| RouteError::Direct(error.into()))?;
                Ok(Wire {
                    stream,
                    asked_in_full: false,
                })
            });
        };
        Box::pin(async move {
            let asked_in_full = to.scheme() == Some(&Scheme::HTTP);
            let stream = if asked_in_full {
                tcp.call(proxy.clone()).await.map_err(BoxError::from)
            } else {
                Tunnel::new(proxy.clone(), tcp)
                    .call(to)
                    .await
                    .map_err(BoxError::from)
            };
            let stream = stream.map_err(|source| RouteError::Proxy {
                proxy: proxy.authority().map(ToString::to_string).unwrap_or_default(),
                source,
            })?;
            Ok(Wire {
                stream,
                asked_in_full,
            })
        })
    }
}

/// A connection that knows whether a proxy reads the calls on it.
pub(super) struct Wire {
    stream: TokioIo<TcpStream>,
    /// The request line must name the host: whoever listens is not it.
    asked_in_full: bool,
}

impl Connection for Wire {
    fn connected(&self) -> Connected {
        self.stream.connected().proxy(self.asked_in_full)
    }
}

impl Read for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, into)
    }
}

impl Write for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bytes)
    }
}
