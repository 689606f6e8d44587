//! Under which address a client reaches this server: what `meta.location` and `Location` begin with.
//!
//! In this order: the configured public URL; what a trusted proxy says (`Forwarded` of RFC 7239, or
//! `X-Forwarded-Proto` and `-Host`); the request's own host. Others' forwarded headers are ignored:
//! whoever may set them chooses where other clients are sent.

use std::net::{IpAddr, SocketAddr};

use axum::extract::Request;
use http::header::{FORWARDED, HOST};
use http::uri::Authority;
use http::{HeaderMap, HeaderName};
use ipnet::IpNet;

use super::Endpoint;

/// Bytes of a host name with its port.
const LONGEST_HOST: usize = 260;

/// Who is at the other end of the connection. The listener knows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) SocketAddr);

/// Scheme, host and port, as this client sees them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Base(String);

/// Where the request comes from, as far as it is known: the peer, or whom a trusted proxy names.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Client(pub(crate) Option<IpAddr>);

impl Base {
    /// Scheme, host and port.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the client came by TLS.
    pub(crate) fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// The base URL of an app.
    pub(crate) fn of(&self, app_id: &str) -> String {
        format!("{}/scim/{app_id}/v2", self.0)
    }

    /// The issuer of an app's access tokens.
    pub(crate) fn issuer(&self, app_id: &str) -> String {
        format!("{}/oauth/{app_id}", self.0)
    }
}

/// What an administrator said of the way here.
#[derive(Debug, Clone, Default)]
pub(crate) struct Origin {
    /// The configured address, without a slash at the end.
    pub(crate) public_url: Option<String>,
    /// Proxies whose forwarded headers are believed.
    pub(crate) trusted_proxies: Vec<IpNet>,
    /// Where nothing else is known.
    pub(crate) bound: String,
    /// What the listener speaks: `https`, or `http`.
    pub(crate) scheme: &'static str,
}

impl Origin {
    fn of(&self, peer: Option<IpAddr>, uri_authority: Option<&Authority>, headers: &HeaderMap) -> Base {
        if let Some(url) = &self.public_url {
            return Base(url.clone());
        }
        let (mut proto, mut host) = (None, None);
        if peer.is_some_and(|peer| self.trusts(peer)) {
            (proto, host) = forwarded(headers);
        }
        // HTTP/2 has the host in its pseudo-header, which is part of the URI here.
        let own = || uri_authority.map(|authority| authority.as_str().to_owned());
        let host = host
            .or_else(own)
            .or_else(|| last(headers, &HOST))
            .and_then(authority);
        match host {
            Some(host) => Base(format!("{}://{host}", proto.unwrap_or(self.scheme))),
            None => Base(self.bound.clone()),
        }
    }

    fn trusts(&self, peer: IpAddr) -> bool {
        // An IPv4 client of a socket for both has an IPv6 address.
        let peer = peer.to_canonical();
        self.trusted_proxies.iter().any(|network| network.contains(&peer))
    }

    /// The nearest proxy's word on whom it speaks for, where it is believed.
    fn client(&self, peer: Option<IpAddr>, headers: &HeaderMap) -> Client {
        let named = || forwarded_for(headers).filter(|_| peer.is_some_and(|peer| self.trusts(peer)));
        Client(named().or(peer))
    }
}

/// Finds the address once per request; says whether a proxy that is trusted sent it.
pub(crate) fn locate(endpoint: &Endpoint, request: &mut Request) -> bool {
    let peer = request.extensions().get::<Peer>().map(|Peer(peer)| peer.ip());
    let base = endpoint
        .origin
        .of(peer, request.uri().authority(), request.headers());
    let client = endpoint.origin.client(peer, request.headers());
    request.extensions_mut().insert(base);
    request.extensions_mut().insert(client);
    peer.is_some_and(|peer| endpoint.origin.trusts(peer))
}

/// Scheme and host in the words of the nearest proxy: it writes last, and what stands before may be
/// the client's own invention.
fn forwarded(headers: &HeaderMap) -> (Option<&'static str>, Option<String>) {
    if let Some(element) = last(headers, &FORWARDED) {
        let parameter = |name: &str| {
            element.split(';').find_map(|pair| {
                let (found, value) = pair.split_once('=')?;
                let value = value.trim().trim_matches('"').to_owned();
                found.trim().eq_ignore_ascii_case(name).then_some(value)
            })
        };
        return (
            parameter("proto").and_then(|proto| scheme(&proto)),
            parameter("host"),
        );
    }
    let header = |name: &'static str| last(headers, &HeaderName::from_static(name));
    (
        header("x-forwarded-proto").and_then(|proto| scheme(&proto)),
        header("x-forwarded-host"),
    )
}

/// Whom the nearest proxy speaks for.
fn forwarded_for(headers: &HeaderMap) -> Option<IpAddr> {
    let named = match last(headers, &FORWARDED) {
        Some(element) => element.split(';').find_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            name.trim()
                .eq_ignore_ascii_case("for")
                .then(|| value.trim().trim_matches('"').to_owned())
        }),
        None => last(headers, &HeaderName::from_static("x-forwarded-for")),
    }?;
    // With a port, or, of IPv6, in brackets, or both.
    let socket = named.parse::<SocketAddr>().map(|socket| socket.ip());
    socket.or_else(|_| named.trim_matches(['[', ']']).parse()).ok()
}

/// The last element of a header that is a list.
fn last(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    let value = headers.get_all(name).iter().next_back()?.to_str().ok()?;
    let element = value.rsplit(',').next()?.trim();
    (!element.is_empty()).then(|| element.to_owned())
}

fn scheme(proto: &str) -> Option<&'static str> {
    match proto.to_ascii_lowercase().as_str() {
        "https" => Some("https"),
        "http" => Some("http"),
        _ => None,
    }
}

/// A host that may stand in a URL.
fn authority(host: String) -> Option<String> {
    let valid = host.len() <= LONGEST_HOST && !host.contains('@') && host.parse::<Authority>().is_ok();
    valid.then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(origin: &Origin, peer: &str, headers: &[(&'static str, &str)]) -> String {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().expect("a header"));
        }
        origin.of(peer.parse().ok(), None, &map).0
    }

    fn behind_a_proxy() -> Origin {
        Origin {
            public_url: None,
            trusted_proxies: vec!["10.0.0.0/8".parse().expect("a network")],
            bound: "http://0.0.0.0:8080".into(),
            scheme: "http",
        }
    }

    #[test]
    fn a_trusted_proxy_is_believed() {
        let origin = behind_a_proxy();
        for headers in [
            [
                ("host", "inner"),
                (
                    "forwarded",
                    "for=1.2.3.4;proto=https;host=\"scim.example.com:8443\"",
                ),
            ]
            .as_slice(),
            &[
                ("x-forwarded-proto", "HTTPS"),
                ("x-forwarded-host", "scim.example.com:8443"),
            ],
            // What a client sent stands before what the proxy added.
            &[
                ("x-forwarded-proto", "http, https"),
                ("x-forwarded-host", "evil.example, scim.example.com:8443"),
            ],
        ] {
            assert_eq!(
                base(&origin, "10.1.2.3", headers),
                "https://scim.example.com:8443"
            );
        }
        let only_proto = [("host", "scim.example.com"), ("x-forwarded-proto", "https")];
        assert_eq!(
            base(&origin, "::ffff:10.1.2.3", &only_proto),
            "https://scim.example.com"
        );
    }

    #[test]
    fn a_trusted_proxy_says_whom_it_speaks_for() {
        let client = |peer: &str, name: &'static str, value: &str| {
            let headers =
                HeaderMap::from_iter([(HeaderName::from_static(name), value.parse().expect("a header"))]);
            let Client(address) = behind_a_proxy().client(peer.parse().ok(), &headers);
            address.expect("an address").to_string()
        };
        assert_eq!(
            client(
                "10.1.2.3",
                "forwarded",
                "for=1.1.1.1, for=\"[2001:db8::1]:4711\";proto=https"
            ),
            "2001:db8::1"
        );
        assert_eq!(
            client("10.1.2.3", "x-forwarded-for", "1.1.1.1, 192.0.2.7"),
            "192.0.2.7"
        );
        assert_eq!(client("10.1.2.3", "x-forwarded-for", "<script>"), "10.1.2.3");
        assert_eq!(client("11.1.2.3", "x-forwarded-for", "192.0.2.7"), "11.1.2.3");
    }

    #[test]
    fn nobody_else_is() {
        let headers = [
            ("host", "real.example"),
            ("forwarded", "proto=https;host=evil.example"),
            ("x-forwarded-host", "evil.example"),
            ("x-forwarded-proto", "https"),
        ];
        assert_eq!(
            base(&behind_a_proxy(), "11.1.2.3", &headers),
            "http://real.example"
        );
        let configured = Origin {
            public_url: Some("https://scim.example.com".into()),
            ..behind_a_proxy()
        };
        assert_eq!(
            base(&configured, "10.1.2.3", &headers),
            "https://scim.example.com"
        );
    }

    #[test]
    fn a_host_that_is_none_is_not_repeated() {
        let long = "x".repeat(300);
        for host in ["a b", "user@evil.example", "evil.example/path", "\"", &long] {
            assert_eq!(
                base(&behind_a_proxy(), "11.1.2.3", &[("host", host)]),
                "http://0.0.0.0:8080",
                "{host}"
            );
        }
    }
}
