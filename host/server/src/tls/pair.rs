//! A certificate and its key, read from PEM files.
//!
//! What cannot be used is said in our own words: the library's repeat the text, and that may be a key.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::version::{TLS12, TLS13};
use thiserror::Error;

/// The longest PEM read, in bytes: a chain of ten certificates has about 20 thousand.
const MOST_PEM: u64 = 1 << 20;

/// Where the two are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TlsFiles {
    /// The chain, the server's own certificate first.
    pub(crate) certificate: PathBuf,
    /// The private key, without a passphrase.
    pub(crate) key: PathBuf,
}

/// Why a pair cannot be used.
#[derive(Debug, Error)]
pub(crate) enum TlsError {
    /// One of the two is wrong by itself.
    #[error("{setting}: {} {reason}", path.display())]
    File {
        /// `tls-certificate` or `tls-key`.
        setting: &'static str,
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The two do not belong together.
    #[error("tls-key: {} is not the key of {}", key.display(), certificate.display())]
    Unfit {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
    },
}

impl TlsError {
    /// The setting that is to be mended.
    pub(crate) fn setting(&self) -> &'static str {
        match self {
            Self::File { setting, .. } => setting,
            Self::Unfit { .. } => KEY,
        }
    }
}

const CERTIFICATE: &str = "tls-certificate";
const KEY: &str = "tls-key";

/// A pair that fits.
pub(crate) struct Pair {
    /// What handshakes are made with.
    pub(crate) server: Arc<ServerConfig>,
    /// The chain, the server's own certificate first.
    pub(crate) chain: Vec<CertificateDer<'static>>,
    /// When the server's own certificate ends, in seconds since 1970.
    pub(crate) ends: i64,
}

impl TlsFiles {
    /// Reads both.
    pub(crate) fn read(&self) -> Result<Pair, TlsError> {
        let of = |setting, path: &Path| {
            let path = path.to_owned();
            move |reason: String| TlsError::File {
                setting,
                path,
                reason,
            }
        };
        let certificate = || of(CERTIFICATE, &self.certificate);
        let chain = text(&self.certificate)
            .and_then(|pem| certificates(&pem))
            .map_err(certificate())?;
        let key = text(&self.key)
            .and_then(|pem| private_key(&pem))
            .map_err(of(KEY, &self.key))?;
        let ends = chain.first().and_then(|own| ends(own)).ok_or_else(|| {
            certificate()("holds a certificate that cannot be read: it is no X.509".to_owned())
        })?;
        // Named, not the process's default: that panics where another crate brings a second one.
        let mut server = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_protocol_versions(&[&TLS13, &TLS12])
            .map_err(|error| certificate()(format!("cannot be served: {error}")))?
            .with_no_client_auth()
            .with_single_cert(chain.clone(), key)
            .map_err(|error| match error {
                rustls::Error::InconsistentKeys(_) => TlsError::Unfit {
                    certificate: self.certificate.clone(),
                    key: self.key.clone(),
                },
                // The library's text is about kinds of keys and forms of certificates.
                error => certificate()(format!("cannot be used: {error}")),
            })?;
        server.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Pair {
            server: Arc::new(server),
            chain,
            ends,
        })
    }
}

fn text(path: &Path) -> Result<String, String> {
    let mut text = String::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(MOST_PEM + 1).read_to_string(&mut text))
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::InvalidData => "is not PEM: it is no text".to_owned(),
            _ => format!("cannot be read: {error}"),
        })?;
    if text.len() as u64 > MOST_PEM {
        return Err(format!("is longer than {MOST_PEM} bytes"));
    }
    Ok(text)
}

fn certificates(pem: &str) -> Result<Vec<CertificateDer<'static>>, String> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    match chain {
        Ok(chain) if !chain.is_empty() => Ok(chain),
        Ok(_) => Err("has no `BEGIN CERTIFICATE`".to_owned()),
        Err(_) => Err("is not whole PEM".to_owned()),
    }
}

fn private_key(pem: &str) -> Result<PrivateKeyDer<'static>, String> {
    if pem.contains("ENCRYPTED") {
        return Err("has a passphrase: give it without (openssl pkey -in KEY -out PLAIN)".to_owned());
    }
    PrivateKeyDer::from_pem_slice(pem.as_bytes())
        .map_err(|_| "is not whole PEM, or no private key that is known: `BEGIN PRIVATE KEY` is".to_owned())
}

fn ends(certificate: &CertificateDer<'_>) -> Option<i64> {
    let (_, parsed) = x509_parser::parse_x509_certificate(certificate).ok()?;
    Some(parsed.validity().not_after.timestamp())
}
