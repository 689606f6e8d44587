//! Policy versions.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::Response;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::StatusCode;
use tidegate_runtime::grants::Grants;
use tidegate_store::policies::VersionRow;
use tokio::sync::mpsc;

use super::answers::{ActivatePolicy, DeployPolicy, PolicyDetail, PolicyVersion, PreviewLine, SetCanary};
use super::error::{Refusal, app};
use super::lines;
use super::problem::Place;
use crate::access::actor;
use crate::access::address::Path;
use crate::access::body::{self, Fields};
use crate::apps::App;
use crate::policies::{Deployment, PolicyError, STANDARD, Vouched};
use crate::service::Service;

/// `GET /apps/{app}/policies`: newest first.
#[utoipa::path(get, path = "/apps/{app}/policies", responses((status = 200, body = Vec<PolicyVersion>)))]
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
#[utoipa::path(post, path = "/apps/{app}/policies", request_body = DeployPolicy, responses((status = 200, body = PolicyVersion)))]
pub(super) async fn deploy(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
    Fields(wanted): Fields<DeployPolicy>,
) -> Result<Json<PolicyVersion>, Refusal> {
    let app = app(&service, &name)?;
    let from = wanted.from.map(|number| service.usable_version(&app, number));
    let from = from
        .transpose()
        .map_err(|error| Refusal::from(error).of_field("from"))?;
    let component = match (wanted.component, &from) {
        (Some(text), _) => BASE64_STANDARD
            .decode(text)
            .map_err(|error| Refusal::unfit("component", format!("this is no base64: {error}")))?,
        (None, Some(from)) => service.store.component(&from.digest)?,
        (None, None) => STANDARD.to_vec(),
    };
    let signature = match (wanted.signature, &from) {
        // Who vouched for the component then does so now.
        (None, Some(from)) => service.store.signature(&from.digest)?,
        (given, _) => given,
    };
    let grants = match (wanted.grants, &from) {
        (Some(grants), _) => body::part("grants", &grants)?,
        (None, Some(from)) => serde_json::from_str(&from.grants).map_err(PolicyError::from)?,
        (None, None) => Grants::default(),
    };
    let settings = match (wanted.settings, &from) {
        (Some(settings), _) => settings.to_string(),
        (None, Some(from)) => from.settings.clone(),
        (None, None) => "{}".to_owned(),
    };
    if wanted.activate {
        require_preview(&app, None)?;
    }
    let deployment = Deployment {
        component,
        settings,
        grants,
        vouched: Vouched {
            digest: wanted.digest,
            signature,
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

/// `GET /apps/{app}/policies/{number}`: with its settings, their schema, and its grants.
#[utoipa::path(get, path = "/apps/{app}/policies/{number}", responses((status = 200, body = PolicyDetail), (status = 422)))]
pub(super) async fn read(
    State(service): State<Arc<Service>>,
    Path((name, number)): Path<(String, i64)>,
) -> Result<Json<PolicyDetail>, Refusal> {
    let app = app(&service, &name)?;
    let row = service.any_version(&app, number)?;
    let parse = |text: &str| serde_json::from_str(text).map_err(PolicyError::from);
    // One that failed has settings to look at, and nothing to ask for its schema.
    let compiled = match row.state.as_str() {
        "failed" => None,
        _ => Some(service.compiled_version(&app, &row).await?),
    };
    let described = compiled.as_ref().map(|version| version.description().clone());
    Ok(Json(PolicyDetail {
        settings: parse(&row.settings)?,
        grants: parse(&row.grants)?,
        settings_schema: described
            .as_ref()
            .and_then(|described| serde_json::from_str(&described.settings_schema).ok())
            .unwrap_or_default(),
        summary: described.map_or_else(String::new, |described| described.summary),
        imports: compiled.map_or_else(Vec::new, |version| version.imports().to_vec()),
        created_ms: row.created_ms,
        activated_ms: row.activated_ms,
        version: shown(row),
    }))
}

/// `POST /apps/{app}/policies/{number}/activate`.
#[utoipa::path(post, path = "/apps/{app}/policies/{number}/activate", request_body = ActivatePolicy, responses((status = 200, body = PolicyVersion)))]
pub(super) async fn activate(
    State(service): State<Arc<Service>>,
    Path((name, number)): Path<(String, i64)>,
    Fields(wanted): Fields<ActivatePolicy>,
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
#[utoipa::path(post, path = "/apps/{app}/policies/{number}/preview", responses((status = 200, body = PreviewLine, content_type = lines::MEDIA, description = "Lines of JSON")))]
pub(super) async fn preview(
    State(service): State<Arc<Service>>,
    Path((name, number)): Path<(String, i64)>,
) -> Result<Response, Refusal> {
    let app = app(&service, &name)?;
    service.usable_version(&app, number)?;
    let (sender, taken) = mpsc::channel(8);
    tokio::spawn(actor::carried(async move {
        // A bar may miss a step; the last line may not be missed.
        let progress = |at| drop(sender.try_send(line(&PreviewLine::Progress(at))));
        let made = service.preview(&app, number, &progress);
        let last = tokio::select! {
            () = sender.closed() => return,
            made = made => match made {
                Ok(preview) => PreviewLine::Preview(Box::new(preview)),
                Err(error) => PreviewLine::Error(error.to_string()),
            },
        };
        drop(sender.send(line(&last)).await);
    }));
    Ok(lines::answer(taken))
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
#[utoipa::path(put, path = "/apps/{app}/canary", request_body = SetCanary, responses((status = 204)))]
pub(super) async fn canary(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
    Fields(wanted): Fields<SetCanary>,
) -> Result<StatusCode, Refusal> {
    let app = app(&service, &name)?;
    if wanted.share.is_some_and(|share| share.percent > 100) {
        let place = Place::of_field(["share", "percent"]);
        return Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "a share has at most 100 %").at(place));
    }
    service.set_canary(&app, wanted.share).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /apps/{app}/rollback`.
#[utoipa::path(post, path = "/apps/{app}/rollback", request_body = ActivatePolicy, responses((status = 200, body = PolicyVersion)))]
pub(super) async fn rollback(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
    Fields(wanted): Fields<ActivatePolicy>,
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
