//! What did not succeed, in the product's words, and another try.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::Html;
use http::Method;
use http::request::Parts;
use serde::Deserialize;
use serde_json::json;
use tidegate_store::status::Failure;

use super::api::segment;
use super::{Api, Frame, PageError, target};
use crate::admin::answers::{FailurePage, Status, TargetTested};

#[derive(Template)]
#[template(path = "failures.html")]
struct Page {
    frame: Frame,
    app: String,
    targets: Vec<Of>,
    /// Targets to which nothing is sent, and why.
    still: Vec<(String, String)>,
    more: bool,
}

struct Of {
    target: String,
    rows: Vec<Row>,
}

pub(super) struct Row {
    object: String,
    name: String,
    state: &'static str,
    colour: &'static str,
    tries: u32,
    words: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Again {
    csrf: String,
    target: String,
}

pub(super) async fn page(
    State(api): State<Api>,
    Path(app): Path<String>,
    browser: Parts,
) -> Result<Html<String>, PageError> {
    let frame = Frame::of(&api, &browser, "failures", Some(&app)).await?;
    shown(&api, &browser, frame, app).await
}

async fn shown(api: &Api, browser: &Parts, frame: Frame, app: String) -> Result<Html<String>, PageError> {
    let path = format!("/apps/{}/failures?limit=100", segment(&app));
    let found: FailurePage = api.get(browser, &path).await?;
    let mut targets: Vec<Of> = Vec::new();
    for one in found.failures {
        let failure = one.failure;
        let (state, colour) = state(&failure);
        let row = Row {
            object: failure.object,
            name: failure.name,
            state,
            colour,
            tries: failure.attempts,
            words: failure.error,
        };
        match targets.iter_mut().find(|of| of.target == one.target) {
            Some(of) => of.rows.push(row),
            None => targets.push(Of {
                target: one.target,
                rows: vec![row],
            }),
        }
    }
    let status: Status = api.get(browser, "/status").await?;
    let lines = status.apps.iter().filter(|one| one.app.name == app);
    let still = lines
        .flat_map(|one| &one.targets_status)
        .filter_map(|line| Some((line.name.clone(), target::still(line)?)))
        .collect();
    let page = Page {
        frame,
        app,
        still,
        targets,
        more: found.more,
    };
    Ok(Html(page.render()?))
}

/// What it waits for, and its colour.
pub(super) fn state(failure: &Failure) -> (&'static str, &'static str) {
    match (failure.parked, failure.kind.as_str()) {
        (true, _) => ("waits for you", "bad"),
        (false, "seats-exhausted") => ("waits for a seat", "warn"),
        (false, _) => ("tried again", "warn"),
    }
}

/// Tries everything of a target again that failed.
pub(super) async fn retry(
    State(api): State<Api>,
    Path(app): Path<String>,
    browser: Parts,
    Form(form): Form<Again>,
) -> Result<Html<String>, PageError> {
    let path = format!("/apps/{}/targets/{}/test", segment(&app), segment(&form.target));
    let body = json!({"retry-failed": true});
    let done = api
        .act::<TargetTested>(&browser, Method::POST, &path, &body, &form.csrf)
        .await;
    let frame = Frame::of(&api, &browser, "failures", Some(&app)).await?;
    let frame = frame.after(&done, |tested| {
        format!("It answers; {} changes are tried again.", tested.retried)
    });
    shown(&api, &browser, frame, app).await
}
