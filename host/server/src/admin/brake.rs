//! The brake.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::json;
use tidegate_store::audit::AuditLine;

use super::answers::{ReleaseBrake, Released};
use super::error::{Refusal, app};
use crate::access::actor;
use crate::access::address::Path;
use crate::access::body::Fields;
use crate::clock::now_ms;
use crate::service::Service;

/// `POST /apps/{app}/brake/release`: what is held goes on, and the count begins anew.
#[utoipa::path(post, path = "/apps/{app}/brake/release", request_body = ReleaseBrake, responses((status = 200, body = Vec<Released>)))]
pub(super) async fn release(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
    Fields(wanted): Fields<ReleaseBrake>,
) -> Result<Json<Vec<Released>>, Refusal> {
    let app = app(&service, &name)?;
    let named = match &wanted.target {
        None => app.targets.as_slice(),
        Some(name) => {
            let target = app.target(name);
            let unknown = || Refusal::not_found(format!("the app has no target {name:?}")).of_field("target");
            std::slice::from_ref(target.ok_or_else(unknown)?)
        }
    };
    let mut released = Vec::new();
    for target in named {
        let Some(pulled) = service.store.brake(target.seq)? else {
            continue;
        };
        let line = AuditLine {
            at_ms: now_ms(),
            app: Some(app.seq),
            request: actor::request(),
            actor: actor::who(),
            action: "brake.release".into(),
            subject: target.config.name.clone(),
            detail: json!(pulled),
        };
        released.push(Released {
            target: target.config.name.clone(),
            rows: service.store.release_brake(target.seq, line).await?,
        });
        target.wake.notify_one();
    }
    Ok(Json(released))
}
