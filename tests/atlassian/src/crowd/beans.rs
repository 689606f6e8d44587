//! Crowd's JSON shapes, and its way of saying no.

use axum::response::Response;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::instance;
use crate::answer;
use crate::request::Call;
use crate::server::Sim;
use crate::state::{Denied, SimAccount, SimGroup};

/// The address of a resource, as every bean has one in `link`.
pub(super) fn link(sim: &Sim, resource: &str, parameter: &str, name: &str) -> Value {
    let name = utf8_percent_encode(name, NON_ALPHANUMERIC);
    let href = format!(
        "{}/rest/usermanagement/1/{resource}?{parameter}={name}",
        sim.base_url
    );
    json!({ "href": href, "rel": "self" })
}

pub(super) fn user(sim: &Sim, account: &SimAccount, expanded: bool) -> Value {
    let name = &account.name;
    let mut bean = json!({
        "expand": "attributes", "link": link(sim, "user", "username", name), "name": name,
        "password": { "link": link(sim, "user/password", "username", name) },
        "first-name": account.first_name, "last-name": account.last_name,
        "display-name": account.display_name, "email": account.email, "active": account.active,
        "attributes": attributes(sim, account, expanded),
    });
    let Some(fields) = bean.as_object_mut() else {
        return bean;
    };
    // Since when these are told is not published: below 2.7 and 3.0 the connector must do without.
    if instance::is_at_least(&sim.config, [2, 7, 0]) {
        fields.insert("key".to_owned(), json!(account.key));
    }
    if instance::is_at_least(&sim.config, [3, 0, 0]) {
        let directories = sim.config.directories.iter();
        let place = directories.take_while(|it| it.name != account.directory).count();
        fields.insert("directory-id".to_owned(), json!(32_769 + place));
        fields.insert("directory-name".to_owned(), json!(account.directory));
    }
    bean
}

/// In a list that is not expanded.
pub(super) fn name_of_user(sim: &Sim, name: &str) -> Value {
    json!({ "link": link(sim, "user", "username", name), "name": name })
}

/// In a list that is not expanded.
pub(super) fn name_of_group(sim: &Sim, name: &str) -> Value {
    json!({ "link": link(sim, "group", "groupname", name), "name": name })
}

pub(super) fn group(sim: &Sim, group: &SimGroup) -> Value {
    json!({
        "expand": "attributes", "link": link(sim, "group", "groupname", &group.name),
        "name": group.name, "description": group.description, "type": "GROUP", "active": true,
        "attributes": { "attributes": [] },
    })
}

pub(super) fn attributes(sim: &Sim, account: &SimAccount, expanded: bool) -> Value {
    let stored = account.attributes.iter().filter(|_| expanded);
    let stored: Vec<Value> = stored
        .map(|(name, values)| json!({ "name": name, "values": values }))
        .collect();
    json!({ "link": link(sim, "user/attribute", "username", &account.name), "attributes": stored })
}

/// The part of a list that was asked for. There is no total.
pub(super) fn page(sim: &Sim, call: &Call, what: &str, all: &[Value]) -> Response {
    let most = call.number("max-results").unwrap_or(1000);
    let most = most.min(sim.config.page_cap);
    let start = call.number("start-index").unwrap_or(0);
    let shown: Vec<&Value> = all.iter().skip(start).take(most).collect();
    let expand = what.trim_end_matches('s');
    answer::json(200, &json!({ "expand": expand, what: shown }))
}

/// `{"reason": WORD, "message": TEXT}`.
pub(super) fn error(status: u16, reason: &str, message: &str) -> Response {
    answer::json(status, &json!({ "reason": reason, "message": message }))
}

pub(super) fn no_user(name: &str) -> Response {
    error(404, "USER_NOT_FOUND", &format!("User <{name}> does not exist"))
}

pub(super) fn no_group(name: &str) -> Response {
    error(404, "GROUP_NOT_FOUND", &format!("Group <{name}> does not exist"))
}

/// Why a user cannot be changed. `name`: whom it is about.
pub(super) fn denied(denied: Denied, name: &str) -> Response {
    match denied {
        Denied::NoAccount => no_user(name),
        Denied::NoGroup => no_group(name),
        Denied::ReadOnly | Denied::Seats => error(
            403,
            "APPLICATION_PERMISSION_DENIED",
            "Application does not have permission to do this in any of its directories",
        ),
        Denied::Exists => error(400, "INVALID_USER", "User already exists"),
    }
}

/// What is refused before a resource is reached: a log-in, a body that is not read, a fault.
pub(crate) fn refusal(status: u16, message: &str) -> Response {
    match status {
        400 | 413 | 415 => error(status, "ILLEGAL_ARGUMENT", message),
        403 => error(status, "APPLICATION_PERMISSION_DENIED", message),
        401 | 404 => answer::typed(
            answer::text(status, &format!("<html><body>{message}</body></html>")),
            "text/html;charset=UTF-8",
        ),
        _ => error(status, "OPERATION_FAILED", message),
    }
}
