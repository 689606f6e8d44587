//! Apps and their tokens.

use std::num::NonZeroU32;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde_json::json;
use tidegate_store::brake::BrakeRule;
use tidegate_store::survey::DriftRule;

use super::answers::{AppSummary, CreateApp, RotateToken, SetApp, SetBrake};
use super::error::{Refusal, app, check_name};
use crate::access::actor;
use crate::access::address::Path;
use crate::access::body::Fields;
use crate::apps::App;
use crate::clock::now_ms;
use crate::service::Service;
use crate::setup::NewApp;

/// Questions kept at most for an app: some megabytes, and seconds to ask them again.
const MOST_QUESTIONS: u32 = 10_000;

/// `GET /apps`.
#[utoipa::path(get, path = "/apps", responses((status = 200, body = Vec<AppSummary>)))]
pub(super) async fn list(State(service): State<Arc<Service>>) -> Result<Json<Vec<AppSummary>>, Refusal> {
    let apps = service.apps();
    let summaries: Result<_, _> = apps.all().into_iter().map(|app| summary(&service, app)).collect();
    Ok(Json(summaries?))
}

/// `POST /apps`.
#[utoipa::path(post, path = "/apps", request_body = CreateApp, responses((status = 201, body = NewApp), (status = 409)))]
pub(super) async fn create(
    State(service): State<Arc<Service>>,
    Fields(wanted): Fields<CreateApp>,
) -> Result<(StatusCode, Json<NewApp>), Refusal> {
    let name = check_name("an app", &wanted.name)?;
    Ok((
        StatusCode::CREATED,
        Json(service.create_app(name, wanted.provider).await?),
    ))
}

/// `PATCH /apps/{app}`: what is left out stays as it is.
#[utoipa::path(patch, path = "/apps/{app}", request_body = SetApp, responses((status = 200, body = AppSummary)))]
pub(super) async fn set(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
    Fields(wanted): Fields<SetApp>,
) -> Result<Json<AppSummary>, Refusal> {
    let before = app(&service, &name)?;
    let mut options = before.options.clone();
    if let Some(provider) = wanted.provider {
        options.provider = provider;
    }
    if let Some(on) = wanted.basic_authentication {
        options.basic_authentication = on;
    }
    if let Some(most) = wanted.requests_per_second {
        options.requests_per_second = NonZeroU32::new(most);
    }
    if let Some(most) = wanted.most_pending {
        options.most_pending = NonZeroU32::new(most);
    }
    if let Some(on) = wanted.require_preview {
        options.require_preview = on;
    }
    if let Some(most) = wanted.questions_kept {
        options.questions_kept = most.min(MOST_QUESTIONS);
        // What was kept beyond that is forgotten now, not at the next question.
        let keep = service
            .store
            .keep_questions(before.seq, Vec::new(), options.questions_kept, now_ms());
        keep.await?;
    }
    if let Some(accounts) = &wanted.protected_accounts {
        options.protected.accounts = names("protected-accounts", accounts)?;
    }
    if let Some(groups) = &wanted.protected_groups {
        options.protected.groups = names("protected-groups", groups)?;
    }
    set_drift(&mut options.drift, &wanted);
    set_brake(&mut options.brake, wanted.brake);
    service.store.set_app_options(before.seq, &options).await?;
    service.reload_apps()?;
    if before.options.drift.offer_discovered && !options.drift.offer_discovered {
        // Only what is managed is shown from now on.
        let line = actor::line(&before, "discover.withdraw", &before.name, json!({}));
        service.store.withdraw_offers(before.seq, line).await?;
    }
    service.drift_asked.notify_one();
    Ok(Json(summary(&service, app(&service, &name)?.as_ref())?))
}

/// Names of a protected list: at most so many as anybody would look over.
fn names(field: &str, given: &[String]) -> Result<Vec<String>, Refusal> {
    let names: Vec<String> = given.iter().map(|name| name.trim().to_owned()).collect();
    if names.len() > 10_000 || names.iter().any(|name| name.is_empty() || name.len() > 255) {
        let text = "a protected name has 1 to 255 characters, and a list at most 10,000 names";
        return Err(Refusal::unfit(field, text));
    }
    Ok(names)
}

fn set_drift(rule: &mut DriftRule, wanted: &SetApp) {
    if let Some(minutes) = wanted.drift_every_minutes {
        rule.every_minutes = NonZeroU32::new(minutes);
    }
    rule.mend = wanted.drift_mend.unwrap_or(rule.mend);
    rule.remove_unmanaged = wanted.remove_unmanaged.unwrap_or(rule.remove_unmanaged);
    rule.offer_discovered = wanted.offer_discovered.unwrap_or(rule.offer_discovered);
}

fn set_brake(rule: &mut BrakeRule, wanted: SetBrake) {
    if let Some(percent) = wanted.percent {
        rule.percent = Some(percent).filter(|percent| *percent > 0);
    }
    if let Some(users) = wanted.users {
        rule.users = Some(users).filter(|users| *users > 0);
    }
    rule.at_least = wanted.at_least.unwrap_or(rule.at_least);
    rule.window_minutes = wanted.window_minutes.unwrap_or(rule.window_minutes);
}

/// `POST /apps/{app}/token`.
#[utoipa::path(post, path = "/apps/{app}/token", request_body = RotateToken, responses((status = 200, body = NewApp)))]
pub(super) async fn rotate_token(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
    Fields(wanted): Fields<RotateToken>,
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
        provider: app.options.provider,
        base_url: service.base_url(&app.id),
        users: row.users,
        groups: row.groups,
        targets: app
            .targets
            .iter()
            .map(|target| target.config.name.clone())
            .collect(),
        basic_authentication: app.options.basic_authentication,
        requests_per_second: app.options.requests_per_second,
        most_pending: app.options.most_pending,
        require_preview: app.options.require_preview,
        protected: app.options.protected.clone(),
        drift: app.options.drift,
        questions_kept: app.options.questions_kept,
        brake: app.options.brake,
        canary: app.options.canary,
        heard: row.heard,
        policy_number: policy.as_ref().map(|row| row.number),
        policy: policy.map(|row| format!("{} {} (version {})", row.name, row.semver, row.number)),
    })
}
