//! Administrators, by administrators.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use tidegate_store::access::{Administrator, SetAdministrator};

use super::address::Path;
use super::body::Fields;
use crate::admin::answers::{AdministratorSummary, CreateAdministrator, PatchAdministrator};
use crate::admin::error::{Refusal, check_name};
use crate::clock::now_ms;
use crate::service::Service;

/// `GET /administrators`.
#[utoipa::path(get, path = "/administrators", responses((status = 200, body = Vec<AdministratorSummary>)))]
pub(crate) async fn list(
    State(service): State<Arc<Service>>,
) -> Result<Json<Vec<AdministratorSummary>>, Refusal> {
    let known = service.store.administrators()?;
    Ok(Json(known.into_iter().map(shown).collect()))
}

/// `POST /administrators`.
#[utoipa::path(post, path = "/administrators", request_body = CreateAdministrator, responses((status = 201, body = AdministratorSummary), (status = 409), (status = 429)))]
pub(crate) async fn create(
    State(service): State<Arc<Service>>,
    Fields(wanted): Fields<CreateAdministrator>,
) -> Result<(StatusCode, Json<AdministratorSummary>), Refusal> {
    let name = check_name("an administrator", &wanted.name)?;
    let password = service.passwords.hash("password", name, &wanted.password).await?;
    let made = service
        .store
        .create_administrator(name, password, wanted.role, now_ms());
    Ok((StatusCode::CREATED, Json(shown(made.await?))))
}

/// `PATCH /administrators/{name}`: what is left out stays. Another password signs them out everywhere.
#[utoipa::path(patch, path = "/administrators/{name}", request_body = PatchAdministrator, responses((status = 200, body = AdministratorSummary), (status = 409), (status = 429)))]
pub(crate) async fn set(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
    Fields(wanted): Fields<PatchAdministrator>,
) -> Result<Json<AdministratorSummary>, Refusal> {
    let password = match &wanted.password {
        Some(password) => Some(service.passwords.hash("password", &name, password).await?),
        None => None,
    };
    let wanted = SetAdministrator {
        password,
        role: wanted.role,
        disabled: wanted.disabled,
    };
    Ok(Json(shown(service.store.set_administrator(&name, wanted).await?)))
}

/// `DELETE /administrators/{name}`.
#[utoipa::path(delete, path = "/administrators/{name}", responses((status = 204), (status = 409)))]
pub(crate) async fn remove(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
) -> Result<StatusCode, Refusal> {
    service.store.remove_administrator(&name).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn shown(known: Administrator) -> AdministratorSummary {
    AdministratorSummary {
        name: known.name,
        role: known.role,
        disabled: known.disabled,
        created_ms: known.created_ms,
        issuer: known.issuer,
    }
}
