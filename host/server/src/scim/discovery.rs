//! `/ServiceProviderConfig`, `/Schemas`, `/ResourceTypes`, and what is not offered.

use axum::extract::{FromRequestParts, Path};
use http::request::Parts;
use tidegate_scim::discovery;
use tidegate_scim::error::ScimError;

use super::call::Call;
use super::reply::{Answer, Reply};
use super::{Endpoint, Refused};

/// A call that reads a discovery document: without a filter.
pub(super) struct Discovery(Call);

impl FromRequestParts<Endpoint> for Discovery {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, endpoint: &Endpoint) -> Result<Self, Refused> {
        discovery::refuse_filter(parts.uri.query())?;
        Call::from_request_parts(parts, endpoint).await.map(Self)
    }
}

/// `GET /ServiceProviderConfig`.
pub(super) async fn service_provider_config(Discovery(call): Discovery) -> Answer {
    Ok(Reply::ok(discovery::service_provider_config(
        &call.base_url(),
        call.app.authentication(),
    )))
}

/// `GET /Schemas`.
pub(super) async fn schemas(Discovery(call): Discovery) -> Answer {
    Ok(Reply::ok(discovery::schemas(&call.app.schemas, &call.base_url())))
}

/// `GET /Schemas/{urn}`.
pub(super) async fn schema(Discovery(call): Discovery, Path((_, urn)): Path<(String, String)>) -> Answer {
    let found = discovery::schema(&call.app.schemas, &call.base_url(), &urn);
    let none = || ScimError::not_found(format!("There is no schema {urn:?} here."));
    Ok(Reply::ok(found.ok_or_else(none)?))
}

/// `GET /ResourceTypes`.
pub(super) async fn resource_types(Discovery(call): Discovery) -> Answer {
    Ok(Reply::ok(discovery::resource_types(
        &call.app.schemas,
        &call.base_url(),
    )))
}

/// `GET /ResourceTypes/{name}`.
pub(super) async fn resource_type(
    Discovery(call): Discovery,
    Path((_, name)): Path<(String, String)>,
) -> Answer {
    let found = discovery::resource_type(&call.app.schemas, &call.base_url(), &name);
    let none = || ScimError::not_found(format!("There is no resource type {name:?} here."));
    Ok(Reply::ok(found.ok_or_else(none)?))
}

/// `/Me` is the user behind the credential (RFC 7644 section 3.11), and a credential here is an
/// app's: there is nobody.
pub(super) async fn me() -> Refused {
    Refused(ScimError::not_implemented(
        "The token belongs to an app, not to a user: there is no /Me.",
    ))
}
