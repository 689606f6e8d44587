//! What was done, by whom, newest first: the audit trail for people.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Html;
use http::request::Parts;
use serde::Deserialize;
use serde_json::Value;

use super::api::segment;
use super::{Api, Frame, PageError, when};
use crate::admin::answers::{SeenLine, SeenPage};

#[derive(Template)]
#[template(path = "activity.html")]
struct Page {
    frame: Frame,
    /// None: of everything.
    app: Option<String>,
    asked: Asked,
    lines: Vec<Line>,
    before: Option<i64>,
}

/// One line for people.
pub(super) struct Line {
    pub(super) seq: i64,
    pub(super) at: String,
    pub(super) app: String,
    pub(super) actor: String,
    pub(super) action: String,
    pub(super) subject: String,
    pub(super) detail: String,
    pub(super) request: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    q: String,
    action: String,
    actor: String,
    before: Option<i64>,
}

pub(super) async fn page(
    State(api): State<Api>,
    Path(app): Path<String>,
    Query(asked): Query<Asked>,
    browser: Parts,
) -> Result<Html<String>, PageError> {
    shown(&api, &browser, Some(app), asked).await
}

pub(super) async fn all(
    State(api): State<Api>,
    Query(asked): Query<Asked>,
    browser: Parts,
) -> Result<Html<String>, PageError> {
    shown(&api, &browser, None, asked).await
}

async fn shown(
    api: &Api,
    browser: &Parts,
    app: Option<String>,
    asked: Asked,
) -> Result<Html<String>, PageError> {
    let frame = Frame::of(api, browser, "activity", app.as_deref()).await?;
    let whose = app
        .as_ref()
        .map(|app| format!("/apps/{}", segment(app)))
        .unwrap_or_default();
    let before = asked
        .before
        .map(|before| format!("&before={before}"))
        .unwrap_or_default();
    let path = format!(
        "{whose}/activity?q={}&action={}&actor={}{before}",
        segment(asked.q.trim()),
        segment(asked.action.trim()),
        segment(asked.actor.trim())
    );
    let found: SeenPage = api.get(browser, &path).await?;
    let page = Page {
        frame,
        app,
        asked,
        lines: found.lines.into_iter().map(line).collect(),
        before: found.before,
    };
    Ok(Html(page.render()?))
}

pub(super) fn line(seen: SeenLine) -> Line {
    let line = seen.line.line;
    let detail = match &line.detail {
        Value::Object(object) if object.is_empty() => String::new(),
        Value::Null => String::new(),
        other => other.to_string(),
    };
    Line {
        seq: seen.line.seq,
        at: when(line.at_ms),
        app: seen.app_name.unwrap_or_default(),
        actor: line.actor,
        action: line.action,
        subject: line.subject,
        request: line.request,
        detail,
    }
}
