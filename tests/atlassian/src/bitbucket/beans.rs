//! Bitbucket's JSON shapes, pages and refusals.

use axum::response::Response;
use serde_json::{Value, json};

use crate::answer;
use crate::config::SimProduct;
use crate::request::Call;
use crate::server::Sim;
use crate::state::{Data, Denied, SimAccount, SimGroup};

/// Distance of two entries' positions: the real product filters pages after cutting
/// them, so that `nextPageStart` is not `start + size`. Here every entry leaves a hole.
const STRIDE: usize = 3;

pub(super) fn user(data: &Data, account: &SimAccount) -> Value {
    let writable = data.is_writable(&account.directory);
    json!({
        "name": account.name, "slug": account.name.to_lowercase().replace('@', "_"), "type": "NORMAL",
        "id": account.key.parse::<u64>().unwrap_or(0), "displayName": account.display_name,
        "emailAddress": account.email, "active": account.active, "directoryName": account.directory,
        "mutableDetails": writable, "mutableGroups": writable, "deletable": writable,
    })
}

pub(super) fn group(data: &Data, group: &SimGroup) -> Value {
    json!({ "name": group.name, "deletable": data.is_writable(&group.directory) })
}

pub(super) fn error(status: u16, message: &str) -> Response {
    answer::refusal(SimProduct::Bitbucket, status, message)
}

pub(super) fn denied(denied: Denied) -> Response {
    match denied {
        Denied::NoAccount => error(404, "The user does not exist."),
        Denied::NoGroup => error(404, "The group does not exist."),
        Denied::ReadOnly => error(403, "The user directory is read-only."),
        Denied::Exists => error(409, "It exists already."),
        // The class name is not published; that it names the licence is our reading.
        Denied::Seats => answer::json(
            403,
            &answer::bitbucket_error(
                "com.atlassian.bitbucket.license.LicenseLimitException",
                "The license limit would be exceeded.",
            ),
        ),
    }
}

pub(super) fn page(sim: &Sim, call: &Call, all: &[Value]) -> Response {
    let start = call.number("start").unwrap_or(0);
    let limit = call.number("limit").unwrap_or(25).clamp(1, sim.config.page_cap);
    let first = start.div_ceil(STRIDE);
    let values: Vec<&Value> = all.iter().skip(first).take(limit).collect();
    let end = first + values.len();
    let mut page = json!({
        "size": values.len(), "limit": limit, "start": start, "isLastPage": end >= all.len(), "values": values,
    });
    if let (true, Some(page)) = (end < all.len(), page.as_object_mut()) {
        page.insert("nextPageStart".to_owned(), json!(end * STRIDE));
    }
    answer::json(200, &page)
}

/// Whether a listing's `filter` lets any of these texts through.
pub(super) fn matches(call: &Call, texts: &[&str]) -> bool {
    let filter = call.query("filter").unwrap_or("").to_lowercase();
    texts.iter().any(|text| text.to_lowercase().contains(&filter))
}
