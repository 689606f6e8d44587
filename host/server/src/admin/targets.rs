//! Targets: adding, listing, testing.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde_json::json;
use tidegate_directory::connector::{ConnectorError, TargetInfo};
use tidegate_directory::products;
use tidegate_directory::target::{Product, TargetConfig};
use tidegate_store::audit::AuditLine;

use super::answers::{NoSecrets, PutTarget, TargetSummary, TargetTested, TestTarget};
use super::error::{self, Refusal, app};
use crate::access::actor;
use crate::access::address::Path;
use crate::access::body::Fields;
use crate::apps::App;
use crate::clock::now_ms;
use crate::service::Service;

/// `GET /apps/{app}/targets`: without credentials.
#[utoipa::path(get, path = "/apps/{app}/targets", responses((status = 200, body = Vec<TargetSummary>)))]
pub(super) async fn list(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
) -> Result<Json<Vec<TargetSummary>>, Refusal> {
    let app = app(&service, &name)?;
    let shown = |target: &Arc<crate::apps::Target>| TargetSummary::of(&target.config, target.stopped());
    Ok(Json(app.targets.iter().map(shown).collect()))
}

/// `PUT /apps/{app}/targets/{target}`: adds it, or changes how it is reached. What is
/// stored already is then decided anew, so that the target gets everybody who is assigned.
#[utoipa::path(put, path = "/apps/{app}/targets/{target}", request_body = PutTarget, responses((status = 204)))]
pub(super) async fn put(
    State(service): State<Arc<Service>>,
    Path((name, target)): Path<(String, String)>,
    Fields(wanted): Fields<PutTarget>,
) -> Result<StatusCode, Refusal> {
    let app = app(&service, &name)?;
    let (moved, before) = (wanted.moved, app.target(&target));
    let config = whole(&app, &target, wanted)?;
    if let Some(before) = before {
        check_same(&before.config, &config, moved)?;
    }
    check_alone(&app, &config)?;
    service.store.put_target(app.seq, &config, now_ms()).await?;
    service.reload_apps()?;
    service
        .store
        .audit(put_line(&app, &config, before.is_none()))
        .await?;
    service
        .restate(app.seq, &format!("target {} was added or changed", config.name))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /apps/{app}/targets/{target}/try`: calls the product as `PUT` would have it called. Nothing is kept.
#[utoipa::path(post, path = "/apps/{app}/targets/{target}/try", request_body = PutTarget, responses((status = 200, body = TargetTested)))]
pub(super) async fn attempt(
    State(service): State<Arc<Service>>,
    Path((name, target)): Path<(String, String)>,
    Fields(wanted): Fields<PutTarget>,
) -> Result<Json<TargetTested>, Refusal> {
    let app = app(&service, &name)?;
    let config = whole(&app, &target, wanted)?;
    // It is a form that is tried: the product's words stand beside what they are about.
    let refuse = |error: ConnectorError| match error {
        ConnectorError::Unauthorized(_) | ConnectorError::Forbidden(_) => {
            Refusal::unfit("credentials", error.to_string())
        }
        _ => Refusal::unfit("base-url", error.to_string()),
    };
    let connector = products::connect(&config).map_err(refuse)?;
    let info = products::probe(&config, connector.as_ref())
        .await
        .map_err(refuse)?;
    Ok(Json(TargetTested {
        warnings: warnings(&config, &info),
        directory: config.directory,
        info,
        retried: 0,
    }))
}

/// A target is one product for good: what is linked is known by the ids that this product gave, and another product
/// gives the same ones to other people.
fn check_same(before: &TargetConfig, config: &TargetConfig, moved: bool) -> Result<(), Refusal> {
    let conflict = |field, text: String| Err(Refusal::new(StatusCode::CONFLICT, text).of_field(field));
    if before.name != config.name {
        let text = format!(
            "the target is called {:?}; rules know it by that name",
            before.name
        );
        return conflict("name", text);
    }
    if before.product != config.product {
        let text = format!(
            "{} is a {}: remove it, and add the other",
            before.name, before.product
        );
        return conflict("product", text);
    }
    let plain = |config: &TargetConfig| config.base_url.trim_end_matches('/').to_lowercase();
    let directory = |config: &TargetConfig| match config.product {
        Product::CloudDirectory => config.directory.clone(),
        _ => None,
    };
    if !moved && (plain(before) != plain(config) || directory(before) != directory(config)) {
        let text = format!(
            "{} is at {}, and its accounts are known by the ids that they have there. Is it the same product, moved with \
             its users? Say so (moved). Is it another one? Remove the target, and add it anew",
            before.name, before.base_url
        );
        return conflict("base-url", text);
    }
    Ok(())
}

/// Two targets that write to one directory undo what the other did.
fn check_alone(app: &App, config: &TargetConfig) -> Result<(), Refusal> {
    let place = |config: &TargetConfig| {
        let url = config.base_url.trim_end_matches('/').to_lowercase();
        (url, config.directory.clone())
    };
    let others = app.targets.iter().map(|target| &target.config);
    let twin = others
        .filter(|other| !other.name.eq_ignore_ascii_case(&config.name))
        .find(|other| place(other) == place(config));
    match twin {
        None => Ok(()),
        Some(twin) => {
            let text = format!(
                "the target {} writes to the same address and directory already",
                twin.name
            );
            Err(Refusal::new(StatusCode::CONFLICT, text).of_field("base-url"))
        }
    }
}

/// Where changes go from now on; without the secrets.
fn put_line(app: &App, config: &TargetConfig, is_new: bool) -> AuditLine {
    let action = if is_new { "target.add" } else { "target.change" };
    let detail = json!({
        "product": config.product, "base-url": config.base_url, "directory": config.directory,
        "removal": config.removal, "new-owner": config.new_owner, "proxy": config.proxy,
    });
    actor::line(app, action, &config.name, detail)
}

/// With the secrets that it has, where none are given, and fit to be used.
fn whole(app: &App, name: &str, wanted: PutTarget) -> Result<TargetConfig, Refusal> {
    let before = app.target(name).map(|target| target.config.clone());
    let config = wanted.over(before.as_ref()).map_err(|NoSecrets| {
        let text = "credentials are missing: those that are there are for another product, address or proxy, or there are none";
        Refusal::unfit("credentials", text)
    })?;
    check(&config, name)?;
    Ok(config)
}

/// `DELETE /apps/{app}/targets/{target}`: nothing is wanted there any longer. What is there stays.
#[utoipa::path(delete, path = "/apps/{app}/targets/{target}", responses((status = 204)))]
pub(super) async fn remove(
    State(service): State<Arc<Service>>,
    Path((name, target)): Path<(String, String)>,
) -> Result<StatusCode, Refusal> {
    let app = app(&service, &name)?;
    let known = error::target(&app, &target)?;
    let line = actor::line(&app, "target.remove", &known.config.name, json!({}));
    service.store.remove_target(known.seq, line).await?;
    service.reload_apps()?;
    known.wake.notify_one();
    Ok(StatusCode::NO_CONTENT)
}

fn check(config: &TargetConfig, name: &str) -> Result<(), Refusal> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    if config.name != name {
        return Err(Refusal::unfit(
            "name",
            format!("the name is that of the address, {name:?}"),
        ));
    }
    if name.is_empty() || name.len() > 64 || !name.chars().all(plain) {
        let text = "a target's name has 1 to 64 letters, digits or - _ .";
        return Err(Refusal::unfit("name", text));
    }
    if !(1..=64).contains(&config.concurrency) {
        return Err(Refusal::unfit(
            "concurrency",
            "concurrency is 1 to 64 calls at once",
        ));
    }
    if !(1_000..=120_000).contains(&config.timeout_ms) {
        return Err(Refusal::unfit("timeout-ms", "timeout-ms is 1,000 to 120,000"));
    }
    products::check(config).map_err(|(field, error)| Refusal::unfit(field, error.to_string()))
}

/// `POST /apps/{app}/targets/{target}/test`: calls the product. Success lets a stopped
/// target go on.
#[utoipa::path(post, path = "/apps/{app}/targets/{target}/test", request_body = TestTarget, responses((status = 200, body = TargetTested), (status = 502)))]
pub(super) async fn test(
    State(service): State<Arc<Service>>,
    Path((name, target)): Path<(String, String)>,
    Fields(wanted): Fields<TestTarget>,
) -> Result<Json<TargetTested>, Refusal> {
    let app = app(&service, &name)?;
    let target = error::target(&app, &target)?;
    let failed = |error: ConnectorError| Refusal::new(StatusCode::BAD_GATEWAY, error.to_string());
    let info = target.probe().await.map_err(failed)?;
    let info = TargetInfo::clone(&info);
    let warnings = warnings(&target.config, &info);
    if target.stopped().is_some() {
        service.store.stop_target(target.seq, None).await?;
    }
    let retried = if wanted.retry_failed {
        service.store.retry_failed(target.seq, now_ms()).await?
    } else {
        0
    };
    target.stop(None);
    Ok(Json(TargetTested {
        directory: target.config.directory.clone(),
        info,
        warnings,
        retried,
    }))
}

/// What an administrator should know of what was found.
fn warnings(config: &TargetConfig, info: &TargetInfo) -> Vec<String> {
    let mut warnings = Vec::new();
    if let Some(directory) = &config.directory
        && !info.directories.is_empty()
        && !info.directories.contains(directory)
    {
        warnings.push(format!(
            "there is no directory {directory:?}; there are: {}",
            info.directories.join(", ")
        ));
    }
    if info.seats_left == Some(0) {
        warnings.push("no licence seat is left: new accounts will wait".into());
    }
    warnings
}
