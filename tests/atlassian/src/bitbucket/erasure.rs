//! `/admin/users/erasure`: what a deleted account leaves behind loses its name.

use axum::extract::State;
use axum::response::Response;
use serde_json::json;

use super::beans;
use crate::answer::{self, Answer};
use crate::request::Call;
use crate::server::Shared;
use crate::state::{Data, lower};

/// The username, if it is of a deleted account that was not erased yet.
fn erasable<'a>(data: &Data, call: &'a Call) -> Result<&'a str, Response> {
    let name = call.query("name").unwrap_or("");
    if name.is_empty() {
        return Err(beans::error(400, "name is required"));
    }
    if data.account(name).is_some() {
        return Err(beans::error(409, "The user has not been deleted."));
    }
    match data.erasable.contains(&lower(name)) {
        true => Ok(name),
        false => Err(beans::error(404, "The user does not exist.")),
    }
}

pub(super) async fn is_erasable(State(sim): State<Shared>, call: Call) -> Answer {
    sim.state.with(|data| erasable(data, &call).map(drop))?;
    Ok(answer::empty(204))
}

pub(super) async fn erase(State(sim): State<Shared>, call: Call) -> Answer {
    let id = sim.state.with(|data| {
        let name = lower(erasable(data, &call)?);
        data.erasable.remove(&name);
        Ok::<_, Response>(data.next_id())
    })?;
    Ok(answer::json(
        200,
        &json!({ "newIdentifier": format!("erased-{id}") }),
    ))
}
