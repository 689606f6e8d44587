//! The HTTP client that every connector calls through.
//!
//! It owns what the three products have in common: credentials, the XSRF opt-out,
//! time and size limits, and the meaning of 401, 429 and 5xx. What a 400, 404 or 409
//! means is the connector's to say, so those come back as an [`Answer`].
//!
//! Secrets stay out of errors, `Debug` and logs. Query strings are never logged:
//! Bitbucket takes a new account's password in one.

mod address;
mod answer;
mod login;
mod observer;
mod pace;
mod password;
mod path;
mod retry_after;
mod route;
mod tls;
mod trouble;
mod words;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::uri::Scheme;
use http::{HeaderName, HeaderValue, Method, Request, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client as Pool;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::time::Instant;
use tracing::field::Empty;
use tracing::{Instrument, Span, info_span};

pub use answer::Answer;
pub use observer::{Call, Observer, Outcome};
pub use password::random_password;
pub use path::{encode, segment};

use self::login::Login;
use self::pace::Pace;
use self::route::Route;
use crate::connector::{ConnectorError, Result};
use crate::target::{Credentials, TargetConfig};

/// The longest answer read, in bytes: a page of a thousand accounts takes about 1 MiB.
/// A longer one is not an API's answer, and reading it all would cost our memory.
const MOST_BODY: usize = 8 << 20;

/// Calls in flight at once, whatever is configured: products have a few hundred worker
/// threads for all their users.
const MOST_IN_FLIGHT: usize = 256;

/// The target of all spans, by which a subscriber knows them from log lines. They name nobody and carry no secret.
pub const SPANS: &str = "tidegate::spans";

/// Idle connections are dropped after this: products' proxies close theirs after a
/// minute, and a write on a closed one is an answer lost.
const IDLE: Duration = Duration::from_secs(20);

/// One target's HTTP client.
pub struct Client {
    pool: Pool<HttpsConnector<Route>, Full<Bytes>>,
    base_url: String,
    authorization: HeaderValue,
    timeout: Duration,
    in_flight: Semaphore,
    pace: Pace,
    login: Login,
    observer: Option<Arc<dyn Observer>>,
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
    /// credentials, a query or a fragment; the proxy is not `http://host:port`; the
    /// credentials do not fit into a header; a certificate or key is not PEM or does not fit
    /// the other; or nobody's certificate could be checked, for want of roots.
    pub fn new(config: &TargetConfig) -> Result<Self> {
        let base_url = config.base_url.trim_end_matches('/').to_owned();
        let https = address::base_url(&base_url)?.scheme() == Some(&Scheme::HTTPS);
        let proxy = config.proxy.as_deref().map(address::proxy).transpose()?;
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(tls::config(config, https)?)
            .https_or_http()
            .enable_http1()
            .wrap_connector(Route::new(proxy));
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
            pace: Pace::new(config.calls_per_second),
            login: Login::new(),
            observer: None,
        })
    }

    /// The same client, with somebody who is told of every call.
    #[must_use]
    pub fn observed(self, observer: Arc<dyn Observer>) -> Self {
        Self {
            observer: Some(observer),
            ..self
        }
    }

    /// `GET`.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn get(&self, path: &str) -> Result<Answer> {
        self.send(Method::GET, path, None).await
    }

    /// Makes one call. `path` starts with a slash, follows the base URL and is encoded
    /// already (names in it by [`segment`], in its query by [`encode`]); the body is JSON.
    ///
    /// # Errors
    /// `Unauthorized` for 401, a CAPTCHA and where the product takes us for an anonymous
    /// visitor, `RateLimited` for 429 and a 503 that asks for a wait, `Unavailable` for
    /// 3xx, 5xx, transport errors, the timeout and answers above 8 MiB. Every other
    /// status is returned. Once credentials were refused, `Unauthorized` without a call: see [`Client::log_in_again`].
    pub async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Answer> {
        let mut request = self.request(method, path, body)?;
        request
            .headers_mut()
            .insert(header::AUTHORIZATION, self.authorization.clone());
        let _turn = self.login.pass().await?;
        let answer = self.call(request, path, Answer::meant_for_all).await;
        self.login.note(&answer);
        answer
    }

    /// Lets credentials that were refused be tried anew, by one call: an administrator mended the cause.
    pub fn log_in_again(&self) {
        self.login.again();
    }

    /// `GET` without credentials, for what is open to anybody. That the product takes us for a
    /// stranger is then no error: 401, 403 and redirects are returned.
    ///
    /// # Errors
    /// `RateLimited` and `Unavailable` as [`Client::send`].
    pub async fn get_as_anybody(&self, path: &str) -> Result<Answer> {
        let request = self.request(Method::GET, path, None)?;
        let meaning = |answer: Answer| match answer.status() {
            407 | 408 | 429 | 500.. => answer.meant_for_all(),
            _ => Ok(answer),
        };
        self.call(request, path, meaning).await
    }

    /// Sends it in its turn, and tells how it went.
    async fn call(
        &self,
        mut request: Request<Full<Bytes>>,
        path: &str,
        meaning: impl FnOnce(Answer) -> Result<Answer>,
    ) -> Result<Answer> {
        let (method, shown) = (request.method().clone(), request.uri().path().to_owned());
        let shape = path::shape(path);
        // Turns are waited for outside the timeout, which is about the product's slowness.
        let queued = Instant::now();
        let _permit = self
            .in_flight
            .acquire()
            .await
            .map_err(|_| unavailable("shutting down"))?;
        self.pace.turn().await;
        let begun = Instant::now();
        let span = span(&method, &shape);
        let parent = self
            .observer
            .as_ref()
            .and_then(|observer| span.in_scope(|| observer.parent()));
        request
            .headers_mut()
            .extend(parent.map(|parent| (HeaderName::from_static("traceparent"), parent)));
        let exchanged = tokio::time::timeout(self.timeout, self.exchange(request)).instrument(span.clone());
        let answer = match exchanged.await {
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
        if let Some(tokens) = answer.as_ref().ok().and_then(Answer::tokens) {
            self.pace.learn(tokens);
        }
        let written_ms = answer.as_ref().ok().and_then(Answer::written_ms);
        if let Ok(answer) = &answer {
            span.record("http.response.status_code", answer.status());
        }
        let answer = answer.and_then(meaning);
        let outcome = Outcome::of(&answer);
        span.record("tidegate.outcome", outcome.as_str());
        if answer.is_err() {
            span.record("otel.status_code", "ERROR");
        }
        drop(span);
        if let Some(observer) = &self.observer {
            observer.answered(&Call {
                method,
                path: shape,
                outcome,
                waited: begun - queued,
                duration: begun.elapsed(),
                written_ms,
            });
        }
        answer
    }

    fn request(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Request<Full<Bytes>>> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{}", self.base_url, path::sent(path)))
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
            .map_err(|error| unavailable(trouble::words(&error)))?;
        let (head, body) = answer.into_parts();
        let body = Limited::new(body, MOST_BODY)
            .collect()
            .await
            .map_err(|error| unavailable(format!("the answer broke off: {error}")))?;
        Ok(Answer::new(head.status, head.headers, body.to_bytes()))
    }
}

/// One call, from when it is its turn until the answer was read.
fn span(method: &Method, shape: &str) -> Span {
    info_span!(
        target: SPANS,
        "call",
        otel.name = format_args!("{method} {shape}"),
        otel.kind = "client",
        otel.status_code = Empty,
        http.request.method = method.as_str(),
        url.template = shape,
        http.response.status_code = Empty,
        tidegate.outcome = Empty,
    )
}

/// Which field of a target no client can be made with, and why; none: [`Client::new`] makes one.
pub(crate) fn unfit(config: &TargetConfig) -> Option<(&'static str, ConnectorError)> {
    let base_url = match address::base_url(config.base_url.trim_end_matches('/')) {
        Ok(base_url) => base_url,
        Err(error) => return Some(("base-url", error)),
    };
    if let Some(Err(error)) = config.proxy.as_deref().map(address::proxy) {
        return Some(("proxy", error));
    }
    let https = base_url.scheme() == Some(&Scheme::HTTPS);
    let anonymous = TargetConfig {
        client_certificate: None,
        ..config.clone()
    };
    if let Err(error) = tls::config(&anonymous, https) {
        return Some(("ca", error));
    }
    if let Err(error) = tls::config(config, https) {
        return Some(("client-certificate", error));
    }
    let error = authorization(&config.credentials).err()?;
    Some(("credentials", error))
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

fn unavailable(text: impl Into<String>) -> ConnectorError {
    ConnectorError::Unavailable(text.into())
}

fn refused(text: impl Into<String>) -> ConnectorError {
    ConnectorError::Refused(text.into())
}
