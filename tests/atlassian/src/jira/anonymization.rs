//! `/user/anonymization` (Jira 8.7): checked, begun, and done while it is asked after. One at a time, by system
//! administrators only.

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use super::beans;
use crate::answer::{self, Answer};
use crate::request::Call;
use crate::server::{Shared, Sim};
use crate::state::{Anonymization, Data, SimAccount, at_least};

/// What Jira asks itself before it begins and again when it has begun. Shape and texts are those that 8.13 was seen
/// to give; the published description has a text for each error instead.
fn faults(data: &Data, account: &SimAccount) -> Value {
    if data.is_writable(&account.directory) {
        return json!({});
    }
    let fault = |text: &str| json!({ "errorMessages": [text], "errors": {} });
    json!({
        "USER_NAME_CHANGE": fault("We can't rename users from external directories."),
        "USER_DISABLE": fault("We can't anonymize this user, because the directory that contains them is read-only."),
    })
}

fn may(sim: &Sim) -> Result<(), Response> {
    if !at_least(&sim.config.version, (8, 7)) {
        return Err(beans::error(404, "null for uri"));
    }
    if !sim.config.system_administrator {
        return Err(beans::error(
            403,
            "You do not have the permission to anonymize users.",
        ));
    }
    Ok(())
}

/// The account of a key, in a body or in a query.
fn keyed(data: &Data, key: Option<&str>) -> Result<SimAccount, Response> {
    let account = key.and_then(|key| data.account_by_key(key)).cloned();
    account.ok_or_else(|| beans::error(400, "The user does not exist."))
}

pub(super) async fn validate(State(sim): State<Shared>, call: Call) -> Answer {
    may(&sim)?;
    sim.state.with(|data| {
        let account = keyed(data, call.query("userKey"))?;
        let errors = faults(data, &account);
        let fits = errors.as_object().is_some_and(serde_json::Map::is_empty);
        let bean = json!({
            "errors": errors, "warnings": {}, "expand": "affectedEntities", "userKey": account.key,
            "userName": account.name, "displayName": account.display_name, "deleted": false,
            "email": account.email, "success": fits, "operations": ["USER_NAME_CHANGE", "USER_DISABLE"],
            "businessLogicValidationFailed": false,
        });
        Ok(answer::json(if fits { 200 } else { 400 }, &bean))
    })
}

pub(super) async fn schedule(State(sim): State<Shared>, call: Call) -> Answer {
    may(&sim)?;
    sim.state.with(|data| {
        let account = keyed(data, call.field("userKey"))?;
        keyed(data, call.field("newOwnerKey"))?;
        if data
            .anonymization
            .as_ref()
            .is_some_and(|task| task.looks_left > 0)
        {
            return Err(beans::error(409, "Another anonymization is already in progress."));
        }
        let id = data.next_id();
        let looks_left = 2;
        let task = data.anonymization.insert(Anonymization {
            id,
            account,
            looks_left,
        });
        Ok(answer::json(202, &bean(task, &json!({}))))
    })
}

/// Each question is a look; the last one finds it done.
pub(super) async fn progress(State(sim): State<Shared>, call: Call) -> Answer {
    may(&sim)?;
    sim.state.with(|data| {
        let asked = call.query("taskId");
        let mut task = data.anonymization.take();
        let found = task
            .as_mut()
            .filter(|task| asked.is_none_or(|asked| asked == task.id.to_string()));
        let shown = found.map(|task| {
            let errors = faults(data, &task.account);
            task.looks_left = task.looks_left.saturating_sub(1);
            if task.looks_left == 0 && errors == json!({}) {
                anonymise(data, &task.account.key);
            }
            bean(task, &errors)
        });
        data.anonymization = task;
        let shown = shown.ok_or_else(|| beans::error(404, "A user anonymization task could not be found"))?;
        Ok(answer::json(200, &shown))
    })
}

fn bean(task: &Anonymization, errors: &Value) -> Value {
    let done = task.looks_left == 0;
    json!({
        "errors": if done { errors.clone() } else { json!({}) }, "warnings": {}, "userKey": task.account.key,
        "userName": task.account.name, "fullName": task.account.display_name,
        "progressUrl": format!("/rest/api/2/user/anonymization/progress?taskId={}", task.id),
        "currentProgress": if done { 100 } else { 50 }, "operations": ["USER_NAME_CHANGE", "USER_DISABLE"],
        "status": if done { "COMPLETED" } else { "IN_PROGRESS" }, "executingNode": "", "isRerun": false,
        "rerun": false,
    })
}

/// Name, full name and address go, and a key that is a former username; what was written stays.
fn anonymise(data: &mut Data, key: &str) {
    let Some(name) = data.account_by_key(key).map(|account| account.name.clone()) else {
        return;
    };
    let key = match key.strip_prefix("JIRAUSER") {
        Some(_) => key.to_owned(),
        None => format!("JIRAUSER{}", data.next_id()),
    };
    let new_name = key.to_lowercase();
    if data.rename_account(&name, &new_name).is_err() {
        return;
    }
    if let Ok(account) = data.writable_account(&new_name) {
        account.email = format!("{new_name}@jira.invalid");
        account.display_name = format!("user-{}", key.trim_start_matches("JIRAUSER"));
        account.active = false;
        account.key = key;
    }
}
