//! `/group` by `groupId`, and its members.

use axum::extract::State;
use axum::response::Response;
use serde_json::Value;

use super::accounts::named;
use super::beans;
use crate::answer::{self, Answer};
use crate::request::Call;
use crate::server::Shared;
use crate::state::{Data, Denied, SimGroup, lower};

fn meant(data: &Data, call: &Call) -> Result<SimGroup, Response> {
    let id = call
        .query("groupId")
        .ok_or_else(|| beans::error(400, "Query parameter 'groupId' is needed"))?;
    let found = data.group_by_id(id).cloned();
    found.ok_or_else(|| beans::denied(Denied::NoGroup))
}

pub(super) async fn create(State(sim): State<Shared>, call: Call) -> Answer {
    let name = call.field("name").unwrap_or("").trim();
    if name.is_empty() || name.chars().count() > 255 {
        return Err(beans::error(400, "Group names must have 1 to 255 characters."));
    }
    let bean = sim.state.with(|data| {
        data.create_group(name).map_err(beans::denied)?;
        let made = data.group(name).ok_or_else(|| beans::error(500, "Lost it"))?;
        Ok::<_, Response>(beans::group(&sim, made))
    })?;
    Ok(answer::json(201, &bean))
}

pub(super) async fn delete(State(sim): State<Shared>, call: Call) -> Answer {
    sim.state.with(|data| {
        let group = meant(data, &call)?;
        if data.is_last_admin_group(&group.name) {
            return Err(beans::error(
                400,
                "You cannot delete the last site administrators.",
            ));
        }
        data.delete_group(&group.name).map_err(beans::denied)
    })?;
    Ok(answer::empty(200))
}

/// Groups by exact name, by id, or all.
pub(super) async fn bulk(State(sim): State<Shared>, call: Call) -> Answer {
    let names: Vec<String> = call.queries("groupName").map(lower).collect();
    let ids: Vec<&str> = call.queries("groupId").collect();
    let all: Vec<Value> = sim.state.with(|data| {
        let found = data.groups.values().filter(|it| {
            (names.is_empty() || names.contains(&lower(&it.name)))
                && (ids.is_empty() || ids.contains(&it.id.as_str()))
        });
        let bean = |group: &SimGroup| serde_json::json!({ "name": group.name, "groupId": group.id });
        found.map(bean).collect()
    });
    Ok(beans::page(&sim, &call, "group/bulk", &all))
}

pub(super) async fn members(State(sim): State<Shared>, call: Call) -> Answer {
    let inactive = call.query("includeInactiveUsers") == Some("true");
    let all: Vec<Value> = sim.state.with(|data| {
        let group = meant(data, &call)?;
        let members = data.members(&group.name).into_iter();
        let shown = members.filter(|it| it.active || inactive);
        Ok::<_, Response>(shown.map(|it| beans::user(&sim, data, it)).collect())
    })?;
    Ok(beans::page(&sim, &call, "group/member", &all))
}

/// One who is a member already is a 400 (AX-17).
pub(super) async fn join(State(sim): State<Shared>, call: Call) -> Answer {
    let bean = sim.state.with(|data| {
        let group = meant(data, &call)?;
        let account = named(data, call.field("accountId"))?;
        match data.join(&group.name, &account.name) {
            Ok(true) => Ok(beans::group(&sim, &group)),
            Ok(false) => Err(beans::error(400, "The user is already a member of the group.")),
            Err(denied) => Err(beans::denied(denied)),
        }
    })?;
    Ok(answer::json(201, &bean))
}

/// Taking out one who is no member: 400 (the status is not published). The last
/// administrator stays.
pub(super) async fn leave(State(sim): State<Shared>, call: Call) -> Answer {
    sim.state.with(|data| {
        let group = meant(data, &call)?;
        let account = named(data, call.query("accountId"))?;
        let is_last = group.members.len() == 1 && group.members.contains(&lower(&account.name));
        if is_last && data.is_last_admin_group(&group.name) {
            return Err(beans::error(
                400,
                "The last site administrator cannot be removed.",
            ));
        }
        match data.leave(&group.name, &account.name) {
            Ok(true) => Ok(()),
            Ok(false) => Err(beans::error(400, "The user is not a member of the group.")),
            Err(denied) => Err(beans::denied(denied)),
        }
    })?;
    Ok(answer::empty(200))
}
