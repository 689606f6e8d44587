//! A product's answer, and the refusals that mean the same in every product.

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;

use super::{retry_after, words};
use crate::connector::{ConnectorError, Result};

/// An answer read whole.
#[derive(Debug, Clone)]
pub struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    pub(super) fn new(status: StatusCode, headers: HeaderMap, body: Bytes) -> Self {
        Self {
            status,
            headers,
            body,
        }
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// When the product wrote it, by its own clock; in milliseconds since 1970.
    pub(super) fn written_ms(&self) -> Option<i64> {
        retry_after::written_ms(&self.headers)
    }

    /// The body as text, for what is no JSON.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// What it says of our token bucket. A 429 says it to the caller.
    pub(super) fn tokens(&self) -> Option<retry_after::Tokens> {
        (self.status != StatusCode::TOO_MANY_REQUESTS)
            .then(|| retry_after::tokens(&self.headers))
            .flatten()
    }

    /// The product's own words, with the status: what an administrator is shown.
    #[must_use]
    pub fn words(&self) -> String {
        match words::of(&self.body) {
            Some(words) => format!("{words} (HTTP {})", self.status()),
            None => format!("HTTP {}", self.status()),
        }
    }

    /// Whether one of Bitbucket's `exceptionName`s contains this; they are stable, texts are not.
    #[must_use]
    pub fn names_exception(&self, part: &str) -> bool {
        words::exceptions(&self.body)
            .iter()
            .any(|name| name.contains(part))
    }

    /// Crowd's `reason`, a stable word such as `USER_NOT_FOUND`. Absent where the answer is
    /// not of Crowd's API.
    #[must_use]
    pub fn reason(&self) -> Option<String> {
        words::reason(&self.body)
    }

    /// The JSON body.
    ///
    /// # Errors
    /// `Unavailable`: not that JSON, such as a proxy's HTML page.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(&self.body).map_err(|error| {
            ConnectorError::Unavailable(format!(
                "the answer (HTTP {}) is not readable: {error}",
                self.status()
            ))
        })
    }

    /// The answer if it is a success.
    ///
    /// # Errors
    /// [`Answer::error`] for every other status.
    pub fn success(self) -> Result<Self> {
        if self.status.is_success() {
            Ok(self)
        } else {
            Err(self.error())
        }
    }

    /// What the status means where the connector knows nothing more exact.
    #[must_use]
    pub fn error(&self) -> ConnectorError {
        let words = self.words();
        match self.status() {
            402 => ConnectorError::SeatsExhausted(words),
            403 => ConnectorError::Forbidden(words),
            404 => ConnectorError::NotFound(words),
            409 => ConnectorError::Conflict(words),
            _ => ConnectorError::Refused(words),
        }
    }

    /// Whether the body is JSON. The products refuse in JSON; filters and proxies in
    /// front of them do not, and know nothing of directories.
    #[must_use]
    pub fn is_json(&self) -> bool {
        serde_json::from_slice::<serde::de::IgnoredAny>(&self.body).is_ok()
    }

    /// Takes out what has one meaning in every product and call.
    pub(super) fn meant_for_all(self) -> Result<Self> {
        let says = |name: &str, value: &[u8]| {
            let header = self.headers.get(name);
            header.is_some_and(|header| header.as_bytes().starts_with(value))
        };
        match self.status() {
            401 | 403 if says("x-authentication-denied-reason", b"CAPTCHA") => Err(ConnectorError::Unauthorized(
                "too many failed log-ins: log in once as the service account in a browser and solve the CAPTCHA"
                    .to_owned(),
            )),
            401 => Err(ConnectorError::Unauthorized(self.words())),
            // Jira and Confluence answer an expired token as they answer strangers, where
            // those may read: even a 200 is then about another caller than us.
            _ if says("x-ausername", b"anonymous") => Err(ConnectorError::Unauthorized(
                "the product takes us for an anonymous visitor: the token is wrong, expired or revoked".to_owned(),
            )),
            407 => Err(ConnectorError::Unavailable(
                "the proxy demands a log-in, which Tidegate has none for: let this machine through without".to_owned(),
            )),
            // Cloud does the same, and says it in its own way.
            _ if says("x-seraph-loginreason", b"AUTHENTICATED_FAILED") => Err(ConnectorError::Unauthorized(
                "the product takes us for an anonymous visitor: the e-mail address or the API token is wrong, \
                 expired or revoked"
                    .to_owned(),
            )),
            408 => Err(ConnectorError::Unavailable(self.words())),
            429 => Err(ConnectorError::RateLimited { retry_after_ms: retry_after::milliseconds(&self.headers) }),
            503 if retry_after::is_asked_for(&self.headers) => {
                Err(ConnectorError::RateLimited { retry_after_ms: retry_after::milliseconds(&self.headers) })
            }
            300..=399 => Err(ConnectorError::Unavailable(self.redirected())),
            500.. => Err(ConnectorError::Unavailable(self.words())),
            _ => Ok(self),
        }
    }

    /// Redirects are not followed: credentials go to the configured address only. The
    /// query is left out, log-in redirects repeat the call in it.
    fn redirected(&self) -> String {
        let to = self
            .headers
            .get(header::LOCATION)
            .and_then(|it| it.to_str().ok())
            .unwrap_or("elsewhere");
        let to = to.split('?').next().unwrap_or("elsewhere");
        format!("the product redirects to {to}: check the base URL, or it is starting or being upgraded")
    }
}
