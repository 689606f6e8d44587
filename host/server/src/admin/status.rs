//! How everything stands.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use super::answers::{AppStatus, Status, TargetLine};
use super::apps::summary;
use super::error::Refusal;
use crate::apps::{App, Target};
use crate::service::Service;

/// Failures shown per target.
const FAILURES: u64 = 20;

/// `GET /status`.
#[utoipa::path(get, path = "/status", responses((status = 200, body = Status)))]
pub(super) async fn status(State(service): State<Arc<Service>>) -> Result<Json<Status>, Refusal> {
    let apps = service.apps();
    let lines: Result<_, _> = apps.all().into_iter().map(|app| one(&service, app)).collect();
    Ok(Json(Status { apps: lines? }))
}

fn one(service: &Service, app: &App) -> Result<AppStatus, Refusal> {
    let targets: Result<_, _> = app.targets.iter().map(|target| line(service, target)).collect();
    Ok(AppStatus {
        app: summary(service, app)?,
        restating: service.store.restatement(app.seq)?.is_some(),
        targets_status: targets?,
    })
}

fn line(service: &Service, target: &Target) -> Result<TargetLine, Refusal> {
    Ok(TargetLine {
        name: target.config.name.clone(),
        product: target.config.product.to_string(),
        stopped: target.stopped(),
        resting: target.resting(),
        brake: service.store.brake(target.seq)?,
        rows: service.store.target_status(target.seq)?,
        failures: service.store.failures(target.seq, FAILURES)?,
    })
}
