//! Users, groups, failures and activity, a page at a time.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use tidegate_store::Store;
use tidegate_store::audit::search::Asked;
use tidegate_store::people::Listed;

use super::answers::{FailurePage, FailuresOf, PeoplePage, Person, SeenLine, SeenPage};
use super::error::{Refusal, app};
use crate::access::address::{Path, Query};
use crate::apps::App;
use crate::service::Service;

/// Entries of a page, where nothing is said.
const USUAL: u64 = 50;
/// Entries of a page at most.
const MOST: u64 = 500;

/// Which people.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub(super) struct Which {
    /// How the name begins.
    q: String,
    /// After this one: what the page before said.
    after: String,
    /// So many at most.
    limit: Option<u64>,
}

/// `GET /apps/{app}/users`.
#[utoipa::path(get, path = "/apps/{app}/users", params(Which), responses((status = 200, body = PeoplePage)))]
pub(super) async fn users(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
    Query(which): Query<Which>,
) -> Result<Json<PeoplePage>, Refusal> {
    listed(&service, &name, &which, Store::listed_users)
}

/// `GET /apps/{app}/groups`.
#[utoipa::path(get, path = "/apps/{app}/groups", params(Which), responses((status = 200, body = PeoplePage)))]
pub(super) async fn groups(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
    Query(which): Query<Which>,
) -> Result<Json<PeoplePage>, Refusal> {
    listed(&service, &name, &which, Store::listed_groups)
}

fn listed(
    service: &Service,
    name: &str,
    which: &Which,
    list: impl FnOnce(&Store, i64, &str, &str, u64) -> tidegate_store::Result<Vec<Listed>>,
) -> Result<Json<PeoplePage>, Refusal> {
    let app = app(service, name)?;
    let limit = which.limit.unwrap_or(USUAL).clamp(1, MOST);
    let listed = list(&service.store, app.seq, &which.q, &which.after, limit)?;
    Ok(Json(page(&app, listed, limit)))
}

fn page(app: &App, listed: Vec<Listed>, limit: u64) -> PeoplePage {
    let full = listed.len() as u64 >= limit;
    let next = listed.last().filter(|_| full).map(|last| last.after.clone());
    let target = |seq: i64| {
        let found = app.targets.iter().find(|target| target.seq == seq);
        found.map_or_else(String::new, |target| target.config.name.clone())
    };
    PeoplePage {
        people: listed.into_iter().map(|one| Person::of(one, target)).collect(),
        next,
    }
}

/// Which failures.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub(super) struct WhichFailures {
    /// Of this target only.
    target: Option<String>,
    /// So many of each target at most.
    limit: Option<u64>,
}

/// `GET /apps/{app}/failures`.
#[utoipa::path(get, path = "/apps/{app}/failures", params(WhichFailures), responses((status = 200, body = FailurePage)))]
pub(super) async fn failures(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
    Query(which): Query<WhichFailures>,
) -> Result<Json<FailurePage>, Refusal> {
    let app = app(&service, &name)?;
    let limit = which.limit.unwrap_or(USUAL).clamp(1, MOST);
    let asked_for = |name: &str| {
        let wanted = which.target.as_deref();
        wanted.is_none_or(|wanted| wanted.eq_ignore_ascii_case(name))
    };
    let mut found = FailurePage {
        failures: Vec::new(),
        more: false,
    };
    for target in app.targets.iter().filter(|target| asked_for(&target.config.name)) {
        let mut rows = service.store.failures(target.seq, limit + 1)?;
        found.more |= rows.len() as u64 > limit;
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        found.failures.extend(rows.into_iter().map(|failure| FailuresOf {
            target: target.config.name.clone(),
            failure,
        }));
    }
    Ok(Json(found))
}

/// Which lines of the audit trail.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub(super) struct WhichLines {
    /// How the action begins.
    action: String,
    /// How the actor begins.
    actor: String,
    /// What subject, request or detail contains.
    q: String,
    /// Before this number: what the page before said.
    before: Option<i64>,
    /// So many at most.
    limit: Option<u64>,
}

/// `GET /apps/{app}/activity`: the audit trail about one app, newest first.
#[utoipa::path(get, path = "/apps/{app}/activity", params(WhichLines), responses((status = 200, body = SeenPage)))]
pub(super) async fn activity(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
    Query(which): Query<WhichLines>,
) -> Result<Json<SeenPage>, Refusal> {
    let app = app(&service, &name)?;
    seen(&service, Some(app.seq), which).await
}

/// `GET /activity`: the same about everything.
#[utoipa::path(get, path = "/activity", params(WhichLines), responses((status = 200, body = SeenPage)))]
pub(super) async fn all_activity(
    State(service): State<Arc<Service>>,
    Query(which): Query<WhichLines>,
) -> Result<Json<SeenPage>, Refusal> {
    seen(&service, None, which).await
}

async fn seen(service: &Service, app: Option<i64>, which: WhichLines) -> Result<Json<SeenPage>, Refusal> {
    let limit = usize::try_from(which.limit.unwrap_or(USUAL).clamp(1, MOST)).unwrap_or(usize::MAX);
    let asked = Asked {
        app,
        action: which.action,
        actor: which.actor,
        text: which.q,
    };
    let found = service.store.audit_search(asked, which.before, limit).await?;
    let apps = service.apps();
    let named = |line: tidegate_store::audit::ChainedLine| SeenLine {
        app_name: line
            .line
            .app
            .and_then(|seq| apps.by_seq(seq).map(|app| app.name.clone())),
        line,
    };
    Ok(Json(SeenPage {
        lines: found.lines.into_iter().map(named).collect(),
        before: found.before,
    }))
}
