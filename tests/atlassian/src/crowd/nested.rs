//! Groups inside groups: who is in one by way of another.

use axum::extract::State;
use axum::response::Response;
use serde_json::Value;

use super::memberships::shown_users;
use super::{accounts, beans, groups};
use crate::answer::{self, Answer};
use crate::request::Call;
use crate::server::Shared;
use crate::state::{Denied, SimAccount, lower};

pub(super) async fn members(State(sim): State<Shared>, call: Call) -> Answer {
    let members: Vec<SimAccount> = sim.state.with(|data| {
        let group = groups::named(data, &call)?;
        let members = data.members_within(&group.name).into_iter();
        Ok::<_, Response>(members.cloned().collect())
    })?;
    let shown = shown_users(&sim, &call, &members);
    Ok(beans::page(&sim, &call, "users", &shown))
}

pub(super) async fn groups(State(sim): State<Shared>, call: Call) -> Answer {
    let names: Vec<String> = sim.state.with(|data| {
        let account = &accounts::named(data, &call)?.name;
        let around = data.groups_around(account).into_iter();
        Ok::<_, Response>(around.map(|it| it.name.clone()).collect())
    })?;
    let shown: Vec<Value> = names.iter().map(|it| beans::name_of_group(&sim, it)).collect();
    Ok(beans::page(&sim, &call, "groups", &shown))
}

pub(super) async fn children(State(sim): State<Shared>, call: Call) -> Answer {
    let names: Vec<String> = sim.state.with(|data| {
        let group = groups::named(data, &call)?;
        let inner = group.children.iter().filter_map(|key| data.groups.get(key));
        Ok::<_, Response>(inner.map(|it| it.name.clone()).collect())
    })?;
    let shown: Vec<Value> = names.iter().map(|it| beans::name_of_group(&sim, it)).collect();
    Ok(beans::page(&sim, &call, "groups", &shown))
}

/// `POST`: the group in the body becomes one of the group that the URL names.
pub(super) async fn nest(State(sim): State<Shared>, call: Call) -> Answer {
    let name = call.field("name").unwrap_or("");
    let added = sim.state.with(|data| {
        let group = groups::named(data, &call)?;
        if data.group(name).is_none() {
            let mut refused = beans::no_group(name);
            *refused.status_mut() = http::StatusCode::BAD_REQUEST;
            return Err(refused);
        }
        if !data.is_writable(&group.directory) {
            return Err(beans::denied(Denied::ReadOnly, &group.name));
        }
        let group = data.group_mut(&group.name);
        Ok(group.is_some_and(|it| it.children.insert(lower(name))))
    })?;
    if added {
        Ok(answer::empty(201))
    } else {
        Err(beans::error(
            409,
            "MEMBERSHIP_ALREADY_EXISTS",
            "Membership already exists",
        ))
    }
}

pub(super) async fn unnest(State(sim): State<Shared>, call: Call) -> Answer {
    let child = lower(call.query("child-groupname").unwrap_or(""));
    let left = sim.state.with(|data| {
        let group = groups::named(data, &call)?;
        if !data.is_writable(&group.directory) {
            return Err(beans::denied(Denied::ReadOnly, &group.name));
        }
        let group = data.group_mut(&group.name);
        Ok(group.is_some_and(|it| it.children.remove(&child)))
    })?;
    if left {
        Ok(answer::empty(204))
    } else {
        Err(beans::error(
            404,
            "MEMBERSHIP_NOT_FOUND",
            "The group is not inside the other",
        ))
    }
}
