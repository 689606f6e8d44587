//! The way that Okta comes: certificate and address.

use std::sync::Arc;
use std::time::Duration;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{ServerName, UnixTime};
use rustls::{CertificateError, RootCertStore};
use tidegate_directory::target::{Credentials, Product, TargetConfig};
use tidegate_directory::transport::Client;

use super::{Finding, Surroundings, bad, good, note};
use crate::clock::{now_ms, rfc3339};
use crate::config::Config;
use crate::tls::pair::Pair;

const CERTIFICATE: &str = "TLS certificate";
const ADDRESS: &str = "public-url";
/// Days before its end from which a certificate wants to be renewed. ACME clients do it at thirty.
const RENEW: i64 = 14;
const DAY: i64 = 24 * 3_600;
/// Milliseconds for the way to ourselves.
const PATIENCE: u64 = 10_000;

/// The pair as it lies on the disk: that it can be used, for how long, and whether Okta believes it.
pub(super) fn certificate(config: &Config) -> Option<Finding> {
    let pair = match config.tls() {
        Ok(None) => return None,
        Ok(Some(files)) => files.read().map_err(|error| error.to_string()),
        Err(error) => Err(error.to_string()),
    };
    let pair = match pair {
        Ok(pair) => pair,
        Err(message) => return Some(bad(CERTIFICATE, message, "mend the files: they are read again")),
    };
    let now = now_ms() / 1_000;
    let ends = rfc3339(pair.ends.saturating_mul(1_000));
    let days = (pair.ends - now) / DAY;
    Some(if pair.ends <= now {
        bad(
            CERTIFICATE,
            format!("ended on {ends}"),
            "renew it: Okta refuses it",
        )
    } else if days < RENEW {
        bad(CERTIFICATE, format!("ends in {days} days, on {ends}"), "renew it")
    } else {
        match believed(&pair, config, now) {
            Ok(()) => good(CERTIFICATE, format!("is believed, ends on {ends}")),
            Err((seen, remedy)) => bad(CERTIFICATE, seen, remedy),
        }
    })
}

/// Whether a client with this system's roots, as Okta has them, takes it.
fn believed(pair: &Pair, config: &Config, now: i64) -> Result<(), (String, &'static str)> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let verifier =
        WebPkiServerVerifier::builder_with_provider(roots.into(), Arc::new(aws_lc_rs::default_provider()))
            .build()
            .map_err(|_| {
                let seen = "the system has no root certificates".to_owned();
                (seen, "install ca-certificates")
            })?;
    let url = config.public_url(config.listen);
    let host = url.parse::<http::Uri>().ok();
    let host = host.as_ref().and_then(http::Uri::host).unwrap_or_default();
    let host = host.trim_matches(['[', ']']).to_owned();
    let unfit = || (format!("{host:?} is no name of a host"), "mend public-url");
    let name = ServerName::try_from(host.clone()).map_err(|_| unfit())?;
    let (own, others) = pair.chain.split_first().ok_or_else(unfit)?;
    let now = UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(now).unwrap_or_default()));
    match verifier.verify_server_cert(own, others, &name, &[], now) {
        Ok(_) => Ok(()),
        Err(rustls::Error::InvalidCertificate(error)) => Err(match error {
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                (format!("is not for {host}"), "get one for the host of public-url")
            }
            CertificateError::UnknownIssuer | CertificateError::BadSignature => (
                "no authority that this system knows signed it, or those between are missing".to_owned(),
                "put the authority's intermediate certificates behind the server's own in tls-certificate",
            ),
            error => (format!("is not believed: {error}"), "get another one"),
        }),
        Err(error) => Err((format!("is not believed: {error}"), "get another one")),
    }
}

/// Whether it is https, and we are there.
pub(super) async fn public_url(surroundings: &Surroundings) -> Vec<Finding> {
    let config = &surroundings.config;
    let Some(address) = surroundings.address else {
        return vec![note(
            ADDRESS,
            "no server runs on this data directory",
            "start it: tidegate serve",
        )];
    };
    if config.public_url.is_none() && !config.trusted_proxies.is_empty() {
        let seen = "is what trusted proxies say: not known here";
        return vec![note(ADDRESS, seen, "give public-url, and it can be tried")];
    }
    let url = config.public_url(address);
    let mut findings = Vec::new();
    if config.public_url.is_none() {
        findings.push(note(
            ADDRESS,
            format!("is not given: {url} is what Okta is told"),
            "give public-url, where Okta does not see that address",
        ));
    }
    if !url.starts_with("https://") {
        findings.push(bad(
            ADDRESS,
            format!("{url} is not https: Okta does not take it"),
            "give tls-certificate and tls-key, or public-url where a proxy ends TLS",
        ));
    }
    findings.push(match alive(&url).await {
        Ok(()) => good(ADDRESS, format!("{url} leads here")),
        Err(seen) => bad(
            ADDRESS,
            format!("{url}: {seen}"),
            "look at name resolution, proxy, firewall and certificate on the way",
        ),
    });
    findings
}

/// Asks as anybody may. A proxy that forwards SCIM alone, as it should, answers 404 for `/livez`: then what it
/// does forward is asked.
async fn alive(url: &str) -> Result<(), String> {
    let nobody = Credentials::Token {
        token: "none".to_owned(),
    };
    let mut target = TargetConfig::new("public-url", Product::Jira, url, nobody);
    target.timeout_ms = PATIENCE;
    let client = Client::new(&target).map_err(|error| error.to_string())?;
    let mut seen = String::new();
    for path in ["/livez", "/scim/doctor/v2/ServiceProviderConfig"] {
        let answer = client
            .get_as_anybody(path)
            .await
            .map_err(|error| error.to_string())?;
        let ours = match path {
            "/livez" => answer.status() == 200 && answer.text() == "alive\n",
            _ => answer
                .text()
                .contains("urn:ietf:params:scim:api:messages:2.0:Error"),
        };
        if ours {
            return Ok(());
        }
        seen = format!("somebody else answers, HTTP {}", answer.status());
    }
    Err(seen)
}
