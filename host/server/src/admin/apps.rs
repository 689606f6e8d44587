//! Apps and their tokens.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;

use super::answers::{AppSummary, CreateApp, RotateToken};
use super::error::{Refusal, app};
use crate::apps::App;
use crate::clock::now_ms;
use crate::service::Service;
use crate::setup::NewApp;

/// Characters of an app's name.
const LONGEST_NAME: usize = 64;

/// `GET /apps`.
pub(super) async fn list(State(service): State<Arc<Service>>) -> Result<Json<Vec<AppSummary>>, Refusal> {
    let apps = service.apps();
    let summaries: Result<_, _> = apps.all().into_iter().map(|app| summary(&service, app)).collect();
    Ok(Json(summaries?))
}

/// `POST /apps`.
pub(super) async fn create(
    State(service): State<Arc<Service>>,
    Json(wanted): Json<CreateApp>,
) -> Result<(StatusCode, Json<NewApp>), Refusal> {
    let name = wanted.name.trim();
    // It becomes part of paths of this API and of log lines.
    let plain = |c: char| c.is_alphanumeric() || " -_.".contains(c);
    if name.is_empty() || name.chars().count() > LONGEST_NAME || !name.chars().all(plain) {
        let message = format!("an app's name has 1 to {LONGEST_NAME} letters, digits, spaces or - _ .");
        return Err(Refusal::new(StatusCode::BAD_REQUEST, message));
    }
    Ok((StatusCode::CREATED, Json(service.create_app(name).await?)))
}

/// `POST /apps/{app}/token`.
pub(super) async fn rotate_token(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
    Json(wanted): Json<RotateToken>,
) -> Result<Json<NewApp>, Refusal> {
    let app = app(&service, &name)?;
    let now = now_ms();
    let until = now + i64::from(wanted.overlap_seconds) * 1_000;
    let token = service.store.rotate_token(app.seq, now, until).await?;
    service.reload_apps()?;
    Ok(Json(NewApp {
        name: app.name.clone(),
        base_url: service.base_url(&app.id),
        token,
    }))
}

pub(super) fn summary(service: &Service, app: &App) -> Result<AppSummary, Refusal> {
    let row = service.store.app(app.seq)?;
    let policy = row
        .active_version
        .map(|id| service.store.version(id))
        .transpose()?;
    Ok(AppSummary {
        name: app.name.clone(),
        base_url: service.base_url(&app.id),
        users: row.users,
        groups: row.groups,
        targets: app
            .targets
            .iter()
            .map(|target| target.config.name.clone())
            .collect(),
        policy: policy.map(|row| format!("{} {} (version {})", row.name, row.semver, row.number)),
    })
}
