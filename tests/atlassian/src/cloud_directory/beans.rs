//! Cloud's SCIM shapes, and its way of saying no.

use axum::response::Response;
use serde_json::{Map, Value, json};

use crate::answer;
use crate::request::Call;
use crate::server::Sim;
use crate::state::{Data, Denied, SimAccount, SimGroup};

/// The attributes kept beside those that every product has; what else is sent is dropped.
pub(super) const KEPT: [&str; 9] = [
    "externalId",
    "name",
    "nickName",
    "title",
    "preferredLanguage",
    "department",
    "organization",
    "timezone",
    "phoneNumbers",
];

fn address(sim: &Sim, kind: &str, id: &str) -> String {
    let directory = sim.state.with(|data| data.writable_directory());
    format!("{}/scim/directory/{directory}/{kind}/{id}", sim.base_url)
}

fn reference(sim: &Sim, kind: &str, id: &str, display: &str) -> Value {
    let address = address(sim, &format!("{kind}s"), id);
    json!({ "type": kind, "value": id, "display": display, "$ref": address })
}

/// `meta` without its `resourceType`: the description says USER, its own example User.
fn meta(sim: &Sim, kind: &str, id: &str) -> Value {
    json!({
        "location": address(sim, kind, id),
        "created": "2026-01-05T08:00:00Z", "lastModified": "2026-01-05T08:00:00Z",
    })
}

pub(super) fn user(sim: &Sim, key: &str) -> Option<Value> {
    let (account, groups, kept) = sim.state.with(|data| {
        let account = data.account_by_key(key)?.clone();
        let groups: Vec<_> = data.groups_of(&account.name).into_iter().cloned().collect();
        let kept = data.attributes.get(key).cloned().unwrap_or_default();
        Some((account, groups, kept))
    })?;
    let mut bean = Map::from_iter(kept);
    let shown = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "id": account.key, "userName": account.name, "displayName": account.display_name,
        "emails": [{ "value": account.email, "type": "work", "primary": true }],
        "active": account.active, "meta": meta(sim, "Users", &account.key),
        "groups": groups.iter().map(|it| reference(sim, "Group", &it.id, &it.name)).collect::<Vec<_>>(),
        "urn:scim:schemas:extension:atlassian-external:1.0": { "atlassianAccountId": format!("712020:{}", account.key) },
    });
    bean.extend(shown.as_object().cloned().unwrap_or_default());
    Some(Value::Object(bean))
}

pub(super) fn group(sim: &Sim, id: &str) -> Option<Value> {
    let (group, members) = sim.state.with(|data| {
        let group: SimGroup = data.group_by_id(id)?.clone();
        let members: Vec<SimAccount> = data.members(&group.name).into_iter().cloned().collect();
        Some((group, members))
    })?;
    Some(json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "id": group.id, "displayName": group.name, "meta": meta(sim, "Groups", &group.id),
        "members": members.iter().map(|it| reference(sim, "User", &it.key, &it.name)).collect::<Vec<_>>(),
    }))
}

/// A page from `startIndex`, which begins at 1, with `count` entries at most.
pub(super) fn page(sim: &Sim, call: &Call, ids: &[String], bean: impl Fn(&str) -> Option<Value>) -> Response {
    let start = call.number("startIndex").unwrap_or(1).max(1);
    let most = call.number("count").unwrap_or(100).min(sim.config.page_cap);
    let shown = ids.iter().skip(start - 1).take(most);
    let resources: Vec<Value> = shown.filter_map(|id| bean(id)).collect();
    answer::scim(
        200,
        &json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
            "totalResults": ids.len(), "startIndex": start,
            "itemsPerPage": resources.len(), "Resources": resources,
        }),
    )
}

pub(super) fn error(status: u16, kind: Option<&str>, message: &str) -> Response {
    answer::scim_error(status, kind, message)
}

pub(super) fn denied(denied: Denied) -> Response {
    match denied {
        Denied::NoAccount => error(404, None, "Resource user not found"),
        Denied::NoGroup => error(404, None, "Resource group not found"),
        Denied::ReadOnly => error(400, Some("mutability"), "It is not managed by this directory"),
        Denied::Exists => error(409, Some("uniqueness"), "It exists already"),
        Denied::Seats => error(400, None, "No seat is left"),
    }
}

/// Whether the directory in the path is this one.
pub(super) fn directory(data: &Data, id: &str) -> Result<(), Response> {
    match data.writable_directory() == id {
        true => Ok(()),
        false => Err(error(404, None, "Directory not found")),
    }
}
