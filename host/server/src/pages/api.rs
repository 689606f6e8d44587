//! How a page calls the administrators' API: in this process, as the browser that asked for the page.

use axum::Router;
use axum::body::Body;
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tower::ServiceExt;

use super::PageError;
use crate::admin::problem::Problem;
use crate::scim::origin::Peer;

/// Bytes of an answer that a page is made of.
const MOST: usize = 8 << 20;

/// Headers of the browser's that a call goes on with: who it is, and where it thinks it is.
const PASSED_ON: [header::HeaderName; 4] = [header::COOKIE, header::HOST, header::ORIGIN, header::USER_AGENT];

/// The administrators' API.
#[derive(Debug, Clone)]
pub(super) struct Api(Router);

/// What the API said.
pub(super) struct Said {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Api {
    pub(super) fn new(router: Router) -> Self {
        Self(router)
    }

    /// Asks for something.
    pub(super) async fn get<T: DeserializeOwned>(&self, browser: &Parts, path: &str) -> Result<T, PageError> {
        let said = self.send(browser, Method::GET, path, &(), None).await?;
        said.json()
    }

    /// Does something, with the token that the form carried.
    pub(super) async fn act<T: DeserializeOwned>(
        &self,
        browser: &Parts,
        method: Method,
        path: &str,
        body: &impl Serialize,
        csrf: &str,
    ) -> Result<T, PageError> {
        self.send(browser, method, path, body, Some(csrf)).await?.json()
    }

    /// The same, with whatever came back.
    pub(super) async fn send(
        &self,
        browser: &Parts,
        method: Method,
        path: &str,
        body: &impl Serialize,
        csrf: Option<&str>,
    ) -> Result<Said, PageError> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/admin/api/v1{path}"))
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(serde_json::to_vec(body)?))?;
        // Where the browser is. Nothing else of its request: what the router of pages made of the address is not this one's.
        if let Some(peer) = browser.extensions.get::<Peer>() {
            request.extensions_mut().insert(*peer);
        }
        for name in PASSED_ON {
            for value in browser.headers.get_all(&name) {
                request.headers_mut().append(name.clone(), value.clone());
            }
        }
        for (name, value) in &browser.headers {
            if name.as_str().starts_with("sec-fetch-") || name.as_str().contains("forwarded") {
                request.headers_mut().append(name.clone(), value.clone());
            }
        }
        if let Some(csrf) = csrf {
            let value = HeaderValue::from_str(csrf).map_err(|_| PageError::Form)?;
            request.headers_mut().insert("x-csrf-token", value);
        }
        let answer = self.0.clone().oneshot(request).await?;
        let (head, body) = answer.into_parts();
        let body = Limited::new(body, MOST)
            .collect()
            .await
            .map_err(|_| PageError::TooLong)?;
        Ok(Said {
            status: head.status,
            headers: head.headers,
            body: body.to_bytes().to_vec(),
        })
    }
}

impl Said {
    /// The answer, or why there is none.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, PageError> {
        match self.status {
            status if status.is_success() => {
                let body = if self.body.is_empty() {
                    b"null".as_slice()
                } else {
                    &self.body
                };
                Ok(serde_json::from_slice(body)?)
            }
            StatusCode::UNAUTHORIZED => Err(PageError::SignIn),
            status => Err(PageError::Refused(status, self.problem())),
        }
    }

    /// What is wrong, and with which fields.
    pub(super) fn problem(&self) -> Problem {
        let said = Problem::read(&self.body);
        said.unwrap_or_else(|| Problem::new(self.status, format!("the answer was {}", self.status)))
    }

    /// The last of an answer's lines of JSON: what came of it.
    pub(super) fn last_line<T: DeserializeOwned>(&self) -> Result<T, PageError> {
        if !self.status.is_success() {
            self.json::<serde::de::IgnoredAny>()?;
        }
        let mut lines = self.body.split(|byte| *byte == b'\n');
        let last = lines.rfind(|line| !line.is_empty());
        Ok(serde_json::from_slice(last.unwrap_or(b"null"))?)
    }

    /// In one sentence.
    pub(super) fn words(&self) -> String {
        self.problem().detail
    }
}

/// A name as a segment of a path, or as a value in a query.
pub(super) fn segment(name: &str) -> String {
    percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC).to_string()
}
