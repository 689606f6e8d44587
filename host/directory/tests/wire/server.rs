//! A server that says `{}` and remembers who asked what.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Request, Response, Version, header};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tidegate_directory::target::ClientCertificate;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::{Authority, Seen};

/// What a server saw of one call.
#[derive(Debug, Clone)]
pub struct Asked {
    pub uri: String,
    pub authorization: String,
}

/// One running server.
pub struct Server {
    pub base_url: String,
    pub seen: Seen<Asked>,
}

impl Server {
    /// Over plain HTTP, with these headers on every answer.
    pub async fn plain(headers: HeaderMap) -> Self {
        Self::start("http", None, headers).await
    }

    /// Over TLS; where an authority is named, a certificate of its is demanded.
    pub async fn tls(own: &ClientCertificate, clients: Option<&Authority>) -> Self {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .unwrap();
        let builder = match clients {
            None => builder.with_no_client_auth(),
            Some(authority) => {
                let mut roots = RootCertStore::empty();
                roots
                    .add(CertificateDer::from_pem_slice(authority.pem().as_bytes()).unwrap())
                    .unwrap();
                let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider);
                builder.with_client_cert_verifier(verifier.build().unwrap())
            }
        };
        let chain = CertificateDer::pem_slice_iter(own.chain.as_bytes())
            .collect::<Result<_, _>>()
            .unwrap();
        let key = PrivateKeyDer::from_pem_slice(own.key.as_bytes()).unwrap();
        let config = builder.with_single_cert(chain, key).unwrap();
        Self::start("https", Some(Arc::new(config).into()), HeaderMap::new()).await
    }

    async fn start(scheme: &str, tls: Option<TlsAcceptor>, headers: HeaderMap) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("{scheme}://{}", listener.local_addr().unwrap());
        let seen = Seen::default();
        let remember = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (tls, headers, seen) = (tls.clone(), headers.clone(), Arc::clone(&remember));
                tokio::spawn(async move {
                    match tls {
                        None => serve(stream, headers, seen).await,
                        Some(tls) => match tls.accept(stream).into_fallible().await {
                            Ok(stream) => serve(stream, headers, seen).await,
                            Err((_, stream)) => hang_up(stream).await,
                        },
                    }
                });
            }
        });
        Self { base_url, seen }
    }

    pub fn calls(&self) -> Vec<Asked> {
        self.seen.lock().unwrap().clone()
    }
}

async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, headers: HeaderMap, seen: Seen<Asked>) {
    let service = service_fn(move |request: Request<Incoming>| {
        assert_eq!(request.version(), Version::HTTP_11);
        let authorization = request.headers().get(header::AUTHORIZATION);
        seen.lock().unwrap().push(Asked {
            uri: request.uri().to_string(),
            authorization: authorization
                .map(|it| it.to_str().unwrap().to_owned())
                .unwrap_or_default(),
        });
        let mut answer = Response::new(Full::new(Bytes::from_static(b"{}")));
        *answer.headers_mut() = headers.clone();
        async move { Ok::<_, Infallible>(answer) }
    });
    let connection = hyper::server::conn::http1::Builder::new();
    // A client that goes away is its own affair.
    drop(connection.serve_connection(TokioIo::new(stream), service).await);
}

/// Ends a refused connection so that the refusal arrives: closing with bytes unread would reset
/// it, and the reset may overtake TLS's last words.
async fn hang_up(mut stream: TcpStream) {
    drop(stream.shutdown().await);
    drop(stream.read_to_end(&mut Vec::new()).await);
}
