//! `PATCH`: operations in their order, all or none.

use axum::response::Response;
use serde_json::{Map, Value};

use super::beans::{KEPT, error};
use crate::request::Call;
use crate::state::SimAccount;

/// One operation.
#[derive(Debug)]
pub(super) struct Operation {
    /// `add`, `replace` or `remove`.
    pub(super) op: String,
    pub(super) path: Option<String>,
    pub(super) value: Value,
}

/// The operations of the body. Okta writes `Operations`, the description `operations`.
pub(super) fn operations(call: &Call) -> Result<Vec<Operation>, Response> {
    let list = ["Operations", "operations"]
        .iter()
        .find_map(|name| call.body.get(name))
        .and_then(Value::as_array)
        .ok_or_else(|| error(400, Some("invalidSyntax"), "Operations are missing"))?;
    let read = |operation: &Value| {
        let text = |name: &str| operation.get(name).and_then(Value::as_str).map(str::to_owned);
        let op = text("op").unwrap_or_default().to_lowercase();
        if !["add", "replace", "remove"].contains(&op.as_str()) {
            return Err(error(400, Some("invalidSyntax"), "Unknown operation"));
        }
        let value = operation.get("value").cloned().unwrap_or_default();
        Ok(Operation {
            op,
            path: text("path"),
            value,
        })
    };
    list.iter().map(read).collect()
}

/// Sets one attribute of a user; null clears it.
pub(super) fn set(
    account: &mut SimAccount,
    kept: &mut Map<String, Value>,
    path: &str,
    value: &Value,
) -> Result<(), Response> {
    let wrong = || error(400, Some("invalidValue"), &format!("{path} cannot be that"));
    let text = || value.as_str().map(str::to_owned);
    match path {
        "userName" => account.name = text().filter(|it| !it.trim().is_empty()).ok_or_else(wrong)?,
        "displayName" => account.display_name = text().unwrap_or_default(),
        "active" => account.active = value.as_bool().ok_or_else(wrong)?,
        "emails" => {
            let list = value.as_array().ok_or_else(wrong)?;
            let primary = list
                .iter()
                .find(|it| it.get("primary").and_then(Value::as_bool) == Some(true));
            let email = primary.and_then(|it| it.get("value")).and_then(Value::as_str);
            account.email = email.ok_or_else(wrong)?.to_owned();
        }
        _ => {
            let (attribute, part) = path
                .split_once('.')
                .map_or((path, None), |(a, part)| (a, Some(part)));
            if !KEPT.contains(&attribute) {
                return Err(error(
                    400,
                    Some("invalidPath"),
                    &format!("{path} is not supported"),
                ));
            }
            match part {
                None if value.is_null() => drop(kept.remove(attribute)),
                None => drop(kept.insert(attribute.to_owned(), value.clone())),
                Some(part) => {
                    let whole = kept.entry(attribute).or_insert_with(|| Value::Object(Map::new()));
                    let whole = whole.as_object_mut().ok_or_else(wrong)?;
                    whole.insert(part.to_owned(), value.clone());
                }
            }
        }
    }
    Ok(())
}
