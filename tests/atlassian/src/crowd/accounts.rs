//! `/user`, its rename and its password.

use axum::extract::State;
use axum::response::Response;
use http::HeaderValue;
use serde_json::Value;

use super::{beans, instance};
use crate::answer::{self, Answer};
use crate::request::Call;
use crate::server::Shared;
use crate::state::{Data, SimAccount, lower};

/// The user named by `username`, or by `key`.
pub(super) fn named(data: &Data, call: &Call) -> Result<SimAccount, Response> {
    let (found, name) = match (call.query("username"), call.query("key")) {
        (Some(name), _) => (data.account(name), name),
        (None, Some(key)) => (data.account_by_key(key), key),
        (None, None) => return Err(illegal("username or key is needed")),
    };
    found.cloned().ok_or_else(|| beans::no_user(name))
}

pub(super) fn illegal(message: &str) -> Response {
    beans::error(400, "ILLEGAL_ARGUMENT", message)
}

fn invalid(message: &str) -> Response {
    beans::error(400, "INVALID_USER", message)
}

/// Names as the directories' tables take them.
fn check_name(name: &str) -> Result<(), Response> {
    if name.is_empty() || name.trim() != name {
        return Err(invalid(
            "The username may not be blank, nor begin or end with a space",
        ));
    }
    if name.chars().count() > 255 {
        return Err(invalid("The username may not be longer than 255 characters"));
    }
    Ok(())
}

/// The names that are left out are made of the others, as Crowd does.
fn fill_in(account: &mut SimAccount) {
    if account.display_name.trim().is_empty() {
        let both = format!("{} {}", account.first_name, account.last_name);
        both.trim().clone_into(&mut account.display_name);
    }
    if account.display_name.is_empty() {
        account.name.clone_into(&mut account.display_name);
    }
    let display = account.display_name.clone();
    let (first, last) = display.rsplit_once(' ').unwrap_or(("", &display));
    if account.last_name.is_empty() {
        last.clone_into(&mut account.last_name);
    }
    if account.first_name.is_empty() {
        first.clone_into(&mut account.first_name);
    }
}

/// Every field of the body; those left out are emptied, `active` becomes false.
fn overwrite(account: &mut SimAccount, call: &Call) {
    let text = |field| call.field(field).unwrap_or("").to_owned();
    account.first_name = text("first-name");
    account.last_name = text("last-name");
    account.display_name = text("display-name");
    account.email = text("email");
    account.active = call.flag("active") == Some(true);
    fill_in(account);
}

pub(super) async fn find(State(sim): State<Shared>, call: Call) -> Answer {
    let account = sim.state.with(|data| named(data, &call))?;
    let expanded = call.query("expand").is_some_and(|it| it.contains("attributes"));
    Ok(answer::json(200, &beans::user(&sim, &account, expanded)))
}

pub(super) async fn create(State(sim): State<Shared>, call: Call) -> Answer {
    let name = call.field("name").unwrap_or("");
    check_name(name)?;
    let password = call.body.pointer("/password/value").and_then(Value::as_str);
    let Some(password) = password.filter(|it| !it.is_empty()) else {
        return Err(beans::error(400, "INVALID_CREDENTIAL", "A password is needed"));
    };
    let mut account = SimAccount::new(name);
    overwrite(&mut account, &call);
    let made = sim.state.with(|data| {
        data.create_account(account, false)
            .map_err(|denied| beans::denied(denied, name))?;
        data.passwords.insert(lower(name), password.to_owned());
        data.account(name).cloned().ok_or_else(|| beans::no_user(name))
    })?;
    let bean = beans::user(&sim, &made, false);
    // Old versions tell the place only.
    let mut created = if instance::is_at_least(&sim.config, [2, 8, 4]) {
        answer::json(201, &bean)
    } else {
        answer::empty(201)
    };
    let place = bean.pointer("/link/href").and_then(Value::as_str);
    if let Some(Ok(place)) = place.map(HeaderValue::from_str) {
        created.headers_mut().insert(http::header::LOCATION, place);
    }
    Ok(created)
}

pub(super) async fn update(State(sim): State<Shared>, call: Call) -> Answer {
    sim.state.with(|data| {
        let current = named(data, &call)?;
        // No rename here.
        if call.field("name").map(lower) != Some(lower(&current.name)) {
            return Err(invalid("The name in the body is not the username of the call"));
        }
        let account = data
            .writable_account(&current.name)
            .map_err(|denied| beans::denied(denied, &current.name))?;
        overwrite(account, &call);
        Ok(())
    })?;
    Ok(answer::empty(204))
}

pub(super) async fn rename(State(sim): State<Shared>, call: Call) -> Answer {
    let new_name = call.field("new-name").unwrap_or("");
    let renamed = sim.state.with(|data| {
        let current = named(data, &call)?;
        check_name(new_name)?;
        data.rename_account(&current.name, new_name)
            .map_err(|denied| beans::denied(denied, &current.name))?;
        data.account(new_name)
            .cloned()
            .ok_or_else(|| beans::no_user(new_name))
    })?;
    Ok(answer::json(200, &beans::user(&sim, &renamed, false)))
}

pub(super) async fn delete(State(sim): State<Shared>, call: Call) -> Answer {
    sim.state.with(|data| {
        let account = named(data, &call)?;
        data.delete_account(&account.name)
            .map_err(|denied| beans::denied(denied, &account.name))
    })?;
    Ok(answer::empty(204))
}

pub(super) async fn set_password(State(sim): State<Shared>, call: Call) -> Answer {
    let password = call.field("value").unwrap_or("");
    if password.is_empty() {
        return Err(beans::error(400, "INVALID_CREDENTIAL", "A password is needed"));
    }
    sim.state.with(|data| {
        let account = named(data, &call)?;
        data.writable_account(&account.name)
            .map_err(|denied| beans::denied(denied, &account.name))?;
        data.passwords.insert(lower(&account.name), password.to_owned());
        Ok::<_, Response>(())
    })?;
    Ok(answer::empty(204))
}
