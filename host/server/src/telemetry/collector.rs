//! Where traces are sent: an address of OTLP over HTTP, and what is sent along to be let in.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, ensure};
use async_trait::async_trait;
use http::{HeaderName, HeaderValue};
use ipnet::{Ipv4Net, Ipv6Net};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use tidegate_directory::egress::{self, Exchange, Reply};
use tokio::runtime::Handle;

use crate::config::Config;

/// One batch may take so long, and the last ones when the server stops.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes of a collector's answer, which is empty or says what it did not take.
const LONGEST_ANSWER: usize = 64 << 10;
/// Bytes of the file with headers.
const LONGEST_HEADERS: u64 = 8 << 10;

/// A collector as it is configured.
#[derive(Debug, Clone)]
pub(crate) struct Collector {
    address: String,
    headers_file: Option<PathBuf>,
    ratio: f64,
}

impl Collector {
    /// None where none is configured.
    ///
    /// # Errors
    /// The name of the setting that cannot be used, and why.
    pub(crate) fn of(config: &Config) -> Result<Option<Self>, (&'static str, String)> {
        let Some(base) = &config.otlp_endpoint else {
            return Ok(None);
        };
        let ratio = config.otlp_sample_ratio;
        if !(0.0..=1.0).contains(&ratio) {
            return Err(("otlp-sample-ratio", format!("{ratio} is not between 0 and 1")));
        }
        let collector = Self {
            address: address(base).map_err(|error| ("otlp-endpoint", error.to_string()))?,
            headers_file: config.otlp_headers_file.clone(),
            ratio,
        };
        let headers = collector.headers();
        headers.map_err(|error| ("otlp-headers-file", format!("{error:#}")))?;
        Ok(Some(collector))
    }

    /// Where batches are posted to.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// The part of traces that is sent.
    pub(super) fn ratio(&self) -> f64 {
        self.ratio
    }

    /// Sends for the library, in this runtime: its own thread has none.
    pub(super) fn sender(self) -> Sender {
        Sender {
            collector: self,
            runtime: Handle::current(),
            silent: Arc::default(),
        }
    }

    /// Whether it takes what we send: a batch without a span.
    ///
    /// # Errors
    /// What it said, or why it said nothing.
    pub(crate) async fn check(&self) -> Result<(), String> {
        let reply = self.post(Vec::new(), "application/x-protobuf").await;
        match reply.map_err(|error| format!("{error:#}"))?.status {
            200..=299 => Ok(()),
            status => Err(format!("HTTP {status}")),
        }
    }

    async fn post(&self, body: Vec<u8>, kind: &str) -> anyhow::Result<Reply> {
        let reply = egress::send(Exchange {
            method: "POST".into(),
            url: self.address.clone(),
            headers: vec![("content-type".into(), kind.into())],
            secret_headers: self.headers()?,
            body,
            max_body_bytes: LONGEST_ANSWER,
            timeout: PATIENCE,
            // An administrator named it: it may be anywhere.
            networks: vec![Ipv4Net::default().into(), Ipv6Net::default().into()],
        });
        Ok(reply.await?)
    }

    /// As the file has them now: a key is exchanged without a restart.
    fn headers(&self) -> anyhow::Result<Vec<(String, String)>> {
        let Some(file) = &self.headers_file else {
            return Ok(Vec::new());
        };
        read(file).with_context(|| file.display().to_string())
    }
}

/// The base that OpenTelemetry documents, behind which the kind of signal is added.
fn address(base: &str) -> anyhow::Result<String> {
    let uri: http::Uri = base.parse().context("is no address")?;
    let plain = matches!(uri.scheme_str(), Some("http" | "https")) && uri.query().is_none();
    let named = uri
        .authority()
        .is_some_and(|authority| !authority.as_str().contains('@'));
    ensure!(
        plain && named,
        "is http:// or https:// and a host, such as http://127.0.0.1:4318"
    );
    Ok(format!("{}/v1/traces", base.trim_end_matches('/')))
}

/// `Name: value` in each line. Values are secret: no error repeats one.
fn read(file: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let mut text = String::new();
    let opened = std::fs::File::open(file).context("cannot be read")?;
    opened
        .take(LONGEST_HEADERS)
        .read_to_string(&mut text)
        .context("cannot be read")?;
    let mut headers = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let header = line
            .split_once(':')
            .map(|(name, value)| (name.trim(), value.trim()));
        let (name, value) = header.with_context(|| format!("line {number} is not Name: value"))?;
        let can_be_sent = HeaderName::try_from(name).is_ok() && HeaderValue::try_from(value).is_ok();
        ensure!(can_be_sent, "line {number} cannot be sent as a header");
        headers.push((name.to_owned(), value.to_owned()));
    }
    Ok(headers)
}

/// Carries what the library made, and says once when that begins to fail.
#[derive(Debug)]
pub(super) struct Sender {
    collector: Collector,
    runtime: Handle,
    silent: Arc<AtomicBool>,
}

#[async_trait]
impl HttpClient for Sender {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let (collector, silent) = (self.collector.clone(), Arc::clone(&self.silent));
        let (head, body) = request.into_parts();
        let kind = head.headers.get(http::header::CONTENT_TYPE);
        let kind = kind
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or_default()
            .to_owned();
        let sent = self.runtime.spawn(async move {
            let reply = collector.post(body.to_vec(), &kind).await;
            let trouble = match &reply {
                Ok(Reply {
                    status: 200..=299, ..
                }) => None,
                Ok(reply) => Some(format!("HTTP {}", reply.status)),
                Err(error) => Some(format!("{error:#}")),
            };
            let (address, is_silent) = (collector.address(), trouble.is_some());
            match (silent.swap(is_silent, Ordering::Relaxed), trouble) {
                (false, Some(reason)) => {
                    tracing::warn!(address, reason, "the collector does not take traces")
                }
                (true, None) => tracing::info!(address, "the collector takes traces again"),
                _ => {}
            }
            reply
        });
        let reply = sent.await??;
        let mut response = Response::builder().status(reply.status);
        for (name, value) in reply.headers {
            response = response.header(name, value);
        }
        Ok(response.body(Bytes::from(reply.body))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_a_base() {
        for (base, whole) in [
            ("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces"),
            ("http://127.0.0.1:4318/", "http://127.0.0.1:4318/v1/traces"),
            (
                "https://otel.example.com/otlp",
                "https://otel.example.com/otlp/v1/traces",
            ),
        ] {
            assert_eq!(address(base).expect("is one"), whole);
        }
        for wrong in [
            "127.0.0.1:4318",
            "grpc://127.0.0.1:4317",
            "http://",
            "https://a.example?b=c",
            "https://user:secret@a.example",
            "",
        ] {
            assert!(address(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn headers_are_lines_and_no_error_repeats_a_value() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("headers");
        let said = |text: &str| {
            std::fs::write(&file, text).expect("writes");
            read(&file).map_err(|error| format!("{error:#}"))
        };
        let good = said("# of the collector\n\nAuthorization: Bearer a:b\nX-Scope:one\n").expect("is good");
        let pairs: Vec<_> = good
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        assert_eq!(pairs, [("Authorization", "Bearer a:b"), ("X-Scope", "one")]);
        for wrong in ["secret", "a b: secret", "a: secret\u{1}"] {
            let error = said(wrong).expect_err("is wrong");
            assert!(error.contains("line 1") && !error.contains("secret"), "{error}");
        }
    }
}
