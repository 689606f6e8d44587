//! The issuer: its description and keys, and how it is asked.
//!
//! Both are fetched when somebody first needs them, by one at a time, kept for an hour, and fetched again where a key is
//! not known. An issuer that did not answer is left alone for some seconds: whoever asks meanwhile hears the same.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use openidconnect::core::CoreProviderMetadata;
use openidconnect::{HttpRequest, HttpResponse, IssuerUrl};
use tidegate_directory::egress::{self, EgressError, Exchange, Origin};
use tokio::sync::{Mutex, MutexGuard};

use super::trouble::Trouble;
use crate::clock::now_ms;

/// A description that is older is fetched again.
const FRESH_MS: i64 = 60 * 60 * 1_000;
/// A key that is not known is looked for so often at most: anybody can make one up.
const LOOK_AGAIN_MS: i64 = 60_000;
/// After a failure nobody asks for so long.
const QUIET_MS: i64 = 5_000;
/// One exchange, and the wait for somebody else's.
const PATIENCE: Duration = Duration::from_secs(10);
/// Bytes of an answer: a description has 5,000, keys the same.
const LONGEST: usize = 256 << 10;

/// A description with its keys.
#[derive(Debug, Clone)]
pub(super) struct Described {
    pub(super) metadata: Arc<CoreProviderMetadata>,
    fetched_ms: i64,
}

#[derive(Debug, Default)]
struct Known {
    described: Option<Described>,
    failed: Option<(i64, String)>,
    /// When an unknown key was last looked for.
    looked_ms: i64,
}

/// The issuer.
#[derive(Debug)]
pub(super) struct Provider {
    issuer: IssuerUrl,
    known: Mutex<Known>,
}

type Answer = Pin<Box<dyn Future<Output = Result<HttpResponse, EgressError>> + Send>>;

impl Provider {
    pub(super) fn new(issuer: IssuerUrl) -> Self {
        Self {
            issuer,
            known: Mutex::default(),
        }
    }

    /// Its description.
    pub(super) async fn described(&self) -> Result<Described, Trouble> {
        let mut known = self.known().await?;
        match &known.described {
            Some(described) if now_ms() - described.fetched_ms < FRESH_MS => Ok(described.clone()),
            _ => self.describe(&mut known).await,
        }
    }

    /// The same, fetched again, if that was not done a moment ago: it may have changed its keys.
    pub(super) async fn described_again(&self) -> Result<Described, Trouble> {
        let mut known = self.known().await?;
        match &known.described {
            Some(described) if now_ms() - known.looked_ms < LOOK_AGAIN_MS => Ok(described.clone()),
            _ => {
                known.looked_ms = now_ms();
                self.describe(&mut known).await
            }
        }
    }

    async fn known(&self) -> Result<MutexGuard<'_, Known>, Trouble> {
        let waited = tokio::time::timeout(PATIENCE, self.known.lock()).await;
        waited.map_err(|_| Trouble::Down("no answer in time".into()))
    }

    async fn describe(&self, known: &mut Known) -> Result<Described, Trouble> {
        let now = now_ms();
        if let Some((at, text)) = &known.failed
            && now - at < QUIET_MS
        {
            return Err(Trouble::Down(text.clone()));
        }
        match self.fetch().await {
            Ok(metadata) => {
                let described = Described {
                    metadata: Arc::new(metadata),
                    fetched_ms: now,
                };
                known.described = Some(described.clone());
                known.failed = None;
                Ok(described)
            }
            Err(text) => {
                tracing::warn!(
                    issuer = self.issuer.as_str(),
                    reason = text,
                    "the OpenID Connect issuer cannot be used"
                );
                known.failed = Some((now_ms(), text.clone()));
                Err(Trouble::Down(text))
            }
        }
    }

    async fn fetch(&self) -> Result<CoreProviderMetadata, String> {
        let client = self.client();
        let fetched = CoreProviderMetadata::discover_async(self.issuer.clone(), &client).await;
        let metadata = fetched.map_err(|error| words(&error))?;
        let endpoints = [
            Some(metadata.authorization_endpoint().url()),
            metadata.token_endpoint().map(|endpoint| endpoint.url()),
            metadata.userinfo_endpoint().map(|endpoint| endpoint.url()),
        ];
        // The secret and codes go there.
        let scheme = self.issuer.url().scheme();
        match endpoints
            .iter()
            .flatten()
            .find(|url| url.scheme() != scheme && url.scheme() != "https")
        {
            Some(_) => Err("its description names an address without https".into()),
            None => Ok(metadata),
        }
    }

    /// How it is asked. The issuer itself may be in any network: an administrator named it. Where it sends us on to must
    /// be on the public internet, or the same place.
    pub(super) fn client(&self) -> impl Fn(HttpRequest) -> Answer + Send + Sync + use<> {
        let own = Origin::of(self.issuer.as_str());
        move |request| Box::pin(send(request, own.clone()))
    }
}

async fn send(request: HttpRequest, own: Option<Origin>) -> Result<HttpResponse, EgressError> {
    let (head, body) = request.into_parts();
    let url = head.uri.to_string();
    let networks = match own.is_some() && Origin::of(&url) == own {
        true => vec![ipnet::Ipv4Net::default().into(), ipnet::Ipv6Net::default().into()],
        false => Vec::new(),
    };
    // Client secret and tokens are in them.
    let headers = head
        .headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())));
    let reply = egress::send(Exchange {
        method: head.method.to_string(),
        url,
        headers: Vec::new(),
        secret_headers: headers.collect(),
        body,
        max_body_bytes: LONGEST,
        timeout: PATIENCE,
        networks,
    })
    .await?;
    let mut response = http::Response::builder().status(reply.status);
    for (name, value) in reply.headers {
        response = response.header(name, value);
    }
    response
        .body(reply.body)
        .map_err(|error| EgressError::Transport(error.to_string()))
}

/// An error with its causes; the library's own says the least.
fn words(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
