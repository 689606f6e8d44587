//! `/user` and `/admin/user`.

use axum::extract::{Extension, Path, State};
use axum::response::Response;
use http::{HeaderValue, header};
use serde_json::{Value, json};

use super::beans;
use crate::answer::{self, Answer};
use crate::gate::Caller;
use crate::request::Call;
use crate::server::Shared;
use crate::state::{Denied, LongTask, SimAccount};

pub(super) async fn find(State(sim): State<Shared>, call: Call) -> Answer {
    let account = sim
        .state
        .with(|data| match (call.query("key"), call.query("username")) {
            (Some(key), _) => data.account_by_key(key).cloned(),
            (None, Some(name)) => data.account(name).cloned(),
            (None, None) => None,
        });
    let account = account.ok_or_else(|| beans::error(404, "No user found with the given key or username"))?;
    Ok(answer::json(200, &beans::person(&account, &call)))
}

pub(super) async fn current(
    State(sim): State<Shared>,
    Extension(caller): Extension<Caller>,
    call: Call,
) -> Answer {
    let Caller::Account(name) = caller else {
        let visitor = json!({ "type": "anonymous", "username": "", "displayName": "Anonymous" });
        return Ok(answer::json(200, &visitor));
    };
    let account = sim
        .state
        .account(&name)
        .ok_or_else(|| beans::error(404, "No user found"))?;
    Ok(answer::json(200, &beans::person(&account, &call)))
}

pub(super) async fn list(State(sim): State<Shared>, call: Call) -> Answer {
    beans::since(&sim, (8, 4))?;
    let all: Vec<Value> = sim
        .state
        .accounts()
        .iter()
        .map(|it| beans::person(it, &call))
        .collect();
    Ok(beans::page(&sim, &call, "/rest/api/user/list", &all))
}

/// Confluence's rules of usernames.
fn check_name(name: &str) -> Result<(), Response> {
    let bad = |c: char| "\\,+<>'\"".contains(c) || c.is_whitespace() || c.is_uppercase();
    let wrong = name.is_empty() || name.chars().count() > 255 || name.contains(bad) || name == "anonymous";
    if wrong {
        Err(beans::error(400, "Invalid username"))
    } else {
        Ok(())
    }
}

pub(super) async fn create(State(sim): State<Shared>, call: Call) -> Answer {
    beans::since(&sim, (8, 4))?;
    let name = call.field("userName").unwrap_or("");
    check_name(name)?;
    let (full_name, email) = (
        call.field("fullName").unwrap_or(""),
        call.field("email").unwrap_or(""),
    );
    if full_name.is_empty() || full_name.contains(['<', '>']) {
        return Err(beans::error(400, "Invalid full name"));
    }
    if !email.contains('@') {
        return Err(beans::error(400, "Invalid email"));
    }
    if call.field("password").unwrap_or("").is_empty() && call.flag("notifyViaEmail") != Some(true) {
        return Err(beans::error(400, "Password must not be empty"));
    }
    let account = SimAccount {
        display_name: full_name.to_owned(),
        email: email.to_owned(),
        ..SimAccount::new(name)
    };
    let key = sim
        .state
        .with(|data| data.create_account(account, true))
        .map_err(beans::denied)?;
    Ok(answer::json(201, &json!({ "userKey": key })))
}

pub(super) async fn update(State(sim): State<Shared>, Path(user): Path<String>, call: Call) -> Answer {
    beans::since(&sim, (9, 3))?;
    sim.state.with(|data| {
        // 404 is not among the published answers of this call.
        let account = data.writable_account(&user).map_err(|denied| match denied {
            Denied::NoAccount => beans::error(400, "No user found"),
            other => beans::denied(other),
        })?;
        if let Some(full_name) = call.field("fullName") {
            full_name.clone_into(&mut account.display_name);
        }
        if let Some(email) = call.field("email") {
            email.clone_into(&mut account.email);
        }
        Ok::<_, Response>(())
    })?;
    // The published description wants JSON here, although a 204 has no body: the type alone.
    let mut done = answer::empty(204);
    let json = HeaderValue::from_static("application/json");
    done.headers_mut().insert(header::CONTENT_TYPE, json);
    Ok(done)
}

pub(super) async fn disable(State(sim): State<Shared>, Path(user): Path<String>) -> Answer {
    beans::since(&sim, (8, 2))?;
    set_active(&sim, &user, false)
}

pub(super) async fn enable(State(sim): State<Shared>, Path(user): Path<String>) -> Answer {
    beans::since(&sim, (8, 2))?;
    set_active(&sim, &user, true)
}

/// Idempotent.
fn set_active(sim: &Shared, user: &str, active: bool) -> Answer {
    sim.state
        .with(|data| data.writable_account(user).map(|account| account.active = active))
        .map_err(beans::denied)?;
    Ok(answer::empty(204))
}

/// Starts a long task; the account is there until the task is done.
pub(super) async fn delete(State(sim): State<Shared>, Path(user): Path<String>) -> Answer {
    let id = sim.state.with(|data| {
        let account = data.writable_account(&user).map_err(beans::denied)?.key.clone();
        let id = data.next_id().to_string();
        data.tasks.insert(
            id.clone(),
            LongTask {
                account,
                looks_left: 3,
            },
        );
        Ok::<_, Response>(id)
    })?;
    let status = format!("{}/rest/api/longtask/{id}", sim.base_url);
    Ok(answer::json(
        202,
        &json!({ "id": id, "links": { "status": status } }),
    ))
}
