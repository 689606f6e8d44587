//! The products, simulated, and the targets that lead to them.

use serde_json::Value;
use tidegate_directory::target::{Credentials, Product, TargetConfig};
use tidegate_simulators::{CLOUD_DIRECTORY, SimProduct, SimState, Simulator, SimulatorConfig};

/// Every kind of target.
pub(crate) const EVERYWHERE: [Product; 6] = [
    Product::Jira,
    Product::Confluence,
    Product::Bitbucket,
    Product::Crowd,
    Product::CloudDirectory,
    Product::JiraCloud,
];

/// Those on an administrator's own machines that people work with.
pub(crate) const PRODUCTS: [Product; 3] = [Product::Jira, Product::Confluence, Product::Bitbucket];

/// One product, and how it looked before anybody was provisioned.
pub(crate) struct Simulated {
    pub(crate) product: Product,
    pub(crate) simulator: Simulator,
    pub(crate) fresh: Value,
}

impl Simulated {
    /// Starts it with `admin` and `password` as the service account.
    pub(crate) async fn start(product: Product, password: &str) -> Self {
        let kind = match product {
            Product::Jira => SimProduct::Jira,
            Product::Confluence => SimProduct::Confluence,
            Product::Bitbucket => SimProduct::Bitbucket,
            Product::Crowd => SimProduct::Crowd,
            Product::CloudDirectory => SimProduct::CloudDirectory,
            Product::JiraCloud => SimProduct::JiraCloud,
        };
        let mut config = SimulatorConfig::new(kind).verified_domains(&["tidal.example"]);
        if product != Product::JiraCloud {
            config = config.admin("admin", password);
        }
        let simulator = Simulator::start(config).await.expect("a simulator starts");
        let fresh = simulator.state().snapshot();
        Self {
            product,
            simulator,
            fresh,
        }
    }

    /// The product's memory.
    pub(crate) fn state(&self) -> SimState {
        self.simulator.state()
    }

    /// A target named as the product is.
    pub(crate) fn target(&self, password: &str) -> TargetConfig {
        let credentials = match self.product {
            Product::CloudDirectory => Credentials::Token {
                token: "admin-token".into(),
            },
            Product::JiraCloud => Credentials::Basic {
                username: "admin@example.com".into(),
                password: "admin-token".into(),
            },
            _ => Credentials::Basic {
                username: "admin".into(),
                password: password.into(),
            },
        };
        let mut target = TargetConfig::new(
            self.product.to_string(),
            self.product,
            self.simulator.base_url(),
            credentials,
        );
        target.directory = (self.product == Product::CloudDirectory).then(|| CLOUD_DIRECTORY.to_owned());
        target
    }
}

/// All three, with the password `admin`.
pub(crate) async fn all() -> Vec<Simulated> {
    let mut products = Vec::new();
    for product in PRODUCTS {
        products.push(Simulated::start(product, "admin").await);
    }
    products
}
