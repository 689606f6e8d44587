//! Certificates, and a client that speaks TLS.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Version, header};
use http_body_util::{BodyExt, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use tidegate::config::Config;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// Whoever signs certificates.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params
            .distinguished_name
            .push(DnType::CommonName, "Tidegate's tests");
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    /// Its root certificate.
    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    /// A certificate for 127.0.0.1 that ends in this year, and its key.
    pub(crate) fn issue(&self, year: i32) -> (String, String) {
        self.issue_for("127.0.0.1", year)
    }

    /// The same for another host.
    pub(crate) fn issue_for(&self, host: &str, year: i32) -> (String, String) {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new([host.to_owned()]).unwrap();
        params.not_after = rcgen::date_time_ymd(year, 1, 1);
        (
            params.signed_by(&key, &self.0).unwrap().pem(),
            key.serialize_pem(),
        )
    }

    /// Puts a fresh pair into a folder, under the names of [`configure`].
    pub(crate) fn write(&self, folder: &Path, year: i32) {
        let (chain, key) = self.issue(year);
        replace(&folder.join("chain.pem"), &chain);
        replace(&folder.join("key.pem"), &key);
    }

    /// A client that believes nobody else.
    pub(crate) async fn connect(
        &self,
        address: SocketAddr,
        versions: &[&'static SupportedProtocolVersion],
        protocols: &[&str],
    ) -> anyhow::Result<Secured> {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(self.pem().as_bytes())?)?;
        let mut client = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_protocol_versions(versions)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        client.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
        let name = ServerName::IpAddress(address.ip().into());
        let stream = TcpStream::connect(address).await?;
        let stream = TlsConnector::from(Arc::new(client)).connect(name, stream).await?;
        let own = stream.get_ref().1;
        let shown = own.peer_certificates().unwrap()[0].to_vec();
        let sender = match own.alpn_protocol() {
            Some(b"h2") => {
                let (sender, connection) =
                    hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await?;
                tokio::spawn(connection);
                Sender::Two(sender)
            }
            _ => {
                let (sender, connection) =
                    hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
                tokio::spawn(connection);
                Sender::One(sender)
            }
        };
        Ok(Secured {
            shown,
            address,
            sender,
        })
    }
}

/// As tools do it that renew certificates: never half a file.
pub(crate) fn replace(file: &Path, text: &str) {
    let beside = file.with_extension("new");
    std::fs::write(&beside, text).expect("writes");
    std::fs::rename(&beside, file).expect("replaces");
}

/// Lets a server speak TLS with the pair in this folder.
pub(crate) fn configure(config: &mut Config, folder: &Path) {
    config.tls_certificate = Some(folder.join("chain.pem"));
    config.tls_key = Some(folder.join("key.pem"));
}

enum Sender {
    One(hyper::client::conn::http1::SendRequest<Full<Bytes>>),
    Two(hyper::client::conn::http2::SendRequest<Full<Bytes>>),
}

/// One connection.
pub(crate) struct Secured {
    /// The certificate that the server showed.
    pub(crate) shown: Vec<u8>,
    address: SocketAddr,
    sender: Sender,
}

impl Secured {
    /// One request on it; version, status and body.
    pub(crate) async fn get(&mut self, path: &str, token: &str) -> anyhow::Result<(Version, u16, String)> {
        let host = self.address.to_string();
        let uri = match self.sender {
            Sender::One(_) => path.to_owned(),
            Sender::Two(_) => format!("https://{host}{path}"),
        };
        let mut request = Request::get(uri).header(header::AUTHORIZATION, format!("Bearer {token}"));
        if matches!(self.sender, Sender::One(_)) {
            request = request.header(header::HOST, host);
        }
        let request = request.body(Full::default())?;
        let answer = match &mut self.sender {
            Sender::One(sender) => {
                sender.ready().await?;
                sender.send_request(request).await?
            }
            Sender::Two(sender) => sender.send_request(request).await?,
        };
        let (head, body) = answer.into_parts();
        let text = String::from_utf8_lossy(&body.collect().await?.to_bytes()).into_owned();
        Ok((head.version, head.status.as_u16(), text))
    }
}
