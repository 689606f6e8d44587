//! What the server is, and the log-in of users by the application.

use axum::extract::State;
use axum::response::Response;
use serde_json::json;

use super::{accounts, beans};
use crate::answer::{self, Answer};
use crate::config::SimulatorConfig;
use crate::request::Call;
use crate::server::Shared;
use crate::state::lower;

/// Whether the Crowd is this version or a later one. The API inside a Jira is that of a late one.
pub(super) fn is_at_least(config: &SimulatorConfig, wanted: [u64; 3]) -> bool {
    let mut parts = config.version.split('.').map(|part| part.parse().unwrap_or(0));
    let version = [(); 3].map(|()| parts.next().unwrap_or(0));
    config.jira_user_server || version >= wanted
}

/// `/user/rename` came with Crowd 2.8.4.
pub(super) fn renames(config: &SimulatorConfig) -> bool {
    is_at_least(config, [2, 8, 4])
}

pub(super) async fn cookie() -> Response {
    answer::json(200, &json!({ "name": "crowd.token_key", "secure": false }))
}

/// Checks a user's password.
pub(super) async fn authenticate(State(sim): State<Shared>, call: Call) -> Answer {
    let wrong = |reason: &str| beans::error(400, reason, "The user cannot log in");
    let (account, right) = sim.state.with(|data| {
        // Not 404 as elsewhere: the contract of RestCrowdClient lists it among the 400s.
        let account = accounts::named(data, &call).map_err(|_| wrong("USER_NOT_FOUND"))?;
        let password = data.passwords.get(&lower(&account.name)).map(String::as_str);
        let right = password.is_some() && password == call.field("value");
        Ok::<_, Response>((account, right))
    })?;
    match (right, account.active) {
        (false, _) => Err(wrong("INVALID_USER_AUTHENTICATION")),
        (true, false) => Err(wrong("INACTIVE_ACCOUNT")),
        (true, true) => Ok(answer::json(200, &beans::user(&sim, &account, false))),
    }
}

/// `/rest/api/2/serverInfo` of the Jira that is the user server.
pub(super) async fn jira(State(sim): State<Shared>) -> Response {
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
