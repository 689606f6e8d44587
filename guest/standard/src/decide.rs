//! One change, all targets: a plan.

mod group;
mod user;

use tidegate_sdk::types::{Change, Operation};
use tidegate_sdk::{Plan, Rejection, Request, Step};

use crate::settings::{Rules, Settings};

/// Outcomes for one target.
type Outcomes = Vec<Step>;

/// Decides for every target by its own rules. Where all of them want the same, the plan
/// says it once, without naming a target.
pub(crate) fn plan(settings: &Settings, request: &Request) -> Result<Plan, Rejection> {
    let mut decided: Vec<(&str, Outcomes)> = Vec::with_capacity(request.targets.len());
    for target in &request.targets {
        decided.push((&target.name, outcomes(settings.of(&target.name), request)?));
    }
    let mut steps = match decided.as_slice() {
        [] => Vec::new(),
        [(_, first), rest @ ..] if rest.iter().all(|(_, outcomes)| outcomes == first) => first.clone(),
        _ => decided
            .into_iter()
            .flat_map(|(name, outcomes)| {
                outcomes.into_iter().map(move |step| Step {
                    target: Some(name.to_owned()),
                    ..step
                })
            })
            .collect(),
    };
    steps.retain(|step| !is_empty(&step.operation));
    Ok(Plan { steps })
}

fn outcomes(rules: &Rules, request: &Request) -> Result<Outcomes, Rejection> {
    match &request.change {
        Change::User(change) => user::outcomes(rules, request.occasion, change),
        Change::Group(change) => Ok(group::changed(rules, change)),
        Change::Membership(change) => Ok(group::members(rules, change)),
    }
}

/// A membership step without accounts says nothing.
fn is_empty(operation: &Operation) -> bool {
    match operation {
        Operation::EnsureMembers(membership) | Operation::EnsureNotMembers(membership) => {
            membership.accounts.is_empty()
        }
        _ => false,
    }
}
