//! `/admin/groups` and memberships.

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use super::beans;
use crate::answer::{self, Answer};
use crate::request::Call;
use crate::server::Shared;
use crate::state::Denied;

pub(super) async fn list(State(sim): State<Shared>, call: Call) -> Response {
    let all: Vec<Value> = sim.state.with(|data| {
        let found = data
            .groups
            .values()
            .filter(|it| beans::matches(&call, &[&it.name]));
        found.map(|group| beans::group(data, group)).collect()
    });
    beans::page(&sim, &call, &all)
}

pub(super) async fn create(State(sim): State<Shared>, call: Call) -> Answer {
    let name = call.query("name").unwrap_or("").trim();
    if name.is_empty() || name.chars().count() > 255 {
        return Err(beans::error(400, "A group name has 1 to 255 characters."));
    }
    let bean = sim.state.with(|data| {
        data.create_group(name).map_err(beans::denied)?;
        Ok::<_, Response>(data.group(name).map(|group| beans::group(data, group)))
    })?;
    Ok(answer::json(200, &bean.unwrap_or_default()))
}

pub(super) async fn delete(State(sim): State<Shared>, call: Call) -> Answer {
    let name = call.query("name").unwrap_or("");
    let bean = sim.state.with(|data| {
        if data.is_last_admin_group(name) {
            return Err(beans::error(409, "This would lower your own permissions."));
        }
        let bean = data.group(name).map(|group| beans::group(data, group));
        data.delete_group(name).map_err(beans::denied)?;
        Ok(bean)
    })?;
    Ok(answer::json(200, &bean.unwrap_or_default()))
}

/// An unknown group is an empty page.
pub(super) async fn members(State(sim): State<Shared>, call: Call) -> Response {
    let group = call.query("context").unwrap_or("");
    let all: Vec<Value> = sim.state.with(|data| {
        data.members(group)
            .into_iter()
            .map(|it| beans::user(data, it))
            .collect()
    });
    beans::page(&sim, &call, &all)
}

pub(super) async fn of_account(State(sim): State<Shared>, call: Call) -> Response {
    let account = call.query("context").unwrap_or("");
    let all: Vec<Value> = sim.state.with(|data| {
        data.groups_of(account)
            .into_iter()
            .map(|it| beans::group(data, it))
            .collect()
    });
    beans::page(&sim, &call, &all)
}

/// `{group, users[]}`: all or nothing.
pub(super) async fn join(State(sim): State<Shared>, call: Call) -> Answer {
    let group = call.field("group").unwrap_or("");
    let users: Vec<&str> = call
        .body
        .get("users")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    sim.state.with(|data| {
        if users.iter().any(|user| data.account(user).is_none()) {
            return Err(beans::denied(Denied::NoAccount));
        }
        let before = data.group(group).map(|group| group.members.clone());
        for user in &users {
            if let Err(denied) = data.join(group, user) {
                if let (Some(group), Some(before)) = (data.group_mut(group), before) {
                    group.members = before;
                }
                return Err(beans::denied(denied));
            }
        }
        Ok(())
    })?;
    Ok(answer::json(200, &json!({})))
}

/// `{context: user, itemName: group}`. One who is no member: 404 (not published).
pub(super) async fn leave(State(sim): State<Shared>, call: Call) -> Answer {
    let (user, group) = (
        call.field("context").unwrap_or(""),
        call.field("itemName").unwrap_or(""),
    );
    match sim.state.with(|data| data.leave(group, user)) {
        Ok(true) => Ok(answer::json(200, &json!({}))),
        Ok(false) => Err(beans::error(404, "The user is not a member of the group.")),
        Err(denied) => Err(beans::denied(denied)),
    }
}
