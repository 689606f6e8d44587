//! A running server: listener, reconciler, administrators' socket.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::doctor::Surroundings;
use crate::files::Files;
use crate::listener::{self, Bounds, Wire};
use crate::scim::{self, Endpoint};
use crate::service::Service;
use crate::setup::NewApp;
use crate::tls::{self, Tls};
use crate::{access, admin, oauth, operations, pages, probation, reconciler, replay, survey};

/// A server that runs until [`Server::stop`].
#[derive(Debug)]
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    /// What it shares.
    pub service: Arc<Service>,
    /// The app that this start made, if it was the first.
    pub first_app: Option<NewApp>,
    /// The link that makes the first administrator, while there is none.
    pub setup_link: Option<access::SetupLink>,
    stop: CancellationToken,
    tasks: Vec<JoinHandle<()>>,
}

impl Server {
    /// Binds, opens the data directory, loads policies and serves.
    ///
    /// # Errors
    /// The address is taken, or the data directory, the database or the engine cannot be used.
    pub async fn start(config: &Config) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(config.listen)
            .await
            .with_context(|| format!("cannot listen on {}", config.listen))?;
        let address = listener.local_addr()?;
        let files = Files::at(&config.data_dir)?;
        let service = Service::open(&files, config.public_url(address), config.trust()?)?;
        let surroundings = Surroundings {
            config: config.clone(),
            address: Some(address),
        };
        // It was made a moment ago: nobody else has set it.
        drop(service.surroundings.set(surroundings));
        // Before the first request: a write that came earlier would be refused for want of rules.
        service.load_policies().await;
        let first_app = service.first_app().await?;
        let tls = config.tls()?.map(|files| Tls::open(files, &service.metrics));
        let tls = tls.transpose()?.map(Arc::new);

        let endpoint = Endpoint {
            service: Arc::clone(&service),
            max_body_bytes: config.max_body_bytes,
            request_timeout: Duration::from_secs(config.request_timeout_seconds),
            origin: Arc::new(config.origin(address)),
        };
        let mut router = operations::router(Arc::clone(&service)).merge(oauth::router(endpoint.clone()));
        let mut setup_link = None;
        if config.admin {
            setup_link = service.setup_link().await?;
            let oidc = access::oidc::Oidc::of(config)?;
            let elsewhere = oidc.as_ref().map(|oidc| oidc.name());
            router = router
                .merge(access::router(endpoint.clone()))
                .merge(pages::router(access::router(endpoint.clone()), elsewhere));
            if let Some(oidc) = &oidc {
                router = router.merge(access::oidc::router(endpoint.clone(), Arc::clone(oidc)));
            }
        }
        let router = router.merge(scim::router(endpoint));
        let bounds = Bounds {
            connections: config.max_connections,
            shutdown: Duration::from_secs(config.shutdown_seconds),
        };
        let stop = CancellationToken::new();
        let wire = Wire {
            tls: tls.clone(),
            open: service.metrics.connections.clone(),
            failed: service.metrics.tls_failures.clone(),
        };
        let admin = admin::socket::bind(&files.admin_socket())?;
        // No other server runs here: what it left is nobody's.
        files.sweep();
        let mut tasks = vec![
            tokio::spawn(listener::serve(listener, router, bounds, wire, stop.clone())),
            tokio::spawn(admin::socket::serve(admin, Arc::clone(&service), stop.clone())),
            tokio::spawn(reconciler::run(Arc::clone(&service), stop.clone())),
            tokio::spawn(probation::run(Arc::clone(&service), stop.clone())),
            tokio::spawn(survey::run(Arc::clone(&service), stop.clone())),
            tokio::spawn(replay::run(Arc::clone(&service), stop.clone())),
        ];
        if let Some(tls) = tls {
            tasks.push(tokio::spawn(tls::run(tls, Arc::clone(&service), stop.clone())));
        }
        Ok(Self {
            address,
            service,
            first_app,
            setup_link,
            stop,
            tasks,
        })
    }

    /// Stops: no new requests; those in flight end; rows being worked on are written down.
    pub async fn stop(self) {
        self.stop.cancel();
        for task in self.tasks {
            if let Err(error) = task.await {
                tracing::error!(%error, "a part of the server failed while stopping");
            }
        }
    }
}
