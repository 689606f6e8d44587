//! `tidegate:policy@0.2.0`, the current contract.

#[path = "answer.rs"]
mod answer;
#[path = "imports.rs"]
mod imports;
#[path = "question.rs"]
mod question;

use tidegate_directory::plan::LinkBy;
use tidegate_directory::target::Product;

mod generated {
    wasmtime::component::bindgen!({
        path: "../../wit",
        world: "tidegate:policy/policy",
        imports: { default: async | trappable },
        exports: { default: async },
        require_store_data_send: true,
    });
}

pub(super) use answer::{plan, rejection};
pub(crate) use generated::tidegate::{directory, host, policy, scim};
pub(super) use generated::{Policy, PolicyPre};
pub(super) use question::request;

/// What a policy exports.
pub(super) const PROVISIONER: &str = "tidegate:policy/provisioner@0.2.0";

/// The product's name in this version.
fn product(product: Product) -> directory::types::Product {
    match product {
        Product::Jira => directory::types::Product::Jira,
        Product::Confluence => directory::types::Product::Confluence,
        Product::Bitbucket => directory::types::Product::Bitbucket,
        Product::Crowd => directory::types::Product::Crowd,
        Product::JiraCloud => directory::types::Product::JiraCloud,
        Product::CloudDirectory => directory::types::Product::CloudDirectory,
    }
}

fn link_by(spec: &directory::types::AccountSpec) -> LinkBy {
    match spec.link_by {
        directory::types::LinkBy::Username => LinkBy::Username,
        directory::types::LinkBy::Email => LinkBy::Email,
        directory::types::LinkBy::UsernameOrEmail => LinkBy::UsernameOrEmail,
    }
}
