//! `/ServiceProviderConfig`, `/Schemas`, `/ResourceTypes`.

use axum::extract::{Extension, Path, State};
use tidegate_scim::discovery;
use tidegate_scim::error::ScimError;

use super::reply::{Answer, Reply};
use super::{Caller, Endpoint};

/// `GET /ServiceProviderConfig`.
pub(super) async fn service_provider_config(
    State(endpoint): State<Endpoint>,
    Extension(caller): Extension<Caller>,
) -> Answer {
    Ok(Reply::ok(discovery::service_provider_config(&base_url(
        &endpoint, &caller,
    ))))
}

/// `GET /Schemas`.
pub(super) async fn schemas(
    State(endpoint): State<Endpoint>,
    Extension(caller): Extension<Caller>,
) -> Answer {
    Ok(Reply::ok(discovery::schemas(&base_url(&endpoint, &caller))))
}

/// `GET /Schemas/{urn}`.
pub(super) async fn schema(
    State(endpoint): State<Endpoint>,
    Extension(caller): Extension<Caller>,
    Path((_, urn)): Path<(String, String)>,
) -> Answer {
    let found = discovery::schema(&base_url(&endpoint, &caller), &urn);
    Ok(Reply::ok(found.ok_or_else(|| {
        ScimError::not_found(format!("There is no schema {urn:?} here."))
    })?))
}

/// `GET /ResourceTypes`.
pub(super) async fn resource_types(
    State(endpoint): State<Endpoint>,
    Extension(caller): Extension<Caller>,
) -> Answer {
    Ok(Reply::ok(discovery::resource_types(&base_url(
        &endpoint, &caller,
    ))))
}

/// `GET /ResourceTypes/{name}`.
pub(super) async fn resource_type(
    State(endpoint): State<Endpoint>,
    Extension(caller): Extension<Caller>,
    Path((_, name)): Path<(String, String)>,
) -> Answer {
    let found = discovery::resource_type(&base_url(&endpoint, &caller), &name);
    Ok(Reply::ok(found.ok_or_else(|| {
        ScimError::not_found(format!("There is no resource type {name:?} here."))
    })?))
}

fn base_url(endpoint: &Endpoint, caller: &Caller) -> String {
    endpoint.service.base_url(&caller.0.id)
}
