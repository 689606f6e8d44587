//! `/group`.

use axum::extract::State;
use axum::response::Response;
use http::HeaderValue;
use serde_json::Value;

use super::accounts::illegal;
use super::beans;
use crate::answer::{self, Answer};
use crate::request::Call;
use crate::server::Shared;
use crate::state::{Data, Denied, SimGroup, lower};

/// The group named by `groupname`.
pub(super) fn named(data: &Data, call: &Call) -> Result<SimGroup, Response> {
    let name = call
        .query("groupname")
        .ok_or_else(|| illegal("groupname is needed"))?;
    data.group(name).cloned().ok_or_else(|| beans::no_group(name))
}

fn invalid(message: &str) -> Response {
    beans::error(400, "INVALID_GROUP", message)
}

pub(super) async fn find(State(sim): State<Shared>, call: Call) -> Answer {
    let group = sim.state.with(|data| named(data, &call))?;
    Ok(answer::json(200, &beans::group(&sim, &group)))
}

pub(super) async fn create(State(sim): State<Shared>, call: Call) -> Answer {
    let name = call.field("name").unwrap_or("");
    if name.trim().is_empty() || name.chars().count() > 255 {
        return Err(invalid("Group names have 1 to 255 characters"));
    }
    if call.field("type") != Some("GROUP") {
        return Err(invalid("The type of a group is GROUP"));
    }
    let made = sim.state.with(|data| {
        data.create_group(name).map_err(|denied| match denied {
            Denied::Exists => invalid("Group already exists"),
            other => beans::denied(other, name),
        })?;
        if let Some(group) = data.group_mut(name) {
            call.field("description")
                .unwrap_or("")
                .clone_into(&mut group.description);
        }
        data.group(name).cloned().ok_or_else(|| beans::no_group(name))
    })?;
    let bean = beans::group(&sim, &made);
    let mut created = answer::json(201, &bean);
    let place = bean.pointer("/link/href").and_then(Value::as_str);
    if let Some(Ok(place)) = place.map(HeaderValue::from_str) {
        created.headers_mut().insert(http::header::LOCATION, place);
    }
    Ok(created)
}

/// The description. No rename: the name must be the one of the call.
pub(super) async fn update(State(sim): State<Shared>, call: Call) -> Answer {
    let changed = sim.state.with(|data| {
        let current = named(data, &call)?;
        if call.field("name").map(lower) != Some(lower(&current.name)) {
            return Err(invalid("The name in the body is not the groupname of the call"));
        }
        if !data.is_writable(&current.directory) {
            return Err(beans::denied(Denied::ReadOnly, &current.name));
        }
        let group = data
            .group_mut(&current.name)
            .ok_or_else(|| beans::no_group(&current.name))?;
        call.field("description")
            .unwrap_or("")
            .clone_into(&mut group.description);
        Ok(group.clone())
    })?;
    Ok(answer::json(200, &beans::group(&sim, &changed)))
}

pub(super) async fn delete(State(sim): State<Shared>, call: Call) -> Answer {
    sim.state.with(|data| {
        let group = named(data, &call)?;
        data.delete_group(&group.name)
            .map_err(|denied| beans::denied(denied, &group.name))
    })?;
    Ok(answer::empty(204))
}
