//! What the instance tells of itself, of the caller and of its licence.

use axum::extract::{Extension, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::beans;
use crate::answer::{self, Answer};
use crate::gate::Caller;
use crate::server::Shared;

pub(super) async fn server_info(State(sim): State<Shared>) -> Response {
    let version = &sim.config.version;
    let numbers: Vec<u64> = version.split('.').filter_map(|part| part.parse().ok()).collect();
    answer::json(
        200,
        &json!({
            "baseUrl": sim.base_url, "version": version, "versionNumbers": numbers,
            "deploymentType": "Server", "buildNumber": 10_030_024, "serverTitle": "Jira",
        }),
    )
}

pub(super) async fn myself(State(sim): State<Shared>, Extension(caller): Extension<Caller>) -> Answer {
    let Caller::Account(name) = caller else {
        return Err(beans::error(401, "Log in first"));
    };
    let account = sim
        .state
        .account(&name)
        .ok_or_else(|| beans::error(404, "The user does not exist"))?;
    Ok(answer::json(200, &beans::user(&sim, &account)))
}

/// One application, as most instances have.
pub(super) async fn application_roles(State(sim): State<Shared>) -> Response {
    let role = sim.state.with(|data| {
        let names = |wanted: fn(&crate::state::SimGroup) -> bool| -> Vec<Value> {
            data.groups
                .values()
                .filter(|group| wanted(group))
                .map(|group| json!(group.name))
                .collect()
        };
        let used = data.seats_used();
        let (seats, left) = match data.seats {
            Some(seats) => (
                i64::from(seats),
                i64::try_from((seats as usize).saturating_sub(used)).unwrap_or(0),
            ),
            None => (-1, -1),
        };
        json!([{
            "key": "jira-software", "name": "Jira Software", "groups": names(|it| it.licensed),
            "defaultGroups": names(|it| it.default), "defined": true, "selectedByDefault": true,
            "numberOfSeats": seats, "remainingSeats": left, "userCount": used,
            "userCountDescription": "users", "hasUnlimitedSeats": data.seats.is_none(), "platform": false,
        }])
    });
    answer::json(200, &role)
}
