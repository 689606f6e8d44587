//! `/Groups`.

use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::Value;

use super::beans::{self, error};
use super::patch::Operation;
use super::{filter, patch};
use crate::answer::{self, Answer};
use crate::request::Call;
use crate::server::{Shared, Sim};
use crate::state::{Data, Denied, SimGroup, lower};

/// The group of the directory with that id; the organisation's others are not there.
fn own(data: &Data, directory: &str, id: &str) -> Result<SimGroup, Response> {
    beans::directory(data, directory)?;
    let found = data.group_by_id(id).filter(|it| it.directory == directory);
    found.cloned().ok_or_else(|| beans::denied(Denied::NoGroup))
}

/// The same, if SCIM may change it.
fn manageable(data: &Data, directory: &str, id: &str) -> Result<SimGroup, Response> {
    let group = own(data, directory, id)?;
    match group.default {
        // Status and text of this one are not published.
        true => Err(error(
            400,
            Some("mutability"),
            "Default access groups cannot be managed by SCIM",
        )),
        false => Ok(group),
    }
}

fn shown(sim: &Sim, status: u16, id: &str) -> Answer {
    let bean = beans::group(sim, id).ok_or_else(|| error(500, None, "Lost it"))?;
    Ok(answer::scim(status, &bean))
}

pub(super) async fn list(State(sim): State<Shared>, Path(directory): Path<String>, call: Call) -> Answer {
    let wanted = filter::parse(&call, &["displayName"])?;
    let ids: Vec<String> = sim.state.with(|data| {
        beans::directory(data, &directory)?;
        let own = data.groups.values().filter(|it| it.directory == directory);
        let meant = own.filter(|it| {
            wanted
                .as_ref()
                .is_none_or(|(_, name)| lower(&it.name) == lower(name))
        });
        Ok::<_, Response>(meant.map(|it| it.id.clone()).collect())
    })?;
    Ok(beans::page(&sim, &call, &ids, |id| beans::group(&sim, id)))
}

pub(super) async fn find(State(sim): State<Shared>, Path((directory, id)): Path<(String, String)>) -> Answer {
    sim.state.with(|data| own(data, &directory, &id))?;
    shown(&sim, 200, &id)
}

/// A name that any group of the organisation has is taken.
pub(super) async fn create(State(sim): State<Shared>, Path(directory): Path<String>, call: Call) -> Answer {
    sim.state.with(|data| beans::directory(data, &directory))?;
    let name = call.field("displayName").unwrap_or("").trim();
    if name.is_empty() || name.chars().count() > 255 {
        return Err(error(
            400,
            Some("invalidValue"),
            "displayName must have 1 to 255 characters",
        ));
    }
    let id = sim.state.with(|data| {
        data.create_group(name).map_err(beans::denied)?;
        Ok::<_, Response>(data.group(name).map(|it| it.id.clone()).unwrap_or_default())
    })?;
    shown(&sim, 201, &id)
}

pub(super) async fn delete(
    State(sim): State<Shared>,
    Path((directory, id)): Path<(String, String)>,
) -> Answer {
    sim.state.with(|data| {
        let group = manageable(data, &directory, &id)?;
        data.delete_group(&group.name).map_err(beans::denied)
    })?;
    Ok(answer::empty(204))
}

/// The ids that a value names: `[{"value": ID}]`.
fn ids(value: &Value) -> Vec<String> {
    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter()
        .filter_map(|it| Some(it.get("value")?.as_str()?.to_owned()))
        .collect()
}

/// The members after one operation. As RFC 7644 has it: `remove` of `members` without a
/// filter takes out everybody, whatever value stands beside it.
fn members_after(operation: &Operation, mut members: Vec<String>) -> Result<Vec<String>, Response> {
    let path = operation.path.as_deref().unwrap_or("");
    let filtered = path
        .strip_prefix("members[value eq ")
        .and_then(|it| it.strip_suffix(']'));
    match (operation.op.as_str(), path, filtered) {
        ("add", "members", _) => {
            members.extend(ids(&operation.value));
            Ok(members)
        }
        ("replace", "members", _) => Ok(ids(&operation.value)),
        ("remove", "members", _) => Ok(Vec::new()),
        ("remove", _, Some(id)) => {
            let id: String = serde_json::from_str(id)
                .map_err(|_| error(400, Some("invalidPath"), "The filter is not supported"))?;
            if !members.contains(&id) {
                // Not published; RFC 7644, 3.5.2, calls for it where nothing matches.
                return Err(error(400, Some("noTarget"), "No member matches the filter"));
            }
            members.retain(|it| *it != id);
            Ok(members)
        }
        (_, "displayName", _) => Err(error(400, Some("mutability"), "Renaming groups is not supported")),
        _ => Err(error(400, Some("invalidPath"), "The path is not supported")),
    }
}

pub(super) async fn change(
    State(sim): State<Shared>,
    Path((directory, id)): Path<(String, String)>,
    call: Call,
) -> Answer {
    let operations = patch::operations(&call)?;
    sim.state.with(|data| {
        let group = manageable(data, &directory, &id)?;
        let now = data.members(&group.name);
        let mut members: Vec<String> = now.into_iter().map(|it| it.key.clone()).collect();
        for operation in &operations {
            members = members_after(operation, members)?;
        }
        let mut names = std::collections::BTreeSet::new();
        for id in &members {
            let known = data.account_by_key(id).filter(|it| it.directory == directory);
            let account = known.ok_or_else(|| beans::denied(Denied::NoAccount))?;
            names.insert(lower(&account.name));
        }
        if let Some(group) = data.group_mut(&group.name) {
            group.members = names;
        }
        Ok::<_, Response>(())
    })?;
    shown(&sim, 200, &id)
}
