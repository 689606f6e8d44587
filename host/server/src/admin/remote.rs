//! A server elsewhere, by its address and an API token.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use anyhow::Context;
use axum::body::Body;
use http::header::{AUTHORIZATION, HOST, USER_AGENT};
use http::uri::Scheme;
use http::{HeaderValue, Request, Response, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;

/// Until the connection is there. Answers have the time that the server takes: a preview is long.
const CONNECT: Duration = Duration::from_secs(10);

/// A server elsewhere.
pub struct Remote {
    client: Client<HttpsConnector<HttpConnector>, Body>,
    base: String,
    authorization: HeaderValue,
}

/// Without the token.
impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remote")
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}

impl Remote {
    /// By its public address, `https://scim.example.com`, and an API token.
    ///
    /// # Errors
    /// The address is none, or would send the token in the clear; or the system has no root certificates.
    pub fn new(url: &str, token: &str) -> anyhow::Result<Self> {
        let base = url.trim_end_matches('/').to_owned();
        let uri: Uri = base.parse().context("--server is no address")?;
        let host = uri.host().unwrap_or_default();
        let plain = uri.scheme() == Some(&Scheme::HTTP);
        let known = plain || uri.scheme() == Some(&Scheme::HTTPS);
        let bare = uri.path().trim_matches('/').is_empty() && uri.query().is_none();
        let anonymous = uri
            .authority()
            .is_some_and(|authority| !authority.as_str().contains('@'));
        anyhow::ensure!(
            known && bare && anonymous && !host.is_empty(),
            "--server is scheme, host and port, such as https://scim.example.com"
        );
        anyhow::ensure!(
            !plain || is_loopback(host),
            "the token would go over the network in the clear: --server takes https://, and http:// on this machine only"
        );
        let mut authorization = HeaderValue::try_from(format!("Bearer {token}"))
            .context("the token has characters that no token has")?;
        authorization.set_sensitive(true);
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(CONNECT));
        let builder = HttpsConnectorBuilder::new()
            .with_native_roots()
            .context("the system's root certificates cannot be read")?;
        let connector = builder.https_or_http().enable_http1().wrap_connector(tcp);
        Ok(Self {
            client: Client::builder(TokioExecutor::new()).build(connector),
            base,
            authorization,
        })
    }

    /// Sends a request of the API. A redirect is an answer: the token goes where it was meant to go only.
    pub(super) async fn send(&self, mut request: Request<Body>) -> anyhow::Result<Response<Body>> {
        let uri = format!("{}{}", self.base, request.uri());
        *request.uri_mut() = uri.parse().context("the address of the call")?;
        let headers = request.headers_mut();
        headers.remove(HOST);
        headers.insert(AUTHORIZATION, self.authorization.clone());
        let name = HeaderValue::from_static(concat!("tidegate/", env!("CARGO_PKG_VERSION")));
        headers.insert(USER_AGENT, name);
        let answered = self.client.request(request).await;
        let answer = answered.with_context(|| format!("{} does not answer", self.base))?;
        Ok(answer.map(Body::new))
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_token_is_not_sent_in_the_clear() {
        for good in [
            "https://scim.example.com",
            "https://[2001:db8::1]:8443/",
            "http://127.0.0.1:8080",
            "http://localhost",
        ] {
            assert!(Remote::new(good, "tga_1").is_ok(), "{good}");
        }
        for bad in [
            "http://scim.example.com",
            "http://127.0.0.1.evil.example",
            "https://user@scim.example.com",
            "https://scim.example.com/admin",
            "ftp://scim.example.com",
            "scim.example.com",
            "",
        ] {
            assert!(Remote::new(bad, "tga_1").is_err(), "{bad}");
        }
        let shown = format!("{:?}", Remote::new("https://scim.example.com", "tga_secret"));
        assert!(!shown.contains("tga_secret"), "{shown}");
    }
}
