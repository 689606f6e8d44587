//! `/group`, its members, and the picker.

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use super::beans;
use crate::answer::{self, Answer};
use crate::request::Call;
use crate::server::Shared;
use crate::state::Denied;

pub(super) async fn create(State(sim): State<Shared>, call: Call) -> Answer {
    let name = call.field("name").unwrap_or("").trim();
    if name.is_empty() || name.chars().count() > 255 {
        return Err(beans::field_error(
            "name",
            "Group names must have 1 to 255 characters.",
        ));
    }
    let made = sim.state.with(|data| {
        data.create_group(name).map_err(|denied| match denied {
            Denied::Exists => beans::error(400, "A group with this name already exists."),
            other => beans::denied(other),
        })?;
        data.group(name)
            .cloned()
            .ok_or_else(|| beans::error(500, "Lost it"))
    })?;
    Ok(answer::json(201, &beans::group(&sim, &made)))
}

pub(super) async fn delete(State(sim): State<Shared>, call: Call) -> Answer {
    let name = group_name(&call)?;
    sim.state.with(|data| {
        if data.is_last_admin_group(name) {
            return Err(beans::error(
                400,
                "You cannot delete the last group of system administrators.",
            ));
        }
        data.delete_group(name).map_err(beans::denied)
    })?;
    Ok(answer::empty(200))
}

/// Members by startAt and maxResults, never more than 50 a page.
pub(super) async fn members(State(sim): State<Shared>, call: Call) -> Answer {
    let name = group_name(&call)?;
    let inactive = call.query("includeInactiveUsers") == Some("true");
    let most = call
        .number("maxResults")
        .unwrap_or(50)
        .clamp(1, sim.config.page_cap.min(50));
    let start = call.number("startAt").unwrap_or(0);
    let all: Vec<Value> = sim.state.with(|data| {
        data.group(name).ok_or_else(|| beans::denied(Denied::NoGroup))?;
        let members = data
            .members_within(name)
            .into_iter()
            .filter(|it| it.active || inactive);
        Ok::<_, Response>(members.map(|account| member_bean(&sim, account)).collect())
    })?;
    let values: Vec<&Value> = all.iter().skip(start).take(most).collect();
    let end = start + values.len();
    let here = beans::address(&sim, "group/member", "groupname", name);
    let here = format!("{here}&maxResults={most}");
    let mut page = json!({
        "self": format!("{here}&startAt={start}"), "maxResults": most, "startAt": start,
        "total": all.len(), "isLast": end >= all.len(), "values": values,
    });
    if let (true, Some(page)) = (end < all.len(), page.as_object_mut()) {
        page.insert("nextPage".to_owned(), json!(format!("{here}&startAt={end}")));
    }
    Ok(answer::json(200, &page))
}

fn member_bean(sim: &crate::server::Sim, account: &crate::state::SimAccount) -> Value {
    let mut bean = beans::user(sim, account);
    if let Some(bean) = bean.as_object_mut() {
        bean.remove("deleted");
        bean.remove("locale");
    }
    bean
}

pub(super) async fn join(State(sim): State<Shared>, call: Call) -> Answer {
    let group = group_name(&call)?;
    let name = call.field("name").unwrap_or("");
    if name.is_empty() {
        return Err(beans::error(400, "The user name is missing."));
    }
    let bean = sim.state.with(|data| match data.join(group, name) {
        Ok(true) => data
            .group(group)
            .cloned()
            .ok_or_else(|| beans::error(500, "Lost it")),
        Ok(false) => Err(beans::error(
            400,
            "Cannot add user. It is already a member of the group.",
        )),
        Err(denied) => Err(beans::denied(denied)),
    })?;
    Ok(answer::json(201, &beans::group(&sim, &bean)))
}

/// Taking out one who is no member: 400 (the status is not published).
pub(super) async fn leave(State(sim): State<Shared>, call: Call) -> Answer {
    let group = group_name(&call)?;
    let name = call.query("username").unwrap_or("");
    match sim.state.with(|data| data.leave(group, name)) {
        Ok(true) => Ok(answer::empty(200)),
        Ok(false) => Err(beans::error(
            400,
            "Cannot remove user. It is not a member of the group.",
        )),
        Err(denied) => Err(beans::denied(denied)),
    }
}

/// Not paged: cut at `maxResults`, 20 unless told, and at a limit of the server's own, which the field's
/// documentation does not name: here twenty pages of members.
pub(super) async fn picker(State(sim): State<Shared>, call: Call) -> Response {
    let query = call.query("query").unwrap_or("").to_lowercase();
    let most = call
        .number("maxResults")
        .unwrap_or(20)
        .min(20 * sim.config.page_cap);
    let names: Vec<String> = sim
        .state
        .groups()
        .into_iter()
        .filter(|it| it.to_lowercase().contains(&query))
        .collect();
    let shown: Vec<Value> = names
        .iter()
        .take(most)
        .map(|name| json!({ "name": name, "html": name, "labels": [] }))
        .collect();
    let header = format!("Showing {} of {} matching groups", shown.len(), names.len());
    answer::json(
        200,
        &json!({ "header": header, "total": names.len(), "groups": shown }),
    )
}

fn group_name(call: &Call) -> Result<&str, Response> {
    call.query("groupname")
        .ok_or_else(|| beans::error(400, "Query parameter 'groupname' is needed"))
}
