//! `/Users`.

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Map, Value};

use super::beans::{self, error};
use super::{filter, patch};
use crate::answer::{self, Answer};
use crate::request::Call;
use crate::server::{Shared, Sim};
use crate::state::{Data, Denied, SimAccount, lower};

/// The account of the directory with that id; others are not there.
fn own(data: &Data, directory: &str, id: &str) -> Result<SimAccount, Response> {
    beans::directory(data, directory)?;
    let found = data.account_by_key(id).filter(|it| it.directory == directory);
    found.cloned().ok_or_else(|| beans::denied(Denied::NoAccount))
}

fn shown(sim: &Sim, status: u16, id: &str) -> Answer {
    let bean = beans::user(sim, id).ok_or_else(|| error(500, None, "Lost it"))?;
    Ok(answer::scim(status, &bean))
}

pub(super) async fn list(State(sim): State<Shared>, Path(directory): Path<String>, call: Call) -> Answer {
    let wanted = filter::parse(&call, &["userName", "externalId"])?;
    let ids: Vec<String> = sim.state.with(|data| {
        beans::directory(data, &directory)?;
        let matches = |account: &&SimAccount| match &wanted {
            None => true,
            Some(("externalId", value)) => {
                let kept = data.attributes.get(&account.key);
                kept.and_then(|it| it.get("externalId")).and_then(Value::as_str) == Some(value)
            }
            Some((_, value)) => lower(&account.name) == lower(value),
        };
        let own = data.accounts.values().filter(|it| it.directory == directory);
        Ok::<_, Response>(own.filter(matches).map(|it| it.key.clone()).collect())
    })?;
    Ok(beans::page(&sim, &call, &ids, |id| beans::user(&sim, id)))
}

pub(super) async fn find(
    State(sim): State<Shared>,
    Path((directory, id)): Path<(String, String)>,
    call: Call,
) -> Answer {
    drop(call);
    sim.state.with(|data| own(data, &directory, &id))?;
    shown(&sim, 200, &id)
}

/// Every attribute of the body, on an account that has none.
fn read(call: &Call) -> Result<(SimAccount, Map<String, Value>), Response> {
    let mut account = SimAccount {
        email: String::new(),
        display_name: String::new(),
        ..SimAccount::new("")
    };
    let mut kept = Map::new();
    let body = call
        .body
        .as_object()
        .ok_or_else(|| error(400, Some("invalidSyntax"), "No body"))?;
    for (name, value) in body {
        if !["schemas", "id", "meta", "groups"].contains(&name.as_str()) {
            patch::set(&mut account, &mut kept, name, value)?;
        }
    }
    Ok((account, kept))
}

/// What Cloud asks of a user before it is kept.
fn check(sim: &Sim, account: &SimAccount) -> Result<(), Response> {
    if account.name.trim().is_empty() || account.name.chars().count() > 255 {
        return Err(error(
            400,
            Some("invalidValue"),
            "userName must have 1 to 255 characters",
        ));
    }
    let domain = account.email.rsplit_once('@').map_or("", |(_, domain)| domain);
    if !sim
        .config
        .verified_domains
        .iter()
        .any(|it| it.eq_ignore_ascii_case(domain))
    {
        let text = format!("The email domain {domain:?} is not verified for the organization");
        return Err(error(400, Some("invalidValue"), &text));
    }
    Ok(())
}

pub(super) async fn create(State(sim): State<Shared>, Path(directory): Path<String>, call: Call) -> Answer {
    sim.state.with(|data| beans::directory(data, &directory))?;
    let (account, kept) = read(&call)?;
    check(&sim, &account)?;
    let id = sim.state.with(|data| {
        // An address belongs to one account of the whole organisation.
        let taken = |other: &SimAccount| lower(&other.email) == lower(&account.email);
        if data.accounts.values().any(taken) {
            return Err(beans::denied(Denied::Exists));
        }
        let id = data.create_account(account, false).map_err(beans::denied)?;
        data.attributes.insert(id.clone(), kept);
        Ok(id)
    })?;
    shown(&sim, 201, &id)
}

/// Puts the changed account in the place of the old one.
fn keep(sim: &Sim, old: &SimAccount, new: SimAccount, kept: Map<String, Value>) -> Answer {
    check(sim, &new)?;
    sim.state.with(|data| {
        // The description lists no 409 here.
        data.rename_account(&old.name, &new.name)
            .map_err(|denied| match denied {
                Denied::Exists => error(400, Some("uniqueness"), "The userName is taken"),
                other => beans::denied(other),
            })?;
        data.attributes.insert(old.key.clone(), kept);
        data.accounts.insert(lower(&new.name), new);
        Ok::<_, Response>(())
    })?;
    shown(sim, 200, &old.key)
}

/// `PUT`: what the body leaves out is cleared, but for id and state.
pub(super) async fn replace(
    State(sim): State<Shared>,
    Path((directory, id)): Path<(String, String)>,
    call: Call,
) -> Answer {
    let old = sim.state.with(|data| own(data, &directory, &id))?;
    let (new, kept) = read(&call)?;
    let new = SimAccount {
        key: old.key.clone(),
        directory: old.directory.clone(),
        active: call.flag("active").unwrap_or(old.active),
        ..new
    };
    keep(&sim, &old, new, kept)
}

pub(super) async fn change(
    State(sim): State<Shared>,
    Path((directory, id)): Path<(String, String)>,
    call: Call,
) -> Answer {
    let (old, mut kept) = sim.state.with(|data| {
        let old = own(data, &directory, &id)?;
        Ok::<_, Response>((old, data.attributes.get(&id).cloned().unwrap_or_default()))
    })?;
    let mut new = old.clone();
    for operation in patch::operations(&call)? {
        let value = match operation.op.as_str() {
            "remove" => Value::Null,
            _ => operation.value,
        };
        match (operation.path, value) {
            (Some(path), value) => patch::set(&mut new, &mut kept, &path, &value)?,
            (None, Value::Object(values)) => {
                for (path, value) in values {
                    patch::set(&mut new, &mut kept, &path, &value)?;
                }
            }
            (None, _) => return Err(error(400, Some("noTarget"), "A path is missing")),
        }
    }
    keep(&sim, &old, new, kept)
}

/// Deactivates the Atlassian account; the directory knows the id no more.
pub(super) async fn delete(
    State(sim): State<Shared>,
    Path((directory, id)): Path<(String, String)>,
) -> Answer {
    sim.state.with(|data| {
        let account = own(data, &directory, &id)?;
        data.attributes.remove(&id);
        data.delete_account(&account.name).map_err(beans::denied)
    })?;
    Ok(answer::empty(204))
}
