//! Puts everybody of a department into that department's group.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use tidegate_sdk::types::Change;
use tidegate_sdk::{Description, Plan, Policy, Problem, Rejection, Request, settings, step};

/// The settings.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Rules {
    /// Department, and the group that its people are in.
    groups: BTreeMap<String, String>,
}

impl Policy for Rules {
    fn describe() -> Description {
        Description {
            name: "NAME".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            summary: "Puts everybody of a department into that department's group.".into(),
            settings_schema: settings::schema::<Self>(),
        }
    }

    fn configure(settings: &str) -> Result<Self, Vec<Problem>> {
        settings::parse(settings)
    }

    fn decide(&self, request: &Request) -> Result<Plan, Rejection> {
        let mut plan = Plan::default();
        let Change::User(change) = &request.change else {
            return Ok(plan);
        };
        let Some(user) = change.after.as_ref().filter(|user| user.active) else {
            return Ok(plan);
        };
        if let Some(group) = user.department.as_ref().and_then(|department| self.groups.get(department)) {
            let reason = format!("works in {}", user.department.as_deref().unwrap_or_default());
            plan.steps.push(step(reason).members(group.as_str(), [user]));
        }
        Ok(plan)
    }
}

tidegate_sdk::export_policy!(Rules);
