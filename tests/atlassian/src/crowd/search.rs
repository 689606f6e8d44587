//! `/search`: a restriction in Crowd's query language, or as an entity in JSON or XML.

use axum::extract::State;
use axum::response::Response;
use serde_json::Value;

use super::accounts::illegal;
use super::beans;
use super::memberships::shown_users;
use crate::answer::Answer;
use crate::request::Call;
use crate::server::{Shared, Sim};
use crate::state::SimAccount;

/// What is looked for: one property. Combined restrictions are not simulated.
struct Property {
    name: String,
    contains: bool,
    value: String,
}

impl Property {
    fn new(name: &str, mode: &str, value: &str) -> Self {
        Self {
            name: name.to_owned(),
            contains: mode == "CONTAINS",
            value: value.to_lowercase(),
        }
    }

    /// Compared without case, as the directories do.
    fn is_met(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        text == self.value || (self.contains && text.contains(&self.value))
    }

    fn of_user(&self, account: &SimAccount) -> bool {
        let active = account.active.to_string();
        let text = match self.name.as_str() {
            "name" => &account.name,
            "email" => &account.email,
            "firstName" => &account.first_name,
            "lastName" => &account.last_name,
            "displayName" => &account.display_name,
            "active" => &active,
            _ => return false,
        };
        self.is_met(text)
    }
}

/// `GET`: `restriction=email = "ann@example.com"`; without one, everybody.
pub(super) async fn by_query(State(sim): State<Shared>, call: Call) -> Answer {
    let restriction = call.query("restriction").unwrap_or("").trim();
    let property = match restriction {
        "" => None,
        text => {
            let (name, value) = text.split_once('=').ok_or_else(|| illegal("not readable"))?;
            let value = value.trim();
            let quoted = value.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
            let value = quoted
                .unwrap_or(value)
                .replace("\\\"", "\"")
                .replace("\\\\", "\\");
            Some(Property::new(name.trim(), "EXACTLY_MATCHES", &value))
        }
    };
    found(&sim, &call, property.as_ref())
}

/// `POST`: the restriction is the body.
pub(super) async fn by_entity(State(sim): State<Shared>, call: Call) -> Answer {
    let property = match &call.body {
        Value::String(xml) => of_xml(xml)?,
        json => of_json(json)?,
    };
    found(&sim, &call, property.as_ref())
}

fn of_json(body: &Value) -> Result<Option<Property>, Response> {
    let text = |pointer| body.pointer(pointer).and_then(Value::as_str).unwrap_or("");
    match text("/restriction-type") {
        "null-search-restriction" => Ok(None),
        "property-search-restriction" => Ok(Some(Property::new(
            text("/property/name"),
            text("/match-mode"),
            text("/value"),
        ))),
        _ => Err(illegal("no such restriction-type")),
    }
}

/// As much of XML as the restrictions of one property are made of.
fn of_xml(body: &str) -> Result<Option<Property>, Response> {
    let text = |element: &str| {
        let (_, rest) = body.split_once(&format!("<{element}>"))?;
        let (text, _) = rest.split_once(&format!("</{element}>"))?;
        Some(
            text.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&amp;", "&"),
        )
    };
    if body.contains("<null-search-restriction") {
        return Ok(None);
    }
    match (text("name"), text("match-mode"), text("value")) {
        (Some(name), Some(mode), Some(value)) => Ok(Some(Property::new(&name, &mode, &value))),
        _ => Err(illegal("no restriction that is known")),
    }
}

fn found(sim: &Sim, call: &Call, property: Option<&Property>) -> Answer {
    match call.query("entity-type") {
        Some("user") => {
            let mut users = sim.state.accounts();
            users.retain(|it| property.is_none_or(|property| property.of_user(it)));
            let shown = shown_users(sim, call, &users);
            Ok(beans::page(sim, call, "users", &shown))
        }
        Some("group") => {
            let expanded = call.query("expand").is_some_and(|it| it.contains("group"));
            let meant = |name: &str| property.is_none_or(|it| it.name == "name" && it.is_met(name));
            let shown: Vec<Value> = sim.state.with(|data| {
                let groups = data.groups.values().filter(|it| meant(&it.name));
                let bean = |it| match expanded {
                    true => beans::group(sim, it),
                    false => beans::name_of_group(sim, &it.name),
                };
                groups.map(bean).collect()
            });
            Ok(beans::page(sim, call, "groups", &shown))
        }
        _ => Err(illegal("entity-type is user or group")),
    }
}
