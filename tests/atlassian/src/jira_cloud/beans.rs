//! Jira Cloud's JSON shapes, and its way of saying no.

use axum::response::Response;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::answer;
use crate::config::SimProduct;
use crate::request::Call;
use crate::server::Sim;
use crate::state::{Data, Denied, SimAccount, SimGroup};

fn address(sim: &Sim, resource: &str, parameter: &str, id: &str) -> String {
    let id = utf8_percent_encode(id, NON_ALPHANUMERIC);
    format!("{}/rest/api/3/{resource}?{parameter}={id}", sim.base_url)
}

/// A user. The real one says null or nothing where the address is hidden, the published
/// description allows no null: left out.
pub(super) fn user(sim: &Sim, data: &Data, account: &SimAccount) -> Value {
    let mut bean = json!({
        "self": address(sim, "user", "accountId", &account.key),
        "accountId": account.key, "accountType": "atlassian",
        "displayName": account.display_name, "active": account.active, "timeZone": "Etc/UTC",
    });
    if let (false, Some(bean)) = (data.hidden.contains(&account.key), bean.as_object_mut()) {
        bean.insert("emailAddress".to_owned(), json!(account.email));
    }
    bean
}

/// An app, as every site has some: in lists and searches, and nobody's account.
pub(super) fn app(sim: &Sim) -> Value {
    let id = "557058:0867a421-a9ee-4659-801a-bc0ee4a4487e";
    json!({
        "self": address(sim, "user", "accountId", id), "accountId": id, "accountType": "app",
        "displayName": "Automation for Jira", "active": true, "timeZone": "Etc/UTC",
    })
}

pub(super) fn group(sim: &Sim, group: &SimGroup) -> Value {
    json!({ "name": group.name, "groupId": group.id, "self": address(sim, "group", "groupId", &group.id) })
}

/// A page of `startAt` and `maxResults`.
pub(super) fn page(sim: &Sim, call: &Call, resource: &str, all: &[Value]) -> Response {
    let start = call.number("startAt").unwrap_or(0);
    let most = call
        .number("maxResults")
        .unwrap_or(50)
        .clamp(1, sim.config.page_cap);
    let values: Vec<&Value> = all.iter().skip(start).take(most).collect();
    let end = start + values.len();
    let here = format!("{}/rest/api/3/{resource}?maxResults={most}", sim.base_url);
    answer::json(
        200,
        &json!({
            "self": format!("{here}&startAt={start}"), "maxResults": most, "startAt": start,
            "total": all.len(), "isLast": end >= all.len(), "values": values,
        }),
    )
}

pub(super) fn error(status: u16, message: &str) -> Response {
    answer::refusal(SimProduct::JiraCloud, status, message)
}

pub(super) fn denied(denied: Denied) -> Response {
    match denied {
        Denied::NoAccount => error(404, "The user does not exist"),
        Denied::NoGroup => error(404, "The group does not exist"),
        Denied::ReadOnly => error(403, "The group is managed by your identity provider."),
        Denied::Exists => error(400, "It exists already."),
        // Status and text of this one are not published.
        Denied::Seats => error(400, "The licensed user limit has been reached."),
    }
}
