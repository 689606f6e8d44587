//! What the site tells of itself, of the caller and of its licence.

use axum::extract::{Extension, State};
use axum::response::Response;
use serde_json::{Value, json};

use super::beans;
use crate::answer::{self, Answer};
use crate::gate::Caller;
use crate::server::Shared;

pub(super) async fn server_info(State(sim): State<Shared>) -> Response {
    answer::json(
        200,
        &json!({
            "baseUrl": sim.base_url, "version": sim.config.version, "versionNumbers": [1001, 0, 0],
            "deploymentType": "Cloud", "buildNumber": 100_286, "serverTitle": "Jira",
        }),
    )
}

pub(super) async fn myself(State(sim): State<Shared>, Extension(caller): Extension<Caller>) -> Answer {
    let Caller::Account(name) = caller else {
        return Err(beans::error(401, "Log in first"));
    };
    let bean = sim.state.with(|data| {
        let account = data.account(&name).cloned();
        account.map(|it| beans::user(&sim, data, &it))
    });
    let bean = bean.ok_or_else(|| beans::error(401, "Log in first"))?;
    Ok(answer::json(200, &bean))
}

/// One application, as most sites have.
pub(super) async fn application_roles(State(sim): State<Shared>) -> Response {
    let role = sim.state.with(|data| {
        let names = |wanted: fn(&crate::state::SimGroup) -> bool| -> Vec<Value> {
            let groups = data.groups.values().filter(|group| wanted(group));
            groups.map(|group| json!(group.name)).collect()
        };
        let used = data.seats_used();
        let left = data.seats.map_or(-1, |seats| {
            i64::try_from((seats as usize).saturating_sub(used)).unwrap_or(0)
        });
        json!([{
            "key": "jira-software", "name": "Jira Software", "groups": names(|it| it.licensed),
            "defaultGroups": names(|it| it.default), "selectedByDefault": true,
            "numberOfSeats": data.seats.map_or(-1, i64::from), "remainingSeats": left, "userCount": used,
            "userCountDescription": "users", "hasUnlimitedSeats": data.seats.is_none(), "platform": false,
        }])
    });
    answer::json(200, &role)
}
