//! `/user/attribute`: lists of texts under names that the application chooses.

use axum::extract::State;
use axum::response::Response;
use serde_json::Value;

use super::accounts::{illegal, named};
use super::beans;
use crate::answer::{self, Answer};
use crate::request::Call;
use crate::server::Shared;

pub(super) async fn list(State(sim): State<Shared>, call: Call) -> Answer {
    let account = sim.state.with(|data| named(data, &call))?;
    Ok(answer::json(200, &beans::attributes(&sim, &account, true)))
}

/// Those named are replaced, the others stay.
pub(super) async fn store(State(sim): State<Shared>, call: Call) -> Answer {
    let Some(given) = call.body.get("attributes").and_then(Value::as_array) else {
        return Err(illegal("attributes are needed"));
    };
    sim.state.with(|data| {
        let name = named(data, &call)?.name;
        let account = data
            .writable_account(&name)
            .map_err(|denied| beans::denied(denied, &name))?;
        for attribute in given {
            let name = attribute.get("name").and_then(Value::as_str);
            let values = attribute.get("values").and_then(Value::as_array);
            let (Some(name), Some(values)) = (name, values) else {
                return Err(illegal("an attribute has a name and values"));
            };
            let values = values.iter().filter_map(Value::as_str).map(str::to_owned);
            account.attributes.insert(name.to_owned(), values.collect());
        }
        Ok(())
    })?;
    Ok(answer::empty(204))
}

pub(super) async fn delete(State(sim): State<Shared>, call: Call) -> Answer {
    let attribute = call
        .query("attributename")
        .ok_or_else(|| illegal("attributename is needed"))?;
    sim.state.with(|data| {
        let name = named(data, &call)?.name;
        let account = data
            .writable_account(&name)
            .map_err(|denied| beans::denied(denied, &name))?;
        account.attributes.remove(attribute);
        Ok::<_, Response>(())
    })?;
    Ok(answer::empty(204))
}
