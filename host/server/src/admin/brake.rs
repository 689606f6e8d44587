//! The brake.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::json;

use super::answers::{ReleaseBrake, Released};
use super::error::{Refusal, app, target};
use crate::access::actor;
use crate::access::address::Path;
use crate::access::body::Fields;
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
            let named = target(&app, name).map_err(|refusal| refusal.of_field("target"));
            std::slice::from_ref(named?)
        }
    };
    let mut released = Vec::new();
    for target in named {
        let Some(pulled) = service.store.brake(target.seq)? else {
            continue;
        };
        let line = actor::line(&app, "brake.release", &target.config.name, json!(pulled));
        released.push(Released {
            target: target.config.name.clone(),
            rows: service.store.release_brake(target.seq, line).await?,
        });
        target.wake.notify_one();
    }
    Ok(Json(released))
}
