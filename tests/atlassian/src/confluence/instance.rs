//! Version, proof of administration, long tasks.

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::json;

use super::beans;
use crate::answer::{self, Answer};
use crate::server::Shared;

/// Newer lines have it; since which version is not known, 9.0 is our choice.
pub(super) async fn server_information(State(sim): State<Shared>) -> Answer {
    beans::since(&sim, (9, 0))?;
    Ok(answer::json(
        200,
        &json!({
            "baseUrl": sim.base_url, "version": sim.config.version, "buildNumber": 9_999,
            "marketplaceBuildNumber": 9_999, "buildDate": "2025-01-01",
        }),
    ))
}

/// What application links tell strangers; JSON for those who accept it.
pub(super) async fn manifest(State(sim): State<Shared>) -> Response {
    answer::json(
        200,
        &json!({
            "id": "5f0a4c4e-0000-3000-8000-5173a70a0001", "name": "Confluence", "typeId": "confluence",
            "version": sim.config.version, "buildNumber": 9_999, "url": sim.base_url,
        }),
    )
}

pub(super) async fn permissions() -> Response {
    answer::json(
        200,
        &json!([{
            "operation": { "targetType": "application", "operationKey": "use" },
            "subject": { "displayName": "confluence-users", "type": "group" },
        }]),
    )
}

/// A delete is done at the third look, so that a client must ask again.
pub(super) async fn long_task(State(sim): State<Shared>, Path(id): Path<String>) -> Answer {
    let percent = sim.state.with(|data| {
        let task = data
            .tasks
            .get_mut(&id)
            .ok_or_else(|| beans::error(404, "No task found"))?;
        task.looks_left = task.looks_left.saturating_sub(1);
        let task = task.clone();
        if task.looks_left == 0 && data.account_by_key(&task.account).is_some() {
            let name = data
                .account_by_key(&task.account)
                .map(|it| it.name.clone())
                .unwrap_or_default();
            data.delete_account(&name).map_err(beans::denied)?;
        }
        Ok::<_, Response>(if task.looks_left == 0 { 100 } else { 50 })
    })?;
    Ok(answer::json(
        200,
        &json!({
            "id": id, "name": { "key": "delete.user", "args": [], "translation": "Deleting user" },
            "elapsedTime": 20, "percentageComplete": percent, "successful": percent == 100, "messages": [],
        }),
    ))
}
