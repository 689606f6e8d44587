//! The policy that ships with Tidegate: the settings an administrator knows from other
//! user provisioning apps, and nothing to program. `schema.json` describes each setting.
//!
//! It decides only; it imports nothing but the log, so there is nothing to grant.

mod decide;
mod mapping;
mod pattern;
mod scope;
mod settings;
mod username;

use tidegate_sdk::{Description, Plan, Policy, Problem, Rejection, Request};

pub use settings::settings_schema;

/// The policy: the settings of every target, ready for use.
#[derive(Debug)]
pub struct Standard {
    settings: settings::Settings,
}

impl Policy for Standard {
    fn describe() -> Description {
        Description {
            name: "standard".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            summary: "Keeps accounts, groups and memberships as the identity provider has them, \
                      with rules for usernames and group names."
                .into(),
            settings_schema: settings_schema().into(),
        }
    }

    fn configure(settings: &str) -> Result<Self, Vec<Problem>> {
        settings::Settings::read(settings).map(|settings| Self { settings })
    }

    fn decide(&self, request: &Request) -> Result<Plan, Rejection> {
        decide::plan(&self.settings, request)
    }
}

tidegate_sdk::export_policy!(Standard);
