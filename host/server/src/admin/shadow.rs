//! A version that decides beside the one in force.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use super::answers::{SetShadow, ShadowReport};
use super::error::{Refusal, app};
use crate::access::address::Path;
use crate::access::body::Fields;
use crate::service::Service;

/// `GET /apps/{app}/shadow`: what was seen so far.
#[utoipa::path(get, path = "/apps/{app}/shadow", responses((status = 200, body = Option<ShadowReport>)))]
pub(super) async fn read(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
) -> Result<Json<Option<ShadowReport>>, Refusal> {
    let app = app(&service, &name)?;
    Ok(Json(report(&service, app.seq)))
}

/// `PUT /apps/{app}/shadow`: it begins, or ends. A restart ends it too.
#[utoipa::path(put, path = "/apps/{app}/shadow", request_body = SetShadow, responses((status = 200, body = Option<ShadowReport>)))]
pub(super) async fn set(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
    Fields(wanted): Fields<SetShadow>,
) -> Result<Json<Option<ShadowReport>>, Refusal> {
    let app = app(&service, &name)?;
    let last = report(&service, app.seq);
    match wanted.number {
        None => {
            service.shadows.set(app.seq, None);
            Ok(Json(last))
        }
        Some(number) => {
            let row = service.usable_version(&app, number)?;
            let version = service.compiled(&row).await?;
            service.shadows.set(app.seq, Some((number, version)));
            service.note(&app, "policy.shadow", &row, "").await?;
            Ok(Json(report(&service, app.seq)))
        }
    }
}

fn report(service: &Service, app: i64) -> Option<ShadowReport> {
    let shadow = service.shadows.of(app)?;
    Some(ShadowReport {
        number: shadow.number(),
        seen: shadow.seen(),
    })
}
