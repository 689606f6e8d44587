//! OAuth clients of an app.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use tidegate_store::oauth::Client;

use super::answers::{ClientSummary, CreateClient, NewClient, RotateToken};
use super::error::{Refusal, app, check_name};
use crate::access::address::Path;
use crate::access::body::Fields;
use crate::apps::App;
use crate::clock::now_ms;
use crate::oauth::keys;
use crate::service::Service;

/// `GET /apps/{app}/clients`.
#[utoipa::path(get, path = "/apps/{app}/clients", responses((status = 200, body = Vec<ClientSummary>)))]
pub(super) async fn list(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
) -> Result<Json<Vec<ClientSummary>>, Refusal> {
    let app = app(&service, &name)?;
    let now_ms = now_ms();
    let summary = |client: &Client| ClientSummary {
        name: client.name.clone(),
        client_id: client.id.clone(),
        signs: client.keys.is_some(),
        secrets: client
            .secrets
            .iter()
            .filter(|(_, until)| until.is_none_or(|until| now_ms < until))
            .count(),
    };
    Ok(Json(app.clients.iter().map(summary).collect()))
}

/// `POST /apps/{app}/clients`.
#[utoipa::path(post, path = "/apps/{app}/clients", request_body = CreateClient, responses((status = 201, body = NewClient), (status = 409)))]
pub(super) async fn create(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
    Fields(wanted): Fields<CreateClient>,
) -> Result<(StatusCode, Json<NewClient>), Refusal> {
    let app = app(&service, &name)?;
    let client_name = check_name("a client", &wanted.name)?;
    let key_set = wanted.keys.map(|keys| keys.to_string());
    if let Some(set) = &key_set {
        keys::check(set).map_err(|message| Refusal::unfit("keys", message))?;
    }
    let made = service
        .store
        .create_client(app.seq, client_name, key_set, now_ms());
    let (client, secret) = made.await?;
    service.reload_apps()?;
    Ok((StatusCode::CREATED, Json(shown(&service, &app, client, secret))))
}

/// `POST /apps/{app}/clients/{client}/secret`: a new secret; older ones go on for a while.
#[utoipa::path(post, path = "/apps/{app}/clients/{client}/secret", request_body = RotateToken, responses((status = 200, body = NewClient), (status = 409)))]
pub(super) async fn rotate(
    State(service): State<Arc<Service>>,
    Path((name, client)): Path<(String, String)>,
    Fields(wanted): Fields<RotateToken>,
) -> Result<Json<NewClient>, Refusal> {
    let app = app(&service, &name)?;
    let known = app
        .clients
        .iter()
        .find(|known| known.name.eq_ignore_ascii_case(&client));
    if known.is_some_and(|known| known.keys.is_some()) {
        let message = "this client signs assertions: it has no secret to rotate";
        return Err(Refusal::new(StatusCode::CONFLICT, message));
    }
    let now = now_ms();
    let until = now + i64::from(wanted.overlap_seconds) * 1_000;
    let (client, secret) = service
        .store
        .rotate_client_secret(app.seq, &client, now, until)
        .await?;
    service.reload_apps()?;
    Ok(Json(shown(&service, &app, client, Some(secret))))
}

/// `DELETE /apps/{app}/clients/{client}`.
#[utoipa::path(delete, path = "/apps/{app}/clients/{client}", responses((status = 204)))]
pub(super) async fn remove(
    State(service): State<Arc<Service>>,
    Path((name, client)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    let app = app(&service, &name)?;
    service.store.remove_client(app.seq, &client).await?;
    service.reload_apps()?;
    Ok(StatusCode::NO_CONTENT)
}

fn shown(service: &Service, app: &App, client: Client, client_secret: Option<String>) -> NewClient {
    let issuer = service.issuer(&app.id);
    NewClient {
        name: client.name,
        client_id: client.id,
        client_secret,
        token_endpoint: format!("{issuer}/token"),
        issuer,
    }
}
