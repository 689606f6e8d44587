//! The simulated products, and what they hold.

use tidegate_directory::target::{Credentials, Product, TargetConfig};
use tidegate_simulators::{SimAccount, SimProduct, Simulator, SimulatorConfig};

/// One running simulator.
#[derive(Debug)]
pub(super) struct Simulated {
    pub(super) product: Product,
    pub(super) simulator: Simulator,
    /// Groups that the product came with.
    own_groups: Vec<String>,
}

/// Starts all three, each with somebody who was there before.
pub(super) async fn start() -> anyhow::Result<Vec<Simulated>> {
    let mut products = Vec::new();
    for (product, kind) in [
        (Product::Jira, SimProduct::Jira),
        (Product::Confluence, SimProduct::Confluence),
        (Product::Bitbucket, SimProduct::Bitbucket),
    ] {
        let simulator = Simulator::start(SimulatorConfig::new(kind)).await?;
        simulator.state().seed_account(SimAccount::new("ada.lovelace"));
        let own_groups = simulator.state().groups();
        products.push(Simulated {
            product,
            simulator,
            own_groups,
        });
    }
    Ok(products)
}

impl Simulated {
    /// How Tidegate reaches it.
    pub(super) fn target(&self) -> TargetConfig {
        let credentials = Credentials::Basic {
            username: "admin".into(),
            password: "admin".into(),
        };
        let mut target = TargetConfig::new(
            self.product.to_string(),
            self.product,
            self.simulator.base_url(),
            credentials,
        );
        target.concurrency = 8;
        target.timeout_ms = 10_000;
        target
    }

    /// Groups that came by provisioning, folded: Jira and Confluence keep names in lower case.
    pub(super) fn groups(&self) -> Vec<String> {
        let groups = self.simulator.state().groups().into_iter();
        groups
            .filter(|group| !self.own_groups.contains(group))
            .map(|group| group.to_lowercase())
            .collect()
    }

    /// `active`, `suspended`, or `-` where there is no such account. Bitbucket cannot
    /// deactivate: an account that may do nothing is what a suspension looks like there.
    pub(super) fn state_of(&self, username: &str) -> &'static str {
        let state = self.simulator.state();
        let Some(account) = state.account(username) else {
            return "-";
        };
        let may_do_something = self.product != Product::Bitbucket
            || state.permission(username).is_some()
            || state
                .groups()
                .iter()
                .any(|group| state.members(group).iter().any(|member| member == username));
        if account.active && may_do_something {
            "active"
        } else {
            "suspended"
        }
    }
}
