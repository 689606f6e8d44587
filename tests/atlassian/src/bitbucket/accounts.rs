//! `/admin/users`.

use axum::extract::{Extension, State};
use axum::response::Response;
use serde_json::Value;

use super::beans;
use crate::answer::{self, Answer};
use crate::gate::Caller;
use crate::request::Call;
use crate::server::Shared;
use crate::state::{SimAccount, lower};

pub(super) async fn list(State(sim): State<Shared>, call: Call) -> Response {
    let all: Vec<Value> = sim.state.with(|data| {
        let found = data.accounts.values();
        let found = found.filter(|it| beans::matches(&call, &[&it.name, &it.display_name, &it.email]));
        found.map(|account| beans::user(data, account)).collect()
    });
    beans::page(&sim, &call, &all)
}

/// Everything is in the query, the password too.
pub(super) async fn create(State(sim): State<Shared>, call: Call) -> Answer {
    let needed = |name| {
        let value = call.query(name).filter(|value| !value.trim().is_empty());
        value.ok_or_else(|| beans::error(400, &format!("{name} is required")))
    };
    let (name, display_name, email) = (needed("name")?, needed("displayName")?, needed("emailAddress")?);
    if call.query("notify") != Some("true") {
        needed("password")?;
    }
    if name.chars().count() > 255 {
        return Err(beans::error(400, "name is longer than 255 characters"));
    }
    let account = SimAccount {
        display_name: display_name.to_owned(),
        email: email.to_owned(),
        ..SimAccount::new(name)
    };
    let default_group = call.query("addToDefaultGroup") != Some("false");
    sim.state
        .with(|data| data.create_account(account, default_group))
        .map_err(beans::denied)?;
    Ok(answer::empty(204))
}

/// `active` is no field of this call, as of any version known (BSERV-8817).
pub(super) async fn update(State(sim): State<Shared>, call: Call) -> Answer {
    if call.body.get("active").is_some() {
        return Err(beans::error(400, "Unrecognized field \"active\""));
    }
    let name = call.field("name").unwrap_or("");
    let bean = sim.state.with(|data| {
        let account = data.writable_account(name).map_err(beans::denied)?;
        if let Some(display_name) = call.field("displayName") {
            display_name.clone_into(&mut account.display_name);
        }
        if let Some(email) = call.field("email") {
            email.clone_into(&mut account.email);
        }
        let account = account.clone();
        Ok::<_, Response>(beans::user(data, &account))
    })?;
    Ok(answer::json(200, &bean))
}

pub(super) async fn rename(State(sim): State<Shared>, call: Call) -> Answer {
    let (name, new_name) = (
        call.field("name").unwrap_or(""),
        call.field("newName").unwrap_or(""),
    );
    if new_name.trim().is_empty() {
        return Err(beans::error(400, "newName is required"));
    }
    let bean = sim.state.with(|data| {
        // The published answers of this call have no 409.
        data.rename_account(name, new_name)
            .map_err(|denied| match denied {
                crate::state::Denied::Exists => beans::error(400, "A user with that name exists already."),
                other => beans::denied(other),
            })?;
        Ok::<_, Response>(data.account(new_name).map(|account| beans::user(data, account)))
    })?;
    Ok(answer::json(200, &bean.unwrap_or_default()))
}

pub(super) async fn delete(
    State(sim): State<Shared>,
    Extension(caller): Extension<Caller>,
    call: Call,
) -> Answer {
    let name = call.query("name").unwrap_or("");
    if matches!(&caller, Caller::Account(own) if lower(own) == lower(name)) {
        return Err(beans::error(409, "You cannot delete yourself."));
    }
    let bean = sim.state.with(|data| {
        let gone = data.delete_account(name).map_err(beans::denied)?;
        data.erasable.insert(lower(name));
        Ok::<_, Response>(beans::user(data, &gone))
    })?;
    Ok(answer::json(200, &bean))
}
