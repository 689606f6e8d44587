//! Resolving names, and leaving out what may not be called.

use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use hyper_util::client::legacy::connect::dns::Name;
use ipnet::IpNet;
use tower_service::Service;

use super::address::{is_allowed, is_for_products};

/// Why a product's address is refused.
pub(crate) const NO_PRODUCT: &str = "a cloud's own services live there, and no product does";

/// The name leads to nothing that may be called.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} leads to {addresses}: {why}")]
pub(crate) struct Refused {
    name: String,
    addresses: String,
    why: &'static str,
}

/// What may be called.
#[derive(Debug, Clone)]
enum Rule {
    /// What is public, and these.
    PublicOr(Arc<[IpNet]>),
    /// Where products can be.
    Products,
}

/// The system's resolver, whose answers are checked. The connector connects to what this returns
/// and resolves nothing again, so a name cannot change its mind in between.
#[derive(Debug, Clone)]
pub(crate) struct Checked {
    rule: Rule,
}

impl Checked {
    pub(super) fn new(networks: Vec<IpNet>) -> Self {
        Self {
            rule: Rule::PublicOr(networks.into()),
        }
    }

    /// For products, and proxies before them.
    pub(crate) fn for_products() -> Self {
        Self { rule: Rule::Products }
    }
}

impl Rule {
    fn allows(&self, address: IpAddr) -> bool {
        match self {
            Self::PublicOr(networks) => is_allowed(address, networks),
            Self::Products => is_for_products(address),
        }
    }

    fn why(&self) -> &'static str {
        match self {
            Self::PublicOr(_) => "not public, and not granted by address",
            Self::Products => NO_PRODUCT,
        }
    }
}

type Found = Result<std::vec::IntoIter<SocketAddr>, Box<dyn std::error::Error + Send + Sync>>;

impl Service<Name> for Checked {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = Box<dyn std::error::Error + Send + Sync>;
    type Future = Pin<Box<dyn Future<Output = Found> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let rule = self.rule.clone();
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let allowed = |address: &&SocketAddr| rule.allows(address.ip());
            let checked: Vec<SocketAddr> = found.iter().filter(allowed).copied().collect();
            if checked.is_empty() && !found.is_empty() {
                let addresses: Vec<String> = found.iter().map(|address| address.ip().to_string()).collect();
                return Err(Refused {
                    name: name.as_str().to_owned(),
                    addresses: addresses.join(", "),
                    why: rule.why(),
                }
                .into());
            }
            Ok(checked.into_iter())
        })
    }
}
