//! The HTTP client that every connector calls through.
//!
//! It owns what the three products have in common: credentials, the XSRF opt-out,
//! time and size limits, and the meaning of 401, 429 and 5xx. What a 400, 404 or 409
//! means is the connector's to say, so those come back as an [`Answer`].
//!
//! Secrets stay out of errors, `Debug` and logs. Query strings are never logged:
//! Bitbucket takes a new account's password in one.

mod answer;
mod password;
mod retry_after;
mod words;

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::{HeaderValue, Method, Request, Uri, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as Pool;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use tokio::sync::Semaphore;

pub use answer::Answer;
pub use password::random_password;

use crate::connector::{ConnectorError, Result};
use crate::target::{Credentials, TargetConfig};

/// The longest answer read, in bytes: a page of a thousand accounts takes about 1 MiB.
/// A longer one is not an API's answer, and reading it all would cost our memory.
const MOST_BODY: usize = 8 << 20;

/// Calls in flight at once, whatever is configured: products have a few hundred worker
/// threads for all their users.
const MOST_IN_FLIGHT: usize = 256;

/// Idle connections are dropped after this: products' proxies close theirs after a
/// minute, and a write on a closed one is an answer lost.
const IDLE: Duration = Duration::from_secs(20);

/// Everything but RFC 3986's unreserved characters is encoded, in paths and queries.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A name, ready to stand in a path or a query.
#[must_use]
pub fn encode(name: &str) -> String {
    utf8_percent_encode(name, ENCODED).to_string()
}

/// A name, ready to stand in a path as one whole segment.
///
/// # Errors
/// `Refused`: empty, `.` or `..`. No encoding saves those: clients, proxies and servers
/// fold them, and the call would meet another resource than the one meant.
pub fn segment(name: &str) -> Result<String> {
    if matches!(name, "" | "." | "..") {
        return Err(refused(format!("{name:?} cannot be a name in a call's path")));
    }
    Ok(encode(name))
}

/// One target's HTTP client.
pub struct Client {
    pool: Pool<HttpsConnector<HttpConnector>, Full<Bytes>>,
    base_url: String,
    authorization: HeaderValue,
    timeout: Duration,
    in_flight: Semaphore,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// A client for a target.
    ///
    /// # Errors
    /// [`ConnectorError::Refused`]: the base URL is not http or https, carries
    /// credentials, a query or a fragment, the credentials do not fit into a header,
    /// or the system has no root certificates.
    pub fn new(config: &TargetConfig) -> Result<Self> {
        let base_url = config.base_url.trim_end_matches('/').to_owned();
        check_base_url(&base_url)?;
        let connector = HttpsConnectorBuilder::new()
            .with_native_roots()
            .map_err(|error| refused(format!("the system's root certificates cannot be read: {error}")))?
            .https_or_http()
            .enable_http1()
            .build();
        let pool = Pool::builder(TokioExecutor::new())
            .pool_idle_timeout(IDLE)
            .pool_timer(TokioTimer::new())
            .build(connector);
        Ok(Self {
            pool,
            base_url,
            authorization: authorization(&config.credentials)?,
            timeout: Duration::from_millis(config.timeout_ms.max(1)),
            in_flight: Semaphore::new(config.concurrency.clamp(1, MOST_IN_FLIGHT)),
        })
    }

    /// `GET`.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn get(&self, path: &str) -> Result<Answer> {
        self.send(Method::GET, path, None).await
    }

    /// Makes one call. `path` starts with a slash, follows the base URL and is encoded
    /// already (see [`encode`]); the body is JSON.
    ///
    /// # Errors
    /// `Unauthorized` for 401, a CAPTCHA and where the product takes us for an anonymous
    /// visitor, `RateLimited` for 429 and a 503 that asks for a wait, `Unavailable` for
    /// 3xx, 5xx, transport errors, the timeout and answers above 8 MiB. Every other
    /// status is returned.
    pub async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Answer> {
        let shown = path.split('?').next().unwrap_or("");
        let request = self.request(method.clone(), path, body)?;
        // The permit is waited for outside the timeout, which is about the product's slowness.
        let _permit = self
            .in_flight
            .acquire()
            .await
            .map_err(|_| unavailable("shutting down"))?;
        let answer = match tokio::time::timeout(self.timeout, self.exchange(request)).await {
            Ok(answer) => answer,
            Err(_) => Err(unavailable(format!(
                "no answer within {} ms",
                self.timeout.as_millis()
            ))),
        };
        match &answer {
            Ok(answer) => {
                tracing::debug!(%method, path = shown, status = answer.status(), "product answered")
            }
            Err(error) => tracing::debug!(%method, path = shown, %error, "product did not answer"),
        }
        answer?.meant_for_all()
    }

    fn request(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Request<Full<Bytes>>> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base_url))
            .header(header::AUTHORIZATION, self.authorization.clone())
            .header(header::ACCEPT, "application/json")
            // Not a browser's name: the products check those for cross-site forgery.
            .header(
                header::USER_AGENT,
                concat!("tidegate/", env!("CARGO_PKG_VERSION")),
            )
            .header("x-atlassian-token", "no-check");
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let body = body.map(|body| Bytes::from(body.to_string())).unwrap_or_default();
        // The error's text does not repeat the URI.
        request
            .body(Full::new(body))
            .map_err(|error| refused(format!("the call cannot be written as HTTP: {error}")))
    }

    async fn exchange(&self, request: Request<Full<Bytes>>) -> Result<Answer> {
        let answer = self
            .pool
            .request(request)
            .await
            .map_err(|error| unavailable(chain(&error)))?;
        let (head, body) = answer.into_parts();
        let body = Limited::new(body, MOST_BODY)
            .collect()
            .await
            .map_err(|error| unavailable(format!("the answer broke off: {error}")))?;
        Ok(Answer::new(head.status, head.headers, body.to_bytes()))
    }
}

fn check_base_url(base_url: &str) -> Result<()> {
    let uri: Uri = base_url
        .parse()
        .map_err(|error| refused(format!("the base URL cannot be read: {error}")))?;
    let authority = uri
        .authority()
        .ok_or_else(|| refused("the base URL names no host"))?;
    if authority.as_str().contains('@') || uri.query().is_some() || base_url.contains('#') {
        return Err(refused("the base URL must be scheme, host, port and path only"));
    }
    match uri.scheme_str() {
        Some("https" | "http") => Ok(()),
        _ => Err(refused("the base URL must begin with http:// or https://")),
    }
}

fn authorization(credentials: &Credentials) -> Result<HeaderValue> {
    let text = match credentials {
        Credentials::Basic { username, password } => {
            format!(
                "Basic {}",
                BASE64_STANDARD.encode(format!("{username}:{password}"))
            )
        }
        Credentials::Token { token } => format!("Bearer {}", token.trim()),
    };
    let mut value = HeaderValue::try_from(text)
        .map_err(|_| refused("the token has characters that no header can carry"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// An error with its causes: hyper-util's own text says only "client error (Connect)".
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

fn unavailable(text: impl Into<String>) -> ConnectorError {
    ConnectorError::Unavailable(text.into())
}

fn refused(text: impl Into<String>) -> ConnectorError {
    ConnectorError::Refused(text.into())
}
