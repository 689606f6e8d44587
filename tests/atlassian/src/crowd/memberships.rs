//! Direct memberships from both sides, and all of them at once.

use axum::extract::State;
use axum::response::Response;
use serde_json::Value;

use super::{accounts, beans, groups};
use crate::answer::{self, Answer};
use crate::request::Call;
use crate::server::{Shared, Sim};
use crate::state::{Denied, SimAccount};

fn no_membership() -> Response {
    beans::error(404, "MEMBERSHIP_NOT_FOUND", "The user is no member of the group")
}

/// Names only, unless `expand` says `user`.
pub(super) fn shown_users(sim: &Sim, call: &Call, users: &[SimAccount]) -> Vec<Value> {
    let expanded = call.query("expand").is_some_and(|it| it.contains("user"));
    let bean = |user: &SimAccount| match expanded {
        true => beans::user(sim, user, false),
        false => beans::name_of_user(sim, &user.name),
    };
    users.iter().map(bean).collect()
}

pub(super) async fn members(State(sim): State<Shared>, call: Call) -> Answer {
    let mut members: Vec<SimAccount> = sim.state.with(|data| {
        let group = groups::named(data, &call)?;
        Ok::<_, Response>(data.members(&group.name).into_iter().cloned().collect())
    })?;
    if let Some(name) = call.query("username") {
        members.retain(|it| it.name.to_lowercase() == name.to_lowercase());
        if members.is_empty() {
            return Err(no_membership());
        }
    }
    let shown = shown_users(&sim, &call, &members);
    Ok(beans::page(&sim, &call, "users", &shown))
}

pub(super) async fn groups(State(sim): State<Shared>, call: Call) -> Answer {
    let mut names: Vec<String> = sim.state.with(|data| {
        let account = accounts::named(data, &call)?;
        let groups = data.groups_of(&account.name).into_iter();
        Ok::<_, Response>(groups.map(|it| it.name.clone()).collect())
    })?;
    if let Some(name) = call.query("groupname") {
        names.retain(|it| it.to_lowercase() == name.to_lowercase());
        if names.is_empty() {
            return Err(no_membership());
        }
    }
    let shown: Vec<Value> = names.iter().map(|it| beans::name_of_group(&sim, it)).collect();
    Ok(beans::page(&sim, &call, "groups", &shown))
}

/// The one that the URL names is missing: 404; the one in the body: 400.
fn join(sim: &Sim, group: &str, user: &str, of_body: Denied) -> Answer {
    match sim.state.with(|data| data.join(group, user)) {
        Ok(true) => Ok(answer::empty(201)),
        Ok(false) => Err(beans::error(
            409,
            "MEMBERSHIP_ALREADY_EXISTS",
            "Membership already exists",
        )),
        Err(denied) => {
            let name = if denied == Denied::NoGroup { group } else { user };
            let mut refused = beans::denied(denied, name);
            if denied == of_body {
                *refused.status_mut() = http::StatusCode::BAD_REQUEST;
            }
            Err(refused)
        }
    }
}

/// `POST /user/group/direct?username=`, the group in the body.
pub(super) async fn join_by_user(State(sim): State<Shared>, call: Call) -> Answer {
    let user = sim.state.with(|data| accounts::named(data, &call))?;
    join(
        &sim,
        call.field("name").unwrap_or(""),
        &user.name,
        Denied::NoGroup,
    )
}

/// `POST /group/user/direct?groupname=`, the user in the body.
pub(super) async fn join_by_group(State(sim): State<Shared>, call: Call) -> Answer {
    let group = sim.state.with(|data| groups::named(data, &call))?;
    join(
        &sim,
        &group.name,
        call.field("name").unwrap_or(""),
        Denied::NoAccount,
    )
}

/// `DELETE` of either side; both are named in the query.
pub(super) async fn leave(State(sim): State<Shared>, call: Call) -> Answer {
    let left = sim.state.with(|data| {
        let group = groups::named(data, &call)?.name;
        let user = accounts::named(data, &call)?.name;
        data.leave(&group, &user)
            .map_err(|denied| beans::denied(denied, &user))
    })?;
    if left {
        Ok(answer::empty(204))
    } else {
        Err(no_membership())
    }
}

/// `GET /group/membership`: every group's direct users and groups, in XML only.
pub(super) async fn all(State(sim): State<Shared>) -> Response {
    let text = sim.state.with(|data| {
        let mut text = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><memberships>"#.to_owned();
        for group in data.groups.values() {
            let users = data.members(&group.name).into_iter();
            let users: String = users.map(|it| named_element("user", &it.name)).collect();
            let inner = group.children.iter().filter_map(|key| data.groups.get(key));
            let inner: String = inner.map(|it| named_element("group", &it.name)).collect();
            text.push_str(&format!(
                r#"<membership group="{}"><users>{users}</users><groups>{inner}</groups></membership>"#,
                escaped(&group.name)
            ));
        }
        text + "</memberships>"
    });
    answer::typed(answer::text(200, &text), "application/xml;charset=UTF-8")
}

fn named_element(element: &str, name: &str) -> String {
    format!(r#"<{element} name="{}"/>"#, escaped(name))
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
