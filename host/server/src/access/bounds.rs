//! Bodies keep to the bounds that the API's description states: lengths, ranges, numbers of entries, patterns. They stand
//! there only, so that nobody reads other ones than those that hold.
//!
//! Whether fields are there and can be read is serde's to say, and has been said before.

use std::any::TypeId;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use http::StatusCode;
use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::{ValidationError, Validator};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::admin::error::Refusal;
use crate::admin::problem::{self, Fault, Place};

/// Faults that are told at once.
const MOST: usize = 20;

/// What was made of the description, by type.
static KNOWN: LazyLock<RwLock<HashMap<TypeId, Arc<Validator>>>> = LazyLock::new(RwLock::default);

/// Whether a body that can be read keeps to the bounds of its type.
pub(super) fn check<T: ToSchema + 'static>(body: &Value) -> Result<(), Refusal> {
    let broken = |text: String| Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, text);
    let validator = validator::<T>().map_err(broken)?;
    let mut faults: Vec<Fault> = Vec::new();
    for error in validator.iter_errors(body) {
        collect(&error, &mut faults);
        if faults.len() >= MOST {
            break;
        }
    }
    let Some(Fault { detail, place }) = faults.first() else {
        return Ok(());
    };
    let whole = match place {
        Place::Pointer(pointer) if pointer != "#" => {
            format!("{}: {detail}", pointer.trim_start_matches("#/"))
        }
        _ => format!("the body: {detail}"),
    };
    Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, whole).of_all(faults))
}

fn validator<T: ToSchema + 'static>() -> Result<Arc<Validator>, String> {
    let id = TypeId::of::<T>();
    if let Some(known) = KNOWN.read().unwrap_or_else(PoisonError::into_inner).get(&id) {
        return Ok(Arc::clone(known));
    }
    let mut parts = Vec::new();
    T::schemas(&mut parts);
    let parts: BTreeMap<String, _> = parts.into_iter().collect();
    let mut whole = serde_json::to_value(T::schema()).map_err(|error| error.to_string())?;
    if let Some(fields) = whole.as_object_mut() {
        fields.insert("components".into(), json!({"schemas": parts}));
    }
    let made = jsonschema::draft202012::new(&whole).map_err(|error| error.to_string())?;
    let made = Arc::new(made);
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    known.insert(id, Arc::clone(&made));
    Ok(made)
}

/// A value that may be one of several kinds is at fault where the bounds of one of them say so; where none does, as a whole.
fn collect(error: &ValidationError<'_>, faults: &mut Vec<Fault>) {
    let detail = match error.kind() {
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            let before = faults.len();
            let bounds = |error: &&ValidationError<'_>| !matches!(error.kind(), Kind::Type { .. });
            for error in context.iter().flatten().filter(bounds) {
                collect(error, faults);
            }
            (faults.len() == before).then(|| "this is of another type than is described".to_owned())
        }
        kind => words(kind),
    };
    let Some(detail) = detail else {
        return;
    };
    let names: Vec<String> = problem::names(error.instance_path().as_str()).collect();
    faults.push(Fault {
        detail,
        place: Place::of_field(names.iter().map(String::as_str)),
    });
}

/// None of them repeats what was sent.
fn words(kind: &Kind) -> Option<String> {
    Some(match kind {
        Kind::MinLength { limit: 1 } => "this must not be empty".to_owned(),
        Kind::MinLength { limit } => format!("this has {limit} characters at least"),
        Kind::MaxLength { limit } => format!("this has {limit} characters at most"),
        Kind::Minimum { limit } => format!("this is {limit} at least"),
        Kind::Maximum { limit } => format!("this is {limit} at most"),
        Kind::MinItems { limit: 1 } => "there must be one at least".to_owned(),
        Kind::MinItems { limit } => format!("there must be {limit} at least"),
        Kind::MaxItems { limit } => format!("there may be {limit} at most"),
        // serde takes an array for a struct.
        Kind::Type { .. } => "this is of another type than is described".to_owned(),
        Kind::Pattern { .. } => "this has characters that it must not have".to_owned(),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::admin::answers::{CreateApp, PutTarget, SetApp, SetCanary};

    fn places<T: ToSchema + 'static>(body: &Value) -> Vec<String> {
        let validator = validator::<T>().expect("is one");
        let mut faults = Vec::new();
        for error in validator.iter_errors(body) {
            collect(&error, &mut faults);
        }
        let place = |fault: Fault| match fault.place {
            Place::Pointer(pointer) => pointer,
            Place::Parameter(name) => name,
        };
        faults.into_iter().map(place).collect()
    }

    #[test]
    fn bounds_hold_wherever_they_stand() {
        let long = "x".repeat(5_000);
        assert_eq!(places::<CreateApp>(&json!({"name": "okta"})), [""; 0]);
        assert_eq!(places::<CreateApp>(&json!({"name": long})), ["#/name"]);
        assert_eq!(places::<CreateApp>(&json!({"name": ""})), ["#/name"]);
        assert_eq!(
            places::<SetApp>(&json!({"protected-groups": ["a", ""]})),
            ["#/protected-groups/1"]
        );
        assert_eq!(
            places::<SetCanary>(&json!({"share": {"number": 1, "percent": 101}})),
            ["#/share/percent"]
        );
        assert_eq!(places::<SetCanary>(&json!({"share": [1, 2]})), ["#/share"]);
        assert_eq!(places::<SetApp>(&json!([null])), ["#"]);
        let target = json!({"name": "a/b", "product": "jira", "base-url": "https://jira.example.com", "proxy": null,
            "credentials": {"method": "token", "token": long}});
        let mut found = places::<PutTarget>(&target);
        found.sort();
        assert_eq!(found, ["#/credentials/token", "#/name"]);
    }
}
