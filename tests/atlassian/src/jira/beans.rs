//! Jira's JSON shapes, and its way of saying no.

use axum::response::Response;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::answer;
use crate::config::SimProduct;
use crate::server::Sim;
use crate::state::{Denied, SimAccount, SimGroup};

/// The address of a resource, as every bean has one in `self`.
pub(super) fn address(sim: &Sim, resource: &str, parameter: &str, name: &str) -> String {
    let name = utf8_percent_encode(name, NON_ALPHANUMERIC);
    format!("{}/rest/api/2/{resource}?{parameter}={name}", sim.base_url)
}

pub(super) fn user(sim: &Sim, account: &SimAccount) -> Value {
    json!({
        "self": address(sim, "user", "username", &account.name),
        "key": account.key, "name": account.name, "emailAddress": account.email,
        "displayName": account.display_name, "active": account.active, "deleted": false,
        "timeZone": "Etc/UTC", "locale": "en_US",
    })
}

pub(super) fn group(sim: &Sim, group: &SimGroup) -> Value {
    json!({ "name": group.name, "self": address(sim, "group", "groupname", &group.name) })
}

/// `{"errorMessages": [], "errors": {FIELD: TEXT}}`.
pub(super) fn field_error(field: &str, message: &str) -> Response {
    answer::json(400, &json!({ "errorMessages": [], "errors": { field: message } }))
}

pub(super) fn error(status: u16, message: &str) -> Response {
    answer::refusal(SimProduct::Jira, status, message)
}

pub(super) fn denied(denied: Denied) -> Response {
    match denied {
        Denied::NoAccount => error(404, "The user does not exist"),
        Denied::NoGroup => error(404, "The group does not exist"),
        Denied::ReadOnly => error(403, "Cannot change it: its directory is read-only."),
        Denied::Exists => field_error("username", "A user with that username already exists."),
        // Status and text of this one are not published.
        Denied::Seats => field_error("applicationKeys", "The licensed user limit has been reached."),
    }
}
