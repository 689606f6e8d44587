//! Resolving names, and leaving out what may not be called.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use hyper_util::client::legacy::connect::dns::Name;
use ipnet::IpNet;
use tower_service::Service;

use super::address::is_allowed;

/// The name leads to nothing that may be called.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} leads to {addresses}: not public, and not granted by address")]
pub(super) struct Refused {
    name: String,
    addresses: String,
}

/// The system's resolver, whose answers are checked. The connector connects to what this returns
/// and resolves nothing again, so a name cannot change its mind in between.
#[derive(Debug, Clone)]
pub(super) struct Checked {
    networks: Arc<[IpNet]>,
}

impl Checked {
    pub(super) fn new(networks: Vec<IpNet>) -> Self {
        Self {
            networks: networks.into(),
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
        let networks = Arc::clone(&self.networks);
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let allowed = |address: &&SocketAddr| is_allowed(address.ip(), &networks);
            let checked: Vec<SocketAddr> = found.iter().filter(allowed).copied().collect();
            if checked.is_empty() && !found.is_empty() {
                let addresses: Vec<String> = found.iter().map(|address| address.ip().to_string()).collect();
                return Err(Refused {
                    name: name.as_str().to_owned(),
                    addresses: addresses.join(", "),
                }
                .into());
            }
            Ok(checked.into_iter())
        })
    }
}
