//! `/user` and its listings.

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use super::beans;
use crate::answer::{self, Answer};
use crate::request::Call;
use crate::server::Shared;
use crate::state::{Data, SimAccount, at_least};

/// Jira refuses these in usernames.
const FORBIDDEN: [char; 3] = ['<', '>', '&'];

/// The account named by `username` or `key`.
fn named(data: &Data, call: &Call) -> Result<SimAccount, Response> {
    let found = match (call.query("key"), call.query("username")) {
        (Some(key), _) => data.account_by_key(key),
        (None, Some(name)) => data.account(name),
        (None, None) => {
            return Err(beans::error(
                400,
                "Either the 'username' or the 'key' query parameters need to be provided",
            ));
        }
    };
    found
        .cloned()
        .ok_or_else(|| beans::error(404, "The user does not exist"))
}

pub(super) async fn find(State(sim): State<Shared>, call: Call) -> Answer {
    let (account, groups) = sim.state.with(|data| {
        let account = named(data, &call)?;
        let groups: Vec<_> = data.groups_around(&account.name).into_iter().cloned().collect();
        Ok::<_, Response>((account, groups))
    })?;
    let mut bean = beans::user(&sim, &account);
    let items: Vec<Value> = groups.iter().map(|group| beans::group(&sim, group)).collect();
    let mut wrapper = json!({ "size": items.len() });
    if call
        .query("expand")
        .is_some_and(|expand| expand.contains("groups"))
    {
        wrapper = json!({ "size": items.len(), "items": items });
    }
    if let Some(bean) = bean.as_object_mut() {
        bean.insert("groups".to_owned(), wrapper);
    }
    Ok(answer::json(200, &bean))
}

fn check_name(name: &str) -> Result<(), Response> {
    if name.trim().is_empty() {
        return Err(beans::field_error("username", "You must specify a username."));
    }
    if name.chars().count() > 255 {
        return Err(beans::field_error(
            "username",
            "The username must not exceed 255 characters in length.",
        ));
    }
    if name.contains(FORBIDDEN) {
        return Err(beans::field_error(
            "username",
            "The username must not contain '<', '>' or '&'.",
        ));
    }
    Ok(())
}

pub(super) async fn create(State(sim): State<Shared>, call: Call) -> Answer {
    let name = call.field("name").unwrap_or("");
    check_name(name)?;
    for (field, text) in [
        ("displayName", "You must specify a full name."),
        ("emailAddress", "You must specify an email address."),
    ] {
        if call.field(field).unwrap_or("").trim().is_empty() {
            return Err(beans::field_error(field, text));
        }
    }
    let account = SimAccount {
        display_name: call.field("displayName").unwrap_or("").to_owned(),
        email: call.field("emailAddress").unwrap_or("").to_owned(),
        // Jira keeps usernames in lower case.
        ..SimAccount::new(&name.to_lowercase())
    };
    // Without the field the new account gets the default applications; with an empty list none.
    let default_groups = call
        .body
        .get("applicationKeys")
        .is_none_or(|keys| keys.as_array().is_some_and(|it| !it.is_empty()));
    let made = sim.state.with(|data| {
        data.create_account(account, default_groups)
            .map_err(beans::denied)?;
        data.account(name)
            .cloned()
            .ok_or_else(|| beans::error(500, "Lost it"))
    })?;
    Ok(answer::json(201, &beans::user(&sim, &made)))
}

pub(super) async fn update(State(sim): State<Shared>, call: Call) -> Answer {
    let changed = sim.state.with(|data| {
        let current = named(data, &call)?;
        // `active` came with Jira 8.3; before, the field is not known.
        let active = call
            .flag("active")
            .filter(|_| at_least(&sim.config.version, (8, 3)));
        let text = |field| call.field(field).map(str::to_owned);
        let (name, email, display) = (text("name"), text("emailAddress"), text("displayName"));
        if active.is_none() && name.is_none() && email.is_none() && display.is_none() {
            return Err(beans::error(400, "error.no.value.found.to.be.changed"));
        }
        let account = data.writable_account(&current.name).map_err(beans::denied)?;
        if let Some(name) = &name {
            check_name(name)?;
        }
        account.active = active.unwrap_or(account.active);
        account.email = email.unwrap_or(std::mem::take(&mut account.email));
        account.display_name = display.unwrap_or(std::mem::take(&mut account.display_name));
        if let Some(name) = name.as_deref().map(str::to_lowercase) {
            data.rename_account(&current.name, &name).map_err(beans::denied)?;
        }
        data.account_by_key(&current.key)
            .cloned()
            .ok_or_else(|| beans::error(500, "Lost it"))
    })?;
    Ok(answer::json(200, &beans::user(&sim, &changed)))
}

pub(super) async fn delete(State(sim): State<Shared>, call: Call) -> Answer {
    sim.state.with(|data| {
        let account = named(data, &call)?;
        if data.authors.contains(&account.key) {
            let text = format!(
                "Cannot delete user '{}' because they reported 1 issue.",
                account.name
            );
            return Err(beans::error(400, &text));
        }
        data.delete_account(&account.name)
            .map(drop)
            .map_err(beans::denied)
    })?;
    Ok(answer::empty(204))
}

/// Fuzzy: part of name, full name or e-mail address. The published most is 1000 a page;
/// servers lower it without telling, here to 50.
pub(super) async fn search(State(sim): State<Shared>, call: Call) -> Answer {
    let wanted = call.query("username").unwrap_or("").to_lowercase();
    if wanted.is_empty() {
        return Err(beans::error(400, "The username query parameter was not provided"));
    }
    let inactive = call.query("includeInactive") == Some("true");
    let (start, most) = (
        call.number("startAt").unwrap_or(0),
        call.number("maxResults")
            .unwrap_or(50)
            .min(sim.config.page_cap.max(50)),
    );
    let found: Vec<Value> = sim
        .state
        .accounts()
        .iter()
        .filter(|account| account.active || inactive)
        .filter(|it| {
            wanted == "."
                || [&it.name, &it.email, &it.display_name]
                    .iter()
                    .any(|text| text.to_lowercase().contains(&wanted))
        })
        .skip(start)
        .take(most)
        .map(|account| beans::user(&sim, account))
        .collect();
    Ok(answer::json(200, &Value::Array(found)))
}

/// Usernames that more than one directory holds (Jira 8.19), with all of theirs in the product's order.
pub(super) async fn duplicated(State(sim): State<Shared>) -> Response {
    if !at_least(&sim.config.version, (8, 19)) {
        return beans::error(404, "null for uri");
    }
    let mut shown = serde_json::Map::new();
    sim.state.with(|data| {
        for (name, others) in &data.elsewhere {
            let Some(account) = data.account(name) else { continue };
            let holds = |name: &String| *name == account.directory || others.contains(name);
            let (directories, mut entries) = (&data.directories, Vec::new());
            for (place, directory) in directories.iter().enumerate().filter(|(_, it)| holds(&it.name)) {
                entries.push(json!({
                    "directoryId": 10_000 + place, "directoryName": directory.name, "userActive": account.active,
                }));
            }
            shown.insert(account.name.clone(), Value::Array(entries));
        }
    });
    answer::json(200, &Value::Object(shown))
}

/// Every account, by a cursor (Jira 10).
pub(super) async fn list(State(sim): State<Shared>, call: Call) -> Response {
    if !at_least(&sim.config.version, (10, 0)) {
        return beans::error(404, "null for uri");
    }
    let (cursor, most) = (
        call.number("cursor").unwrap_or(0),
        call.number("maxResults")
            .unwrap_or(2000)
            .clamp(1, 40 * sim.config.page_cap),
    );
    // Not by a copy of everybody: a benchmark counts this process's memory.
    let (values, all) = sim.state.with(|data| {
        let page = data.accounts.values().skip(cursor).take(most);
        let values: Vec<Value> = page.map(|it| beans::user(&sim, it)).collect();
        (values, data.accounts.len())
    });
    let end = cursor + values.len();
    let here = format!("{}/rest/api/2/user/list", sim.base_url);
    let mut page = json!({ "self": here, "maxResults": most, "isLast": end >= all, "values": values });
    if let (true, Some(page)) = (end < all, page.as_object_mut()) {
        page.insert("nextCursor".to_owned(), json!(end.to_string()));
        page.insert(
            "nextPage".to_owned(),
            json!(format!("{here}?cursor={end}&maxResults={most}")),
        );
    }
    answer::json(200, &page)
}
