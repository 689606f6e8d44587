//! Outgoing HTTP on behalf of others: one buffered exchange with an origin that was granted.
//!
//! The caller has checked that origin and method are granted. What is checked here is where the
//! name leads: it is resolved, addresses that are not public are dropped unless a network was
//! granted by address, and the connection goes to an address that was checked, to no other. A
//! redirect is an answer, not an instruction.

mod address;
mod headers;
mod origin;
mod resolve;

use std::net::IpAddr;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Uri};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use ipnet::IpNet;

pub use address::{is_for_products, is_public};
pub use origin::Origin;
pub(crate) use resolve::{Checked, NO_PRODUCT};

use resolve::Refused;

/// One exchange as it is asked for.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// Method.
    pub method: String,
    /// Absolute URL, http or https.
    pub url: String,
    /// Headers; those that belong to the connection are ours and left out.
    pub headers: Vec<(String, String)>,
    /// Headers that the caller does not see: secrets.
    pub secret_headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
    /// Bytes that the answer's body may have.
    pub max_body_bytes: usize,
    /// How long it may take, from resolving to the last byte.
    pub timeout: Duration,
    /// Addresses that are allowed although they are not public.
    pub networks: Vec<IpNet>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Status.
    pub status: u16,
    /// Headers without those of the connection.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Vec<u8>,
}

/// Why there was no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EgressError {
    /// The name leads to an address that is not allowed.
    #[error("denied: {0}")]
    Denied(String),
    /// It cannot be sent as it is.
    #[error("{0}")]
    InvalidRequest(String),
    /// It took too long.
    #[error("no answer in time")]
    Timeout,
    /// The answer is larger than allowed.
    #[error("the answer is too large")]
    TooLarge,
    /// No connection, or a broken one.
    #[error("{0}")]
    Transport(String),
}

/// Sends one request and reads its answer. Every exchange has a connection of its own: what was
/// checked for one is not used by another.
///
/// # Errors
/// See [`EgressError`].
pub async fn send(exchange: Exchange) -> Result<Reply, EgressError> {
    let timeout = exchange.timeout;
    tokio::time::timeout(timeout, run(exchange))
        .await
        .map_err(|_| EgressError::Timeout)?
}

async fn run(exchange: Exchange) -> Result<Reply, EgressError> {
    let request = request(&exchange)?;
    refuse_literal(request.uri(), &exchange.networks)?;
    let mut tcp = HttpConnector::new_with_resolver(Checked::new(exchange.networks.clone()));
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    let connector = HttpsConnectorBuilder::new()
        .with_native_roots()
        .map_err(|error| {
            EgressError::Transport(format!("the system's root certificates cannot be read: {error}"))
        })?
        .https_or_http()
        .enable_http1()
        .wrap_connector(tcp);
    let client = Client::builder(TokioExecutor::new())
        .pool_max_idle_per_host(0)
        .build(connector);
    let answer = client.request(request).await.map_err(|error| failed(&error))?;
    let (head, body) = answer.into_parts();
    let body = Limited::new(body, exchange.max_body_bytes)
        .collect()
        .await
        .map_err(|error| match error.downcast_ref::<LengthLimitError>() {
            Some(_) => EgressError::TooLarge,
            None => EgressError::Transport(format!("the answer broke off: {error}")),
        })?;
    Ok(Reply {
        status: head.status.as_u16(),
        headers: headers::received(&head.headers),
        body: body.to_bytes().to_vec(),
    })
}

fn request(exchange: &Exchange) -> Result<Request<Full<Bytes>>, EgressError> {
    let invalid = |text: String| EgressError::InvalidRequest(text);
    let method = Method::from_bytes(exchange.method.to_ascii_uppercase().as_bytes())
        .map_err(|_| invalid("the method is none".into()))?;
    if method == Method::CONNECT || method == Method::TRACE {
        return Err(invalid(format!("{method} is not sent for others")));
    }
    let uri: Uri = exchange
        .url
        .parse()
        .map_err(|error| invalid(format!("the URL cannot be read: {error}")))?;
    let mut request = Request::new(Full::new(Bytes::from(exchange.body.clone())));
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    *request.headers_mut() = headers::sent(&exchange.headers, &exchange.secret_headers).map_err(invalid)?;
    Ok(request)
}

/// An address in the URL itself is not resolved: it is checked here.
fn refuse_literal(uri: &Uri, networks: &[IpNet]) -> Result<(), EgressError> {
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let Ok(address) = host.parse::<IpAddr>() else {
        return Ok(());
    };
    if address::is_allowed(address, networks) {
        return Ok(());
    }
    Err(EgressError::Denied(format!(
        "{address} is not a public address, and is not granted by address"
    )))
}

/// hyper's own text says only "client error (Connect)": the cause is deeper.
fn failed(error: &hyper_util::client::legacy::Error) -> EgressError {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        if let Some(refused) = error.downcast_ref::<Refused>() {
            return EgressError::Denied(refused.to_string());
        }
        text = format!("{text}: {error}");
        cause = error.source();
    }
    EgressError::Transport(text)
}
