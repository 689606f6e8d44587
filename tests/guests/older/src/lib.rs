//! A policy as one was written for `tidegate:policy@0.1.0`, against the contract itself: what was built then
//! must be served for ever. It asks every import whose types differ from today's.

#[allow(missing_docs, unreachable_pub, clippy::all, reason = "generated from wit/0.1")]
mod generated {
    wit_bindgen::generate!({
        path: "../../../wit/0.1",
        world: "tidegate:policy/policy",
        generate_all,
    });
    // Names of a component's exports are none that a linker of the host's takes.
    #[cfg(target_arch = "wasm32")]
    use super::Older;
    #[cfg(target_arch = "wasm32")]
    export!(Older);
}

use generated::exports::tidegate::policy::provisioner::{
    Description, Guest, Plan, Problem, Rejection, Request,
};
use generated::tidegate::directory::types::{
    AccountRef, AccountSpec, CustomOperation, OnExisting, OnMissing, Operation, Product,
};
use generated::tidegate::directory::{actions, lookup};
use generated::tidegate::policy::types::{Change, Step};

#[cfg_attr(
    not(target_arch = "wasm32"),
    allow(dead_code, reason = "it is made for the sandbox only")
)]
struct Older;

impl Guest for Older {
    fn describe() -> Description {
        Description {
            name: "older".into(),
            version: "0.1.0".into(),
            summary: "Built for an earlier contract".into(),
            settings_schema: r#"{"type": "object"}"#.into(),
        }
    }

    fn configure(settings: String) -> Result<(), Vec<Problem>> {
        match settings.as_str() {
            "{}" => Ok(()),
            _ => Err(vec![Problem {
                path: String::new(),
                message: "takes no settings".into(),
            }]),
        }
    }

    fn decide(request: Request) -> Result<Plan, Rejection> {
        let Change::User(change) = request.change else {
            return Ok(Plan { steps: Vec::new() });
        };
        let Some(user) = change.after else {
            return Err(Rejection::Mutability("nobody leaves".into()));
        };
        let product = match request.targets.first().map(|target| target.product) {
            Some(Product::Jira) => "jira",
            Some(Product::Confluence) => "confluence",
            Some(Product::Bitbucket) => "bitbucket",
            Some(Product::Crowd) => "crowd",
            Some(Product::Cloud) => "cloud",
            None => "none",
        };
        let target = request.targets.first().map_or("", |target| target.name.as_str());
        let found = lookup::find_account(target, &user.user_name);
        let acted = actions::apply(
            target,
            &Operation::Custom(CustomOperation {
                key: "1".into(),
                kind: "greet".into(),
                arguments: "{}".into(),
            }),
        );
        let operation = Operation::EnsureAccount(AccountSpec {
            account: AccountRef::ScimId(user.id),
            username: user.user_name,
            email: None,
            display_name: user.display_name,
            given_name: None,
            family_name: None,
            on_missing: OnMissing::Create,
            on_existing: OnExisting::Update,
        });
        let reason = format!("{product}; look-up: {found:?}; action: {acted:?}");
        let step = Step {
            target: None,
            operation,
            reason,
        };
        Ok(Plan { steps: vec![step] })
    }
}
