//! Policy versions.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::StatusCode;
use tidegate_runtime::grants::Grants;
use tidegate_store::policies::VersionRow;

use super::answers::{ActivatePolicy, DeployPolicy, PolicyVersion};
use super::error::{Refusal, app};
use crate::policies::{Deployment, STANDARD};
use crate::service::Service;

/// `GET /apps/{app}/policies`: newest first.
pub(super) async fn list(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
) -> Result<Json<Vec<PolicyVersion>>, Refusal> {
    let app = app(&service, &name)?;
    Ok(Json(
        service.store.versions(app.seq)?.into_iter().map(shown).collect(),
    ))
}

/// `POST /apps/{app}/policies`.
pub(super) async fn deploy(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
    Json(wanted): Json<DeployPolicy>,
) -> Result<Json<PolicyVersion>, Refusal> {
    let app = app(&service, &name)?;
    let bad = |message: String| Refusal::new(StatusCode::BAD_REQUEST, message);
    let component = match wanted.component {
        None => STANDARD.to_vec(),
        Some(text) => BASE64_STANDARD
            .decode(text)
            .map_err(|error| bad(format!("component: {error}")))?,
    };
    let grants = match wanted.grants {
        None => Grants::default(),
        Some(grants) => serde_json::from_value(grants).map_err(|error| bad(format!("grants: {error}")))?,
    };
    let settings = wanted
        .settings
        .map_or_else(|| "{}".to_owned(), |settings| settings.to_string());
    let mut row = service
        .deploy(
            &app,
            Deployment {
                component,
                settings,
                grants,
            },
        )
        .await?;
    if wanted.activate {
        row = service.activate(&app, row.number).await?;
        after(&service, app.seq, &row, wanted.restate).await?;
    }
    Ok(Json(shown(row)))
}

/// `POST /apps/{app}/policies/{number}/activate`.
pub(super) async fn activate(
    State(service): State<Arc<Service>>,
    Path((name, number)): Path<(String, i64)>,
    Json(wanted): Json<ActivatePolicy>,
) -> Result<Json<PolicyVersion>, Refusal> {
    let app = app(&service, &name)?;
    let row = service.activate(&app, number).await?;
    after(&service, app.seq, &row, wanted.restate).await?;
    Ok(Json(shown(row)))
}

/// `POST /apps/{app}/rollback`.
pub(super) async fn rollback(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
    Json(wanted): Json<ActivatePolicy>,
) -> Result<Json<PolicyVersion>, Refusal> {
    let app = app(&service, &name)?;
    let row = service.rollback(&app).await?;
    after(&service, app.seq, &row, wanted.restate).await?;
    Ok(Json(shown(row)))
}

async fn after(service: &Service, app: i64, row: &VersionRow, restate: bool) -> Result<(), Refusal> {
    if restate {
        service
            .restate(app, &format!("policy version {} was activated", row.number))
            .await?;
    }
    Ok(())
}

fn shown(row: VersionRow) -> PolicyVersion {
    PolicyVersion {
        number: row.number,
        name: row.name,
        version: row.semver,
        state: row.state,
        digest: row.digest,
        note: row.note,
    }
}
