//! Policy versions.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::StatusCode;
use tidegate_runtime::grants::Grants;
use tidegate_store::policies::VersionRow;
use tokio::sync::mpsc;

use super::answers::{ActivatePolicy, DeployPolicy, PolicyVersion, PreviewLine, SetCanary};
use super::error::{Refusal, app};
use crate::access::actor;
use crate::apps::App;
use crate::policies::{Deployment, PolicyError, STANDARD, Vouched};
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
    if wanted.activate {
        require_preview(&app, None)?;
    }
    let deployment = Deployment {
        component,
        settings,
        grants,
        vouched: Vouched {
            digest: wanted.digest,
            signature: wanted.signature,
        },
    };
    let same = match wanted.reuse {
        true => service.same_version(&app, &deployment)?,
        false => None,
    };
    let mut row = match same {
        Some(row) => row,
        None => service.deploy(&app, deployment).await?,
    };
    if wanted.activate {
        row = service.activate(&app, row.number, None).await?;
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
    let preview = wanted.preview.as_deref();
    require_preview(&app, preview)?;
    service.vouch(&service.usable_version(&app, number)?)?;
    let row = service.activate(&app, number, preview).await?;
    after(&service, app.seq, &row, wanted.restate || preview.is_some()).await?;
    Ok(Json(shown(row)))
}

/// `POST /apps/{app}/policies/{number}/preview`: lines of JSON ([`PreviewLine`]). It ends with the
/// connection.
pub(super) async fn preview(
    State(service): State<Arc<Service>>,
    Path((name, number)): Path<(String, i64)>,
) -> Result<Body, Refusal> {
    let app = app(&service, &name)?;
    let (lines, mut taken) = mpsc::channel(8);
    tokio::spawn(actor::carried(async move {
        // A bar may miss a step; the last line may not be missed.
        let progress = |at| drop(lines.try_send(line(&PreviewLine::Progress(at))));
        let made = service.preview(&app, number, &progress);
        let last = tokio::select! {
            () = lines.closed() => return,
            made = made => match made {
                Ok(preview) => PreviewLine::Preview(Box::new(preview)),
                Err(error) => PreviewLine::Error(error.to_string()),
            },
        };
        drop(lines.send(line(&last)).await);
    }));
    Ok(Body::from_stream(futures::stream::poll_fn(move |context| {
        taken.poll_recv(context)
    })))
}

fn line(line: &PreviewLine) -> serde_json::Result<String> {
    Ok(serde_json::to_string(line)? + "\n")
}

fn require_preview(app: &App, preview: Option<&str>) -> Result<(), Refusal> {
    match app.options.require_preview && preview.is_none() {
        true => Err(PolicyError::PreviewRequired.into()),
        false => Ok(()),
    }
}

/// `PUT /apps/{app}/canary`: a version decides about a share of the resources, or about none.
pub(super) async fn canary(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
    Json(wanted): Json<SetCanary>,
) -> Result<StatusCode, Refusal> {
    let app = app(&service, &name)?;
    if wanted.share.is_some_and(|share| share.percent > 100) {
        return Err(Refusal::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "a share has at most 100 %",
        ));
    }
    service.set_canary(&app, wanted.share).await?;
    Ok(StatusCode::NO_CONTENT)
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
