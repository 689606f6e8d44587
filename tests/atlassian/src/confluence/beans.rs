//! Confluence's JSON shapes, pages and refusals.

use axum::response::Response;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::answer;
use crate::config::SimProduct;
use crate::request::Call;
use crate::server::Sim;
use crate::state::{Denied, SimAccount, SimGroup, at_least};

/// A person; no e-mail address, and `status` only when asked for.
pub(super) fn person(account: &SimAccount, call: &Call) -> Value {
    let mut bean = json!({
        "type": "known", "username": account.name, "userKey": account.key, "displayName": account.display_name,
        "profilePicture": { "path": "/images/icons/profilepics/default.svg", "width": 48, "height": 48, "isDefault": true },
    });
    let asked = call
        .query("expand")
        .is_some_and(|expand| expand.contains("status"));
    if let (true, Some(bean)) = (asked, bean.as_object_mut()) {
        bean.insert(
            "status".to_owned(),
            json!(if account.active { "current" } else { "deactivated" }),
        );
    }
    bean
}

pub(super) fn group(group: &SimGroup) -> Value {
    json!({ "type": "group", "name": group.name })
}

pub(super) fn error(status: u16, message: &str) -> Response {
    answer::refusal(SimProduct::Confluence, status, message)
}

pub(super) fn denied(denied: Denied) -> Response {
    match denied {
        Denied::NoAccount => error(404, "No user found"),
        Denied::NoGroup => error(404, "No group found"),
        Denied::ReadOnly => error(403, "The user directory is read-only"),
        Denied::Exists => error(409, "It exists already"),
        Denied::Seats => error(402, "Licensed user limit has been reached"),
    }
}

/// Calls that came with a later version answer 404 before it.
pub(super) fn since(sim: &Sim, version: (u64, u64)) -> Result<(), Response> {
    if at_least(&sim.config.version, version) {
        Ok(())
    } else {
        Err(error(404, "null for uri"))
    }
}

/// A name, ready to stand in a link.
pub(super) fn encode(name: &str) -> String {
    utf8_percent_encode(name, NON_ALPHANUMERIC).to_string()
}

/// `start`, `limit`, `size` and, where there is more, `_links.next`.
pub(super) fn page(sim: &Sim, call: &Call, path: &str, all: &[Value]) -> Response {
    let start = call.number("start").unwrap_or(0);
    let limit = call.number("limit").unwrap_or(200).clamp(1, sim.config.page_cap);
    let results: Vec<&Value> = all.iter().skip(start).take(limit).collect();
    let end = start + results.len();
    let mut links = json!({ "base": sim.base_url, "context": "", "self": format!("{}{path}", sim.base_url) });
    if let (true, Some(links)) = (end < all.len(), links.as_object_mut()) {
        let separator = if path.contains('?') { '&' } else { '?' };
        links.insert(
            "next".to_owned(),
            json!(format!("{path}{separator}limit={limit}&start={end}")),
        );
    }
    let size = results.len();
    answer::json(
        200,
        &json!({ "results": results, "start": start, "limit": limit, "size": size, "_links": links }),
    )
}
