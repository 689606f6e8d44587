//! The HTTP side: headers, connections, time limit, retries.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Method, Request};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

use crate::error::OktaError;
use crate::exchange::{Exchange, Record, Totals};
use crate::retry::Retries;

/// Okta closes the socket when an answer takes longer.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// Largest answer that is read: a group of a hundred thousand members has about 20 MiB.
const MAX_ANSWER: usize = 64 * 1024 * 1024;

/// How an integration in Okta is made, which decides between PUT and PATCH.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Dialect {
    /// The "SCIM 2.0 Test App" templates and apps of the Okta Integration Network: PUT for the
    /// profile, PATCH for activation and groups.
    #[default]
    Template,
    /// A custom app of the App Integration Wizard: PUT for everything, groups included.
    Custom,
}

/// An answer of any status.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body as JSON; null if it is empty or no JSON.
    pub body: Value,
    /// The body as it came.
    pub text: String,
}

impl Answer {
    /// Whether the status is 2xx.
    #[must_use]
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Okta, seen from the server's side. Clones share connections and record.
#[derive(Clone)]
pub struct OktaClient {
    http: Client<HttpConnector, Full<Bytes>>,
    base_url: String,
    authorization: String,
    dialect: Dialect,
    retries: Retries,
    time_limit: Option<Duration>,
    record: Arc<Record>,
}

/// Without the token.
impl fmt::Debug for OktaClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OktaClient")
            .field("base_url", &self.base_url)
            .field("dialect", &self.dialect)
            .field("retries", &self.retries)
            .field("time_limit", &self.time_limit)
            .finish_non_exhaustive()
    }
}

impl OktaClient {
    /// A client for a SCIM base URL (`http://host:port/path`) with a bearer token. The URL is
    /// checked when the first request is sent.
    #[must_use]
    pub fn new(base_url: impl Into<String>, token: impl AsRef<str>) -> Self {
        let base_url: String = base_url.into();
        Self {
            http: Client::builder(TokioExecutor::new()).build_http(),
            base_url: base_url.trim_end_matches('/').to_owned(),
            authorization: format!("Bearer {}", token.as_ref()),
            dialect: Dialect::default(),
            retries: Retries::default(),
            time_limit: Some(TIME_LIMIT),
            record: Arc::default(),
        }
    }

    /// Chooses how the app is made.
    #[must_use]
    pub fn with_dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = dialect;
        self
    }

    /// Shortens the waiting after 429, for a demonstration that has no five minutes.
    #[must_use]
    pub fn with_retries(mut self, retries: Retries) -> Self {
        self.retries = retries;
        self
    }

    /// Changes the time limit. None is for tests with a paused clock: that clock jumps to the next
    /// timer while a socket is waited for, and every request would run into its limit.
    #[must_use]
    pub fn with_time_limit(mut self, time_limit: Option<Duration>) -> Self {
        self.time_limit = time_limit;
        self
    }

    /// The dialect.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The last exchanges, oldest first; some ten thousand are kept.
    #[must_use]
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.record.last()
    }

    /// Counts over all exchanges.
    #[must_use]
    pub fn totals(&self) -> Totals {
        self.record.totals()
    }

    /// Sends one request with Okta's headers and gives back any answer: for tests of what Okta would
    /// not send. `path` begins with a slash and may have a query.
    ///
    /// # Errors
    /// If no answer comes.
    pub async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Answer, OktaError> {
        let started = Instant::now();
        let result = self.limited(&method, path, body).await;
        let exchange = Exchange {
            method,
            path: path.to_owned(),
            status: result.as_ref().ok().map(|answer| answer.status),
            duration: started.elapsed(),
        };
        tracing::debug!(
            method = %exchange.method, path, status = exchange.status,
            duration_ms = exchange.duration.as_millis(), "exchange with the SCIM server"
        );
        self.record.push(exchange);
        result
    }

    /// Sends a request until it is not answered 429, and wants success.
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, OktaError> {
        let mut wait = None;
        for left in (0..self.retries.tries).rev() {
            let answer = self.send(method.clone(), path, body).await?;
            if answer.status == 429 && left == 0 {
                break;
            }
            if answer.status == 429 {
                let retry_after = answer
                    .headers
                    .get(header::RETRY_AFTER)
                    .and_then(|value| value.to_str().ok());
                let next = self.retries.wait(wait, retry_after);
                wait = Some(next);
                tokio::time::sleep(next).await;
                continue;
            }
            if !answer.is_success() {
                return Err(OktaError::refused(
                    &method,
                    path,
                    answer.status,
                    &answer.body,
                    &answer.text,
                ));
            }
            if answer.body.is_null() && !answer.text.trim().is_empty() {
                return Err(OktaError::answer(&method, path, "the answer is no JSON"));
            }
            return Ok(answer.body);
        }
        Err(OktaError::Exhausted {
            method,
            path: path.to_owned(),
            tries: self.retries.tries,
        })
    }

    async fn limited(&self, method: &Method, path: &str, body: Option<&Value>) -> Result<Answer, OktaError> {
        let exchange = self.exchange(method, path, body);
        let Some(limit) = self.time_limit else {
            return exchange.await;
        };
        tokio::time::timeout(limit, exchange).await.unwrap_or_else(|_| {
            Err(OktaError::TimeLimit {
                method: method.clone(),
                path: path.to_owned(),
                seconds: limit.as_secs(),
            })
        })
    }

    async fn exchange(&self, method: &Method, path: &str, body: Option<&Value>) -> Result<Answer, OktaError> {
        let failed = |reason: String| OktaError::Connection {
            method: method.clone(),
            path: path.to_owned(),
            reason,
        };
        let request = self
            .request(method, path, body)
            .map_err(|error| failed(error.to_string()))?;
        let response = self
            .http
            .request(request)
            .await
            .map_err(|error| failed(causes(&error)))?;
        let (head, body) = response.into_parts();
        let body = Limited::new(body, MAX_ANSWER)
            .collect()
            .await
            .map_err(|error| failed(error.to_string()))?;
        let text = String::from_utf8_lossy(&body.to_bytes()).into_owned();
        Ok(Answer {
            status: head.status.as_u16(),
            headers: head.headers,
            body: serde_json::from_str(&text).unwrap_or_default(),
            text,
        })
    }

    fn request(
        &self,
        method: &Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Request<Full<Bytes>>, http::Error> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base_url));
        for (name, value) in HEADERS {
            request = request.header(name, value);
        }
        let mut authorization = HeaderValue::from_str(&self.authorization)?;
        authorization.set_sensitive(true);
        request = request.header(header::AUTHORIZATION, authorization);
        let body = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/scim+json; charset=utf-8");
                Bytes::from(body.to_string())
            }
            None => Bytes::new(),
        };
        request.body(Full::new(body))
    }
}

/// As captured on the wire. `gzip` is asked for as Okta does; a compressed answer is not read.
const HEADERS: [(HeaderName, &str); 5] = [
    (header::USER_AGENT, "Okta SCIM Client 1.0.0"),
    (header::ACCEPT, "application/scim+json"),
    (header::ACCEPT_CHARSET, "utf-8"),
    (header::CONNECTION, "Keep-Alive"),
    (header::ACCEPT_ENCODING, "gzip,deflate"),
];

/// hyper's errors say "client error" and keep the reason to their sources.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text = format!("{text}: {error}");
        source = error.source();
    }
    text
}
