//! Whom a target's client believes, and how it proves itself, in TLS.
//!
//! PEM is refused in our own words: the library's repeat the text, and that may be a key.

use std::sync::Arc;

use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};

use super::refused;
use crate::connector::Result;
use crate::target::{ClientCertificate, TargetConfig};

/// The longest PEM read, in bytes: all of the system's roots together are a quarter of it.
const MOST_PEM: usize = 1 << 20;

/// The TLS of one target's client.
pub(super) fn config(target: &TargetConfig, https: bool) -> Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    // Single unreadable ones of the system's are left out, as every client does.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(ca) = &target.ca {
        for certificate in certificates(ca, "the additional root certificates")? {
            roots.add(certificate).map_err(|error| {
                refused(format!("an additional root certificate cannot be used: {error}"))
            })?;
        }
    }
    if roots.is_empty() && https {
        return Err(refused(
            "the system has no root certificates: install them (ca-certificates), or give the product's with --ca-file",
        ));
    }
    // Named, not the process's default: that panics where another crate brings a second one.
    let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| refused(format!("TLS cannot be set up: {error}")))?
        .with_root_certificates(roots);
    let Some(own) = &target.client_certificate else {
        return Ok(builder.with_no_client_auth());
    };
    let chain = certificates(&own.chain, "the client certificate")?;
    let key = private_key(own)?;
    if !https {
        return Err(refused("a client certificate needs a base URL with https://"));
    }
    builder
        .with_client_auth_cert(chain, key)
        .map_err(|error| match error {
            rustls::Error::InconsistentKeys(_) => {
                refused("the private key is not that of the client certificate")
            }
            // The library's text is about kinds of keys and forms of certificates.
            error => refused(format!("the client certificate cannot be used: {error}")),
        })
}

fn certificates(pem: &str, what: &str) -> Result<Vec<CertificateDer<'static>>> {
    if pem.len() > MOST_PEM {
        return Err(refused(format!("{what} are longer than {MOST_PEM} bytes")));
    }
    let certificates: std::result::Result<Vec<_>, _> =
        CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    match certificates {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) => Err(refused(format!("{what}: there is no `BEGIN CERTIFICATE` in it"))),
        Err(_) => Err(refused(format!("{what}: that is not whole PEM"))),
    }
}

fn private_key(own: &ClientCertificate) -> Result<PrivateKeyDer<'static>> {
    if own.key.len() > MOST_PEM {
        return Err(refused(format!(
            "the private key is longer than {MOST_PEM} bytes"
        )));
    }
    if own.key.contains("ENCRYPTED") {
        return Err(refused(
            "the private key has a passphrase: give it without, Tidegate seals it (openssl pkey -in KEY -out PLAIN)",
        ));
    }
    PrivateKeyDer::from_pem_slice(own.key.as_bytes()).map_err(|_| {
        refused("the private key is not whole PEM, or none that is known: `BEGIN PRIVATE KEY` is")
    })
}
