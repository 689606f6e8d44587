//! What is wrong, and how to mend it.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use crate::doctor::{self, Finding};
use crate::service::Service;

/// `GET /doctor`.
#[utoipa::path(get, path = "/doctor", responses((status = 200, body = Vec<Finding>)))]
pub(super) async fn read(State(service): State<Arc<Service>>) -> Json<Vec<Finding>> {
    Json(doctor::examine(&service).await)
}
