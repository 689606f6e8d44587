//! `/ServiceProviderConfig`, `/Schemas`, `/ResourceTypes`.

use axum::extract::{Extension, Path, State};
use serde_json::Value;
use tidegate_scim::discovery;
use tidegate_scim::error::ScimError;
use tidegate_scim::present;

use super::reply::{Answer, Reply};
use super::{Caller, Endpoint};

/// `GET /ServiceProviderConfig`.
pub(super) async fn service_provider_config(
    State(endpoint): State<Endpoint>,
    Extension(caller): Extension<Caller>,
) -> Answer {
    Ok(Reply::ok(discovery::service_provider_config(&base_url(&endpoint, &caller))))
}

/// `GET /Schemas`.
pub(super) async fn schemas(State(endpoint): State<Endpoint>, Extension(caller): Extension<Caller>) -> Answer {
    Ok(list(discovery::schemas(&base_url(&endpoint, &caller))))
}

/// `GET /Schemas/{urn}`.
pub(super) async fn schema(
    State(endpoint): State<Endpoint>,
    Extension(caller): Extension<Caller>,
    Path((_, id)): Path<(String, String)>,
) -> Answer {
    one(discovery::schemas(&base_url(&endpoint, &caller)), &id)
}

/// `GET /ResourceTypes`.
pub(super) async fn resource_types(State(endpoint): State<Endpoint>, Extension(caller): Extension<Caller>) -> Answer {
    Ok(list(discovery::resource_types(&base_url(&endpoint, &caller))))
}

/// `GET /ResourceTypes/{id}`.
pub(super) async fn resource_type(
    State(endpoint): State<Endpoint>,
    Extension(caller): Extension<Caller>,
    Path((_, id)): Path<(String, String)>,
) -> Answer {
    one(discovery::resource_types(&base_url(&endpoint, &caller)), &id)
}

fn base_url(endpoint: &Endpoint, caller: &Caller) -> String {
    endpoint.service.base_url(&caller.0.id)
}

fn list(documents: Vec<Value>) -> Reply {
    let total = documents.len() as u64;
    Reply::ok(present::list(documents, total, 1))
}

fn one(documents: Vec<Value>, id: &str) -> Answer {
    let named = |document: &Value| document.get("id").and_then(Value::as_str) == Some(id);
    let found = documents.into_iter().find(named);
    Ok(Reply::ok(found.ok_or_else(|| ScimError::not_found(format!("There is no {id:?} here.")))?))
}
