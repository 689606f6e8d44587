//! A connector and the product it talks to.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "every test file uses a part"
)]

use std::future::Future;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tidegate_directory::connector::{AccountWanted, Connector};
use tidegate_directory::products;
use tidegate_directory::target::{Credentials, Product, TargetConfig};
use tidegate_simulators::{CLOUD_DIRECTORY, SimProduct, Simulator, SimulatorConfig};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// Those on an administrator's own machines: a service account, user directories, CAPTCHAs.
pub const DATA_CENTER: [Product; 3] = [Product::Jira, Product::Confluence, Product::Bitbucket];

/// Every product whose usernames are free.
pub const PRODUCTS: [Product; 5] = [
    Product::Jira,
    Product::Confluence,
    Product::Bitbucket,
    Product::Crowd,
    Product::CloudDirectory,
];

/// Every product: names by [`login`] and [`called`].
pub const EVERY: [Product; 6] = [
    Product::Jira,
    Product::Confluence,
    Product::Bitbucket,
    Product::Crowd,
    Product::CloudDirectory,
    Product::JiraCloud,
];

pub fn simulated(product: Product) -> SimulatorConfig {
    SimulatorConfig::new(match product {
        Product::Jira => SimProduct::Jira,
        Product::Confluence => SimProduct::Confluence,
        Product::Bitbucket => SimProduct::Bitbucket,
        Product::Crowd => SimProduct::Crowd,
        Product::CloudDirectory => SimProduct::CloudDirectory,
        Product::JiraCloud => SimProduct::JiraCloud,
    })
}

pub fn target(product: Product, base_url: &str) -> TargetConfig {
    let credentials = match product {
        Product::CloudDirectory => Credentials::Token {
            token: "admin-token".to_owned(),
        },
        Product::JiraCloud => Credentials::Basic {
            username: "admin@example.com".to_owned(),
            password: "admin-token".to_owned(),
        },
        _ => Credentials::Basic {
            username: "admin".to_owned(),
            password: "admin".to_owned(),
        },
    };
    let mut target = TargetConfig::new("test", product, base_url, credentials);
    target.directory = (product == Product::CloudDirectory).then(|| CLOUD_DIRECTORY.to_owned());
    target.timeout_ms = 5_000;
    target
}

pub async fn start(config: SimulatorConfig, product: Product) -> (Simulator, Arc<dyn Connector>) {
    let simulator = Simulator::start(config).await.unwrap();
    let connector = products::connect(&target(product, simulator.base_url())).unwrap();
    (simulator, connector)
}

pub async fn fresh(product: Product) -> (Simulator, Arc<dyn Connector>) {
    start(simulated(product), product).await
}

pub fn ann() -> AccountWanted {
    wanted("ann")
}

pub fn wanted(name: &str) -> AccountWanted {
    AccountWanted {
        username: name.to_owned(),
        email: Some(format!("{name}@example.com")),
        display_name: Some(format!("Name of {name}")),
        given_name: None,
        family_name: None,
    }
}

/// What stands for a username in a product: in Jira Cloud the address.
pub fn login(product: Product, name: &str) -> String {
    match product {
        Product::JiraCloud => format!("{name}@example.com"),
        _ => name.to_owned(),
    }
}

/// An account that every product takes.
pub fn called(product: Product, name: &str) -> AccountWanted {
    AccountWanted {
        username: login(product, name),
        ..wanted(name)
    }
}

/// A server of one handler.
pub async fn serve<F, A>(handler: F) -> String
where
    F: Fn(Request<Incoming>) -> A + Clone + Send + 'static,
    A: Future<Output = Response<Full<Bytes>>> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let mut connections = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            let handler = handler.clone();
            let service = service_fn(move |request| {
                let answer = handler(request);
                async move { Ok::<_, std::convert::Infallible>(answer.await) }
            });
            connections.spawn(
                hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service),
            );
        }
    });
    format!("http://{address}")
}
