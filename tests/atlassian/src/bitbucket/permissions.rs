//! `/admin/permissions/users`: the global permission given to an account itself.

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use super::beans;
use crate::answer::{self, Answer};
use crate::request::Call;
use crate::server::Shared;
use crate::state::{Denied, lower};

const KNOWN: [&str; 4] = ["LICENSED_USER", "PROJECT_CREATE", "ADMIN", "SYS_ADMIN"];

pub(super) async fn list(State(sim): State<Shared>, call: Call) -> Response {
    let all: Vec<Value> = sim.state.with(|data| {
        let given = data
            .permissions
            .iter()
            .filter_map(|(name, it)| Some((data.accounts.get(name)?, it)));
        let found =
            given.filter(|(account, _)| beans::matches(&call, &[&account.name, &account.display_name]));
        found
            .map(|(account, it)| json!({ "user": beans::user(data, account), "permission": it }))
            .collect()
    });
    beans::page(&sim, &call, &all)
}

pub(super) async fn grant(State(sim): State<Shared>, call: Call) -> Answer {
    let permission = call.query("permission").unwrap_or("");
    if !KNOWN.contains(&permission) {
        return Err(beans::error(400, "Unknown permission"));
    }
    sim.state.with(|data| {
        for name in call.queries("name") {
            if data.account(name).is_none() {
                return Err(beans::denied(Denied::NoAccount));
            }
            if !data.is_licensed(name) && !data.seat_free() {
                return Err(beans::denied(Denied::Seats));
            }
            data.permissions.insert(lower(name), permission.to_owned());
        }
        Ok(())
    })?;
    Ok(answer::empty(204))
}

pub(super) async fn revoke(State(sim): State<Shared>, call: Call) -> Answer {
    let name = call.query("name").unwrap_or("");
    sim.state.with(|data| {
        data.account(name)
            .ok_or_else(|| beans::denied(Denied::NoAccount))?;
        data.permissions.remove(&lower(name));
        Ok::<_, Response>(())
    })?;
    Ok(answer::empty(204))
}
