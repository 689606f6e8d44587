//! `/group`, `/admin/group` and memberships.

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::Value;

use super::beans;
use crate::answer::{self, Answer};
use crate::request::Call;
use crate::server::Shared;

pub(super) async fn create(State(sim): State<Shared>, call: Call) -> Answer {
    let name = call.field("name").unwrap_or("").trim();
    if name.is_empty() || name.chars().count() > 255 {
        return Err(beans::error(400, "Invalid group name"));
    }
    let bean = sim.state.with(|data| {
        data.create_group(name).map_err(beans::denied)?;
        Ok::<_, Response>(data.group(name).map(beans::group))
    })?;
    Ok(answer::json(200, &bean.unwrap_or_default()))
}

pub(super) async fn delete(State(sim): State<Shared>, Path(group): Path<String>) -> Answer {
    sim.state.with(|data| {
        if data.is_last_admin_group(&group) {
            return Err(beans::error(400, "Cannot delete the last administrators group"));
        }
        data.delete_group(&group).map_err(beans::denied)
    })?;
    Ok(answer::empty(204))
}

pub(super) async fn list(State(sim): State<Shared>, call: Call) -> Response {
    let all: Vec<Value> = sim
        .state
        .with(|data| data.groups.values().map(beans::group).collect());
    beans::page(&sim, &call, "/rest/api/group", &all)
}

/// An unknown group is 404: the status is not published for this call.
pub(super) async fn find(State(sim): State<Shared>, Path(group): Path<String>) -> Answer {
    let bean = sim.state.with(|data| data.group(&group).map(beans::group));
    bean.map(|bean| answer::json(200, &bean))
        .ok_or_else(|| beans::error(404, "No group found"))
}

pub(super) async fn members(State(sim): State<Shared>, Path(group): Path<String>, call: Call) -> Answer {
    let all: Vec<Value> = sim.state.with(|data| {
        data.group(&group)
            .ok_or_else(|| beans::error(404, "No group found"))?;
        Ok::<_, Response>(
            data.members(&group)
                .into_iter()
                .map(|it| beans::person(it, &call))
                .collect(),
        )
    })?;
    Ok(beans::page(
        &sim,
        &call,
        &format!("/rest/api/group/{}/member", beans::encode(&group)),
        &all,
    ))
}

pub(super) async fn of_account(State(sim): State<Shared>, call: Call) -> Answer {
    let name = call.query("username").unwrap_or("");
    let all: Vec<Value> = sim.state.with(|data| {
        data.account(name)
            .ok_or_else(|| beans::error(404, "No user found"))?;
        Ok::<_, Response>(data.groups_of(name).into_iter().map(beans::group).collect())
    })?;
    Ok(beans::page(
        &sim,
        &call,
        &format!("/rest/api/user/memberof?username={}", beans::encode(name)),
        &all,
    ))
}

/// Idempotent.
pub(super) async fn join(State(sim): State<Shared>, Path((user, group)): Path<(String, String)>) -> Answer {
    sim.state
        .with(|data| data.join(&group, &user))
        .map_err(beans::denied)?;
    Ok(answer::empty(204))
}

/// Idempotent.
pub(super) async fn leave(State(sim): State<Shared>, Path((user, group)): Path<(String, String)>) -> Answer {
    sim.state
        .with(|data| data.leave(&group, &user))
        .map_err(beans::denied)?;
    Ok(answer::empty(204))
}
