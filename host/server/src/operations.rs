//! What operators' machines ask: alive, ready, metrics.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use tidegate_store::StoreError;

use crate::metrics::{RowLabels, TargetLabels, TryLabels};
use crate::service::Service;

/// The routes. A proxy in front should not forward them to the world.
pub(crate) fn router(service: Arc<Service>) -> Router {
    Router::new()
        .route("/livez", get(async || "alive\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .with_state(service)
}

/// Ready: the database answers, and every app has rules to decide by.
async fn ready(State(service): State<Arc<Service>>) -> (StatusCode, String) {
    if let Err(error) = service.store.apps() {
        tracing::error!(%error, "not ready: the database does not answer");
        return (
            StatusCode::SERVICE_UNAVAILABLE,
            "the database does not answer\n".into(),
        );
    }
    let apps = service.apps();
    let unruled: Vec<&str> = apps
        .all()
        .into_iter()
        .filter(|app| service.registry.current(app.seq).is_none())
        .map(|app| app.name.as_str())
        .collect();
    if unruled.is_empty() {
        (StatusCode::OK, "ready\n".into())
    } else {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            format!("no policy version works for: {}\n", unruled.join(", ")),
        )
    }
}

async fn metrics(
    State(service): State<Arc<Service>>,
) -> Result<impl axum::response::IntoResponse, StatusCode> {
    let counted = Arc::clone(&service);
    // Counts rows: off the threads that answer requests.
    let counting = tokio::task::spawn_blocking(move || count(&counted)).await;
    if let Ok(Err(error)) = counting {
        tracing::error!(%error, "rows of desired state were not counted");
        return Err(StatusCode::SERVICE_UNAVAILABLE);
    }
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(([(CONTENT_TYPE, kind)], service.metrics.render()))
}

/// Outcomes of tries that alerts look at. They are there from 0: of a counter that begins with 1, Prometheus knows no
/// increase.
const LOOKED_AT: [&str; 3] = ["unauthorized", "unavailable", "seats-exhausted"];

fn count(service: &Service) -> Result<(), StoreError> {
    let metrics = &service.metrics;
    for app in service.apps().all() {
        for target in &app.targets {
            let name = &target.config.name;
            let is_stopped = i64::from(target.stopped().is_some());
            let labels = TargetLabels { target: name.clone() };
            metrics.stopped.get_or_create(&labels).set(is_stopped);
            for outcome in LOOKED_AT {
                let labels = TryLabels {
                    target: name.clone(),
                    outcome: outcome.into(),
                };
                drop(metrics.tries.get_or_create(&labels));
            }
            let status = service.store.target_status(target.seq)?;
            for (state, count) in status.totals() {
                let labels = RowLabels {
                    target: name.clone(),
                    state: state.into(),
                };
                metrics
                    .rows
                    .get_or_create(&labels)
                    .set(i64::try_from(count).unwrap_or(i64::MAX));
            }
        }
    }
    Ok(())
}
