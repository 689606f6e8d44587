//! The listening simulator. Its own accept loop, because two faults need the
//! connection itself: an answer marked [`CutConnection`] is never sent, the TCP
//! connection is closed instead.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};
use tower::ServiceExt as _;

use crate::config::{SimProduct, SimulatorConfig};
use crate::faults::Faults;
use crate::gate;
use crate::limiter::Limiter;
use crate::state::SimState;
use crate::{bitbucket, cloud_directory, confluence, crowd, jira, jira_cloud};

/// Marks an answer that must not be sent: the connection is closed instead.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CutConnection;

/// What every handler can reach.
#[derive(Debug)]
pub(crate) struct Sim {
    pub(crate) config: SimulatorConfig,
    pub(crate) base_url: String,
    pub(crate) state: SimState,
    pub(crate) faults: Faults,
    pub(crate) limiter: Option<Limiter>,
}

/// Handlers' shared reference.
pub(crate) type Shared = std::sync::Arc<Sim>;

/// One simulated product, listening until it is shut down or dropped.
#[derive(Debug)]
pub struct Simulator {
    sim: Shared,
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

impl Simulator {
    /// Starts the product and listens.
    ///
    /// # Errors
    /// The address cannot be bound.
    pub async fn start(config: SimulatorConfig) -> io::Result<Self> {
        let listener = TcpListener::bind(config.listen).await?;
        let address = listener.local_addr()?;
        let sim = Shared::new(Sim {
            base_url: format!("http://{address}"),
            state: SimState::new(&config),
            faults: Faults::default(),
            limiter: config.rate_limit.map(Limiter::new),
            config,
        });
        let router = match sim.config.product {
            SimProduct::Jira => jira::routes(),
            SimProduct::Confluence => confluence::routes(),
            SimProduct::Bitbucket => bitbucket::routes(),
            SimProduct::Crowd => crowd::routes(&sim.config),
            SimProduct::CloudDirectory => cloud_directory::routes(),
            SimProduct::JiraCloud => jira_cloud::routes(),
        };
        let router = router
            .layer(axum::middleware::from_fn_with_state(sim.clone(), gate::pass))
            .with_state(sim.clone());
        let accepting = tokio::spawn(accept(listener, router));
        Ok(Self {
            sim,
            address,
            accepting,
        })
    }

    /// `http://ADDRESS:PORT`, without a trailing slash.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.sim.base_url
    }

    /// The address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The product's memory.
    #[must_use]
    pub fn state(&self) -> SimState {
        self.sim.state.clone()
    }

    /// The faults ordered.
    #[must_use]
    pub fn faults(&self) -> Faults {
        self.sim.faults.clone()
    }

    /// Stops listening and closes every connection; returns when the port is free.
    pub async fn shutdown(mut self) {
        self.accepting.abort();
        // Aborted on purpose: the error says only that.
        let _ = (&mut self.accepting).await;
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Owns the connections: when it is dropped, they are closed.
async fn accept(listener: TcpListener, router: Router) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let router = router.clone();
                    connections.spawn(serve(TokioIo::new(stream), router));
                }
                // A client that went away before it was accepted is no reason to stop.
                Err(error) => tracing::debug!(%error, "a connection was not accepted"),
            },
            Some(_) = connections.join_next() => {}
        }
    }
}

async fn serve(stream: TokioIo<tokio::net::TcpStream>, router: Router) {
    let service = tower::service_fn(move |request: Request<Incoming>| {
        let router = router.clone();
        async move { cut(router.oneshot(request.map(Body::new)).await) }
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .serve_connection(stream, TowerToHyperService::new(service));
    if let Err(error) = connection.await {
        tracing::debug!(%error, "connection closed");
    }
}

/// hyper closes the connection of a service that fails.
fn cut(answer: Result<Response<Body>, Infallible>) -> io::Result<Response<Body>> {
    match answer {
        Ok(answer) if answer.extensions().get::<CutConnection>().is_some() => Err(io::Error::new(
            io::ErrorKind::ConnectionReset,
            "fault: connection cut",
        )),
        Ok(answer) => Ok(answer),
        Err(never) => match never {},
    }
}
