//! A Tidegate to test, the products behind it, and the people in front of it.

mod admin;
mod org;
mod process;
mod products;
pub(crate) mod secured;
mod seed;
mod until;
mod wire;

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, header};
use rusqlite::{Connection, OpenFlags};
use serde_json::Value;
use tempfile::TempDir;
use tidegate::config::Config;
use tidegate::server::Server;
use tidegate::setup::{FIRST_APP, NewApp};
use tidegate_directory::target::Product;
use tidegate_okta::{OktaClient, Profile, Retries};

pub(crate) use admin::Admin;
pub(crate) use org::Org;
pub(crate) use process::{Process, printed, run, run_in};
pub(crate) use products::{EVERYWHERE, PRODUCTS, Simulated, all as simulated};
pub(crate) use secured::{Authority, Secured};
pub(crate) use until::{until, until_true};
pub(crate) use wire::{RawAnswer, bytes, exchange};

/// The app that the first start makes.
pub(crate) const APP: &str = FIRST_APP;

/// A server in this process with a data directory of its own.
pub(crate) struct World {
    pub(crate) products: Vec<Simulated>,
    pub(crate) admin: Admin,
    pub(crate) server: Option<Server>,
    pub(crate) config: Config,
    app: NewApp,
    /// Goes with the world.
    _folder: TempDir,
}

impl World {
    /// A fresh server with the standard policy and the three products as targets.
    pub(crate) async fn start() -> Self {
        let mut world = Self::bare().await;
        world.products = products::all().await;
        for product in &world.products {
            world.admin.put_target(APP, &product.target("admin")).await;
        }
        world
    }

    /// The same with every kind of target, none of which may take longer for a call.
    pub(crate) async fn everywhere(timeout_ms: u64) -> Self {
        let mut world = Self::bare().await;
        for product in EVERYWHERE {
            let simulated = Simulated::start(product, "admin").await;
            let mut target = simulated.target("admin");
            target.timeout_ms = timeout_ms;
            world.admin.put_target(APP, &target).await;
            world.products.push(simulated);
        }
        world
    }

    /// The same with one product.
    pub(crate) async fn with_product(product: Product) -> Self {
        let mut world = Self::bare().await;
        let simulated = Simulated::start(product, "admin").await;
        world.admin.put_target(APP, &simulated.target("admin")).await;
        world.products.push(simulated);
        world
    }

    /// The same without targets.
    pub(crate) async fn bare() -> Self {
        Self::with(|_| ()).await
    }

    /// Without targets, and with other bounds than usual.
    pub(crate) async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut config = Config {
            listen: ([127, 0, 0, 1], 0).into(),
            data_dir: folder.path().join("data"),
            log: "warn".into(),
            ..Config::default()
        };
        change(&mut config);
        share_compiled(&config.data_dir);
        let mut server = Server::start(&config).await.expect("the server starts");
        let app = server.first_app.take().expect("a first app");
        let admin = Admin::of(&config.data_dir);
        Self {
            products: Vec::new(),
            admin,
            server: Some(server),
            config,
            app,
            _folder: folder,
        }
    }

    /// Stops the server.
    pub(crate) async fn stop(&mut self) {
        self.server.take().expect("a running server").stop().await;
    }

    /// Starts it again, on the same data and another port.
    pub(crate) async fn start_again(&mut self) {
        let server = Server::start(&self.config)
            .await
            .expect("the server starts again");
        assert!(server.first_app.is_none(), "a second start makes no app");
        self.server = Some(server);
    }

    /// The first app's address, wherever the server listens now.
    pub(crate) fn base_url(&self) -> String {
        self.here(&self.app)
    }

    /// The first app's token.
    pub(crate) fn token(&self) -> &str {
        &self.app.token
    }

    /// Another app's address.
    pub(crate) fn here(&self, app: &NewApp) -> String {
        let (_, path) = app.base_url.split_once("/scim/").expect("a SCIM base URL");
        format!("http://{}/scim/{path}", self.address())
    }

    pub(crate) fn address(&self) -> std::net::SocketAddr {
        self.server.as_ref().expect("a running server").address
    }

    /// An Okta client with connections of its own.
    pub(crate) fn okta(&self) -> OktaClient {
        okta(&self.base_url(), self.token())
    }

    /// One request to the first app with its token, on a connection of its own.
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> RawAnswer {
        let base = self.base_url();
        let app = base.split_once("/scim/").expect("a SCIM base URL").1;
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/scim/{app}{path}"))
            .header(header::HOST, self.address().to_string())
            .header(header::CONTENT_TYPE, "application/scim+json");
        let authorized = headers.iter().any(|(name, _)| *name == "authorization");
        if !authorized {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.token()));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = body.map_or_else(Bytes::new, |body| Bytes::from(body.to_string()));
        exchange(self.address(), request.body(body).expect("a request"))
            .await
            .expect("an answer")
    }

    /// A GET of the first app.
    pub(crate) async fn get(&self, path: &str) -> RawAnswer {
        self.call(Method::GET, path, &[], None).await
    }

    /// A GET that must succeed.
    pub(crate) async fn read(&self, path: &str) -> Value {
        let answer = self.get(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
        answer.body
    }

    /// A command on this server's data directory that works; what it printed.
    pub(crate) fn command(&self, arguments: &[&str]) -> String {
        let done = run(&self.config.data_dir, arguments);
        let text = String::from_utf8(done.stdout).expect("a text");
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{arguments:?}: {text}{said}");
        text
    }

    /// All metrics, as Prometheus reads them.
    pub(crate) async fn metrics(&self) -> String {
        let request = Request::get("/metrics").header(header::HOST, self.address().to_string());
        let request = request.body(Bytes::new()).expect("a request");
        exchange(self.address(), request).await.expect("an answer").text
    }

    /// What one of the server's metrics counts.
    pub(crate) async fn metric(&self, name: &str) -> u64 {
        let text = self.metrics().await;
        let value = text
            .lines()
            .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        let value = value.unwrap_or_else(|| panic!("no {name} in {text}"));
        value.parse().expect("a whole number")
    }

    /// The sum over all labels of one of the server's metrics.
    pub(crate) async fn metric_sum(&self, name: &str) -> u64 {
        let text = self.metrics().await;
        let values = text.lines().filter_map(|line| {
            let (_, value) = line.strip_prefix(name)?.strip_prefix('{')?.rsplit_once(' ')?;
            value.parse::<u64>().ok()
        });
        values.sum()
    }

    /// Waits until the targets are as desired, and compares the products with the model.
    pub(crate) async fn assert_equal_to(&self, org: &Org) {
        self.admin.converged(APP).await;
        org.assert_held_by(&self.products);
    }

    pub(crate) fn product(&self, name: &str) -> &Simulated {
        self.products
            .iter()
            .find(|product| product.product.as_str() == name)
            .expect("a product")
    }

    /// The database, to do it harm.
    pub(crate) fn database_to_change(&self) -> Connection {
        let database = Connection::open(self.config.data_dir.join("tidegate.db")).expect("opens");
        database
            .busy_timeout(Duration::from_secs(60))
            .expect("is patient");
        database
    }

    /// The database, to read.
    pub(crate) fn database(&self) -> Connection {
        database(&self.config.data_dir)
    }
}

/// Compiling the standard policy takes seconds, and is the same for every server: one folder of
/// compiled policies for all data directories, kept with the build.
pub(crate) fn share_compiled(data_dir: &Path) {
    let shared = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compiled");
    std::fs::create_dir_all(&shared).expect("a folder for compiled policies");
    std::fs::create_dir_all(data_dir).expect("a data directory");
    std::os::unix::fs::symlink(shared, data_dir.join("compiled")).expect("a link");
}

/// The database of a data directory, to read.
pub(crate) fn database(data_dir: &Path) -> Connection {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(data_dir.join("tidegate.db"), flags).expect("the database opens")
}

/// An Okta client that does not wait five minutes after a 429.
pub(crate) fn okta(base_url: &str, token: &str) -> OktaClient {
    OktaClient::new(base_url, token).with_retries(Retries {
        tries: 10,
        default_wait: Duration::from_millis(100),
    })
}

/// A person with a name that follows from the login.
pub(crate) fn person(name: &str) -> Profile {
    Profile::new(&format!("{name}@tidal.example"), name, "Example")
}
