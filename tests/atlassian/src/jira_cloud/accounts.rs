//! `/user`, its searches and lists.

use axum::extract::{Extension, State};
use axum::response::Response;
use serde_json::Value;

use super::beans;
use crate::answer::{self, Answer};
use crate::gate::Caller;
use crate::request::Call;
use crate::server::Shared;
use crate::state::{Data, Denied, SimAccount, lower};

/// The account of `accountId`, if Jira has heard of it by now.
pub(super) fn named(data: &mut Data, id: Option<&str>) -> Result<SimAccount, Response> {
    let id = id
        .filter(|id| !id.is_empty())
        .ok_or_else(|| beans::error(400, "The query parameter 'accountId' needs to be provided"))?;
    let found = data.account_by_key(id).cloned();
    found
        .filter(|it| data.is_seen(&it.key))
        .ok_or_else(|| beans::denied(Denied::NoAccount))
}

pub(super) async fn find(
    State(sim): State<Shared>,
    Extension(caller): Extension<Caller>,
    call: Call,
) -> Answer {
    if caller == Caller::Anonymous {
        return Err(beans::denied(Denied::NoAccount));
    }
    let bean = sim.state.with(|data| {
        let account = named(data, call.query("accountId"))?;
        Ok::<_, Response>(beans::user(&sim, data, &account))
    })?;
    Ok(answer::json(200, &bean))
}

pub(super) async fn groups(State(sim): State<Shared>, call: Call) -> Answer {
    let groups: Vec<Value> = sim.state.with(|data| {
        let account = named(data, call.query("accountId"))?;
        let groups = data.groups_of(&account.name).into_iter();
        Ok::<_, Response>(groups.map(|group| beans::group(&sim, group)).collect())
    })?;
    Ok(answer::json(200, &Value::Array(groups)))
}

/// Invites. An account that has access is answered as a new one, one without is refused.
pub(super) async fn invite(State(sim): State<Shared>, call: Call) -> Answer {
    let address = call.field("emailAddress").unwrap_or("").trim();
    let Some((name, _)) = address.split_once('@').filter(|(name, _)| !name.is_empty()) else {
        return Err(beans::error(400, "The email address is not valid."));
    };
    if address.chars().count() > 255 {
        return Err(beans::error(400, "The email address is too long."));
    }
    let products = call.body.get("products").and_then(Value::as_array);
    let products = products.ok_or_else(|| beans::error(400, "Products are missing."))?;
    let bean = sim.state.with(|data| {
        if let Some(account) = data.account(address).cloned() {
            return match data.is_licensed(address) {
                true => Ok(beans::user(&sim, data, &account)),
                false => Err(beans::error(400, "The user exists and has no access.")),
            };
        }
        let account = SimAccount {
            display_name: name.to_owned(),
            ..SimAccount::new(address)
        };
        data.create_account(account, !products.is_empty())
            .map_err(beans::denied)?;
        let made = data.account(address).cloned();
        let made = made.ok_or_else(|| beans::error(500, "Lost it"))?;
        Ok::<_, Response>(beans::user(&sim, data, &made))
    })?;
    Ok(answer::json(201, &bean))
}

/// Off the site; nobody takes himself off.
pub(super) async fn delete(
    State(sim): State<Shared>,
    Extension(caller): Extension<Caller>,
    call: Call,
) -> Answer {
    sim.state.with(|data| {
        let account = named(data, call.query("accountId"))?;
        if matches!(&caller, Caller::Account(name) if lower(name) == lower(&account.name)) {
            return Err(beans::error(400, "You cannot remove yourself."));
        }
        data.delete_account(&account.name).map_err(beans::denied)
    })?;
    Ok(answer::empty(204))
}

/// Beginnings of names and of shown addresses, active accounts only. Visitors find nobody.
pub(super) async fn search(
    State(sim): State<Shared>,
    Extension(caller): Extension<Caller>,
    call: Call,
) -> Answer {
    let wanted = call.query("query").unwrap_or("").to_lowercase();
    if wanted.is_empty() {
        return Err(beans::error(400, "The query parameter 'query' is missing"));
    }
    if caller == Caller::Anonymous {
        return Ok(answer::json(200, &Value::Array(Vec::new())));
    }
    let start = call.number("startAt").unwrap_or(0);
    let most = call.number("maxResults").unwrap_or(50).min(sim.config.page_cap);
    let found: Vec<Value> = sim.state.with(|data| {
        let begins = |text: &str| text.to_lowercase().starts_with(&wanted);
        let meant: Vec<SimAccount> = data
            .accounts
            .values()
            .filter(|it| it.active)
            .filter(|it| begins(&it.display_name) || (!data.hidden.contains(&it.key) && begins(&it.email)))
            .cloned()
            .collect();
        let seen = meant.into_iter().filter(|it| data.is_seen(&it.key));
        let seen: Vec<SimAccount> = seen.skip(start).take(most).collect();
        seen.iter().map(|it| beans::user(&sim, data, it)).collect()
    });
    Ok(answer::json(200, &Value::Array(found)))
}

/// Everybody, inactive ones and apps included.
pub(super) async fn list(State(sim): State<Shared>, call: Call) -> Answer {
    let start = call.number("startAt").unwrap_or(0);
    let most = call.number("maxResults").unwrap_or(50).min(sim.config.page_cap);
    let all: Vec<Value> = sim.state.with(|data| {
        let people = data.accounts.values().map(|it| beans::user(&sim, data, it));
        std::iter::once(beans::app(&sim)).chain(people).collect()
    });
    let page = all.into_iter().skip(start).take(most).collect();
    Ok(answer::json(200, &Value::Array(page)))
}
