//! Version, licence and user directories.

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use crate::answer;
use crate::server::Shared;

pub(super) async fn properties(State(sim): State<Shared>) -> Response {
    let version = &sim.config.version;
    answer::json(
        200,
        &json!({ "version": version, "buildNumber": "9005000", "buildDate": "1735689600000", "displayName": "Bitbucket" }),
    )
}

pub(super) async fn license(State(sim): State<Shared>) -> Response {
    let (seats, used) = sim.state.with(|data| (data.seats, data.seats_used()));
    let most = seats.map_or(-1, i64::from);
    answer::json(
        200,
        &json!({
            "maximumNumberOfUsers": most, "unlimitedNumberOfUsers": seats.is_none(),
            "status": { "currentNumberOfUsers": used, "serverId": "SIMU-LATO-RSIM-ULAT" },
        }),
    )
}

/// An array, without ids.
pub(super) async fn directories(State(sim): State<Shared>) -> Response {
    let shown: Vec<Value> = sim
        .config
        .directories
        .iter()
        .map(|it| {
            let kind = if it.writable { "INTERNAL" } else { "CONNECTOR" };
            json!({ "name": it.name, "type": kind, "description": "", "active": true })
        })
        .collect();
    answer::json(200, &Value::Array(shown))
}
