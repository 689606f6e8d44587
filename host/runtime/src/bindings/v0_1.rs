//! `tidegate:policy@0.1.0`, frozen. Components that were built for it are served as they are: it knows one
//! Cloud, and an account that is there already is recognised by its username.

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
        path: "../../wit/0.1",
        world: "tidegate:policy/policy",
        imports: { default: async | trappable },
        exports: { default: async },
        require_store_data_send: true,
        with: {
            "tidegate:scim/types@0.1.0": crate::bindings::v0_2::scim::types,
            "tidegate:host/log@0.1.0": crate::bindings::v0_2::host::log,
            "tidegate:host/storage@0.1.0": crate::bindings::v0_2::host::storage,
            "tidegate:host/http@0.1.0": crate::bindings::v0_2::host::http,
        },
    });
}

use crate::bindings::v0_2::scim;
pub(super) use answer::{plan, rejection};
pub(super) use generated::tidegate::{directory, policy};
pub(super) use generated::{Policy, PolicyPre};
pub(super) use question::request;

/// What a policy exports.
pub(super) const PROVISIONER: &str = "tidegate:policy/provisioner@0.1.0";

/// The product's name in this version.
fn product(product: Product) -> directory::types::Product {
    match product {
        Product::Jira => directory::types::Product::Jira,
        Product::Confluence => directory::types::Product::Confluence,
        Product::Bitbucket => directory::types::Product::Bitbucket,
        Product::Crowd => directory::types::Product::Crowd,
        Product::JiraCloud | Product::CloudDirectory => directory::types::Product::Cloud,
    }
}

fn link_by(_: &directory::types::AccountSpec) -> LinkBy {
    LinkBy::Username
}
