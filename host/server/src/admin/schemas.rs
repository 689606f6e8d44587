//! Extension schemas of an app.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde_json::Value;
use tidegate_scim::ResourceKind;
use tidegate_scim::schema::Registered;

use super::answers::{PutSchema, ResourceTypeName, SchemaSummary};
use super::error::{Refusal, app};
use crate::access::address::Path;
use crate::access::body::Fields;
use crate::clock::now_ms;
use crate::service::Service;

/// `GET /apps/{app}/schemas`.
#[utoipa::path(get, path = "/apps/{app}/schemas", responses((status = 200, body = Vec<SchemaSummary>)))]
pub(super) async fn list(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
) -> Result<Json<Vec<SchemaSummary>>, Refusal> {
    let app = app(&service, &name)?;
    let registered = service.store.app_schemas(app.seq)?;
    Ok(Json(registered.iter().map(summary).collect()))
}

/// `GET /apps/{app}/schemas/{urn}`: the SCIM Schema document.
#[utoipa::path(get, path = "/apps/{app}/schemas/{urn}", responses((status = 200, body = Value)))]
pub(super) async fn read(
    State(service): State<Arc<Service>>,
    Path((name, urn)): Path<(String, String)>,
) -> Result<Json<Value>, Refusal> {
    let app = app(&service, &name)?;
    let registered = service.store.app_schemas(app.seq)?;
    let found = registered
        .iter()
        .find(|schema| schema.urn().eq_ignore_ascii_case(&urn));
    found
        .map(|schema| Json(schema.document()))
        .ok_or_else(|| no_such(&urn))
}

/// `POST /apps/{app}/schemas`: registers an extension, or changes it.
#[utoipa::path(post, path = "/apps/{app}/schemas", request_body = PutSchema, responses((status = 200, body = SchemaSummary), (status = 409)))]
pub(super) async fn put(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
    Fields(wanted): Fields<PutSchema>,
) -> Result<Json<SchemaSummary>, Refusal> {
    let app = app(&service, &name)?;
    let kinds = wanted.resource_types.iter().map(|name| kind(*name)).collect();
    let registered = Registered::read(&wanted.schema, kinds, wanted.required).map_err(|problems| {
        let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
        Refusal::unfit("schema", lines.join("\n"))
    })?;
    let summary = summary(&registered);
    service.store.put_schema(app.seq, registered, now_ms()).await?;
    service.reload_apps()?;
    Ok(Json(summary))
}

/// `DELETE /apps/{app}/schemas/{urn}`.
#[utoipa::path(delete, path = "/apps/{app}/schemas/{urn}", responses((status = 204), (status = 409)))]
pub(super) async fn remove(
    State(service): State<Arc<Service>>,
    Path((name, urn)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    let app = app(&service, &name)?;
    let known = service.store.app_schemas(app.seq)?;
    let found = known
        .iter()
        .find(|schema| schema.urn().eq_ignore_ascii_case(&urn));
    let found = found.ok_or_else(|| no_such(&urn))?;
    service.store.remove_schema(app.seq, found.urn()).await?;
    service.reload_apps()?;
    Ok(StatusCode::NO_CONTENT)
}

fn no_such(urn: &str) -> Refusal {
    Refusal::not_found(format!("the app has no extension {urn:?}"))
}

fn kind(name: ResourceTypeName) -> ResourceKind {
    match name {
        ResourceTypeName::User => ResourceKind::User,
        ResourceTypeName::Group => ResourceKind::Group,
    }
}

fn summary(registered: &Registered) -> SchemaSummary {
    let name = |kind: &ResourceKind| match kind {
        ResourceKind::User => ResourceTypeName::User,
        ResourceKind::Group => ResourceTypeName::Group,
    };
    SchemaSummary {
        urn: registered.urn().to_owned(),
        name: registered.name().to_owned(),
        resource_types: registered.kinds.iter().map(name).collect(),
        required: registered.required,
    }
}
