//! What a version would change, before it does; then that and nothing else.

use std::fmt::Write;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Html;
use http::Method;
use http::request::Parts;
use serde::Deserialize;
use serde_json::json;

use super::api::segment;
use super::sign_in::Csrf;
use super::steps::{At, Setup, status};
use super::{Api, Frame, PageError, overview, rules};
use crate::admin::answers::{PolicyVersion, PreviewLine};
use crate::cli::preview::counted;
use crate::preview::{Preview, TargetPreview};

#[derive(Template)]
#[template(path = "preview.html")]
struct Page {
    frame: Frame,
    app: String,
    number: i64,
    setup: Setup,
    summary: String,
    digest: String,
    nothing: bool,
    targets: Vec<Changes>,
    refused: Vec<String>,
}

struct Changes {
    name: String,
    /// Kind, how often, and whether somebody loses something by it.
    counts: Vec<(&'static str, u64, bool)>,
    /// Group, who comes, who leaves.
    groups: Vec<(String, u64, u64)>,
    examples: Vec<(String, String)>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Activate {
    csrf: String,
    preview: String,
}

type Place = Path<(String, i64)>;

/// `POST …/preview`.
pub(super) async fn send(
    State(api): State<Api>,
    Path((app, number)): Place,
    Query(setup): Query<Setup>,
    browser: Parts,
    Form(form): Form<Csrf>,
) -> Result<Html<String>, PageError> {
    made(&api, &browser, app, number, &setup, &form.csrf).await
}

/// Tries the version on a copy of everything. The page waits for it: a large directory takes a minute.
pub(super) async fn made(
    api: &Api,
    browser: &Parts,
    app: String,
    number: i64,
    setup: &Setup,
    csrf: &str,
) -> Result<Html<String>, PageError> {
    let path = format!("/apps/{}/policies/{number}/preview", segment(&app));
    let said = api.send(browser, Method::POST, &path, &(), Some(csrf)).await?;
    match said.last_line()? {
        PreviewLine::Preview(preview) => {
            let status = status(api, browser, &app).await?;
            let frame = Frame::of(api, browser, "rules", Some(&app)).await?;
            let frame = frame.on_the_way(setup, At::Preview, &status);
            Ok(Html(page(frame, app, number, setup, *preview).render()?))
        }
        PreviewLine::Error(words) => Err(PageError::refused(http::StatusCode::CONFLICT, words)),
        PreviewLine::Progress(_) => Err(PageError::Defect("the preview ended before it was made".into())),
    }
}

fn page(frame: Frame, app: String, number: i64, setup: &Setup, preview: Preview) -> Page {
    let mut summary = format!("Decided anew: users {}, groups {}", preview.users, preview.groups);
    // Writing to a string does not fail.
    let _ = match preview.base {
        Some(base) => write!(summary, "; compared with what version {base} wants."),
        None => write!(summary, ". No version decides yet."),
    };
    let refused = preview.refused.iter().map(|refused| {
        let examples = refused.examples.join("; ");
        format!("{}: {} ({examples})", refused.kind, refused.count)
    });
    Page {
        nothing: preview.targets.iter().all(|target| target.changes.is_empty()),
        refused: refused.collect(),
        targets: preview.targets.into_iter().map(changes).collect(),
        digest: preview.digest,
        setup: setup.clone(),
        frame,
        app,
        number,
        summary,
    }
}

fn changes(target: TargetPreview) -> Changes {
    let takes = |kind: &str| {
        ["suspended", "removed", "lose"]
            .iter()
            .any(|word| kind.contains(word))
    };
    let counts = counted(&target.changes)
        .into_iter()
        .filter(|(_, count)| *count > 0);
    Changes {
        name: target.target,
        counts: counts.map(|(kind, count)| (kind, count, takes(kind))).collect(),
        groups: target
            .changes
            .most_affected
            .into_iter()
            .map(|group| (group.group, group.added, group.removed))
            .collect(),
        examples: target
            .changes
            .examples
            .into_iter()
            .map(|one| (one.change, one.name))
            .collect(),
    }
}

/// `POST …/activate`.
pub(super) async fn activate(
    State(api): State<Api>,
    Path((app, number)): Place,
    Query(setup): Query<Setup>,
    browser: Parts,
    Form(form): Form<Activate>,
) -> Result<Html<String>, PageError> {
    let path = format!("/apps/{}/policies/{number}/activate", segment(&app));
    let body = json!({"preview": form.preview});
    let done = api
        .act::<PolicyVersion>(&browser, Method::POST, &path, &body, &form.csrf)
        .await;
    if setup.is_on() && done.is_ok() {
        let words = "Set up. Now assign people and push groups there: they arrive here, and in the products, within seconds.";
        return overview::after(&api, &browser, words).await;
    }
    let frame = Frame::of(&api, &browser, "rules", Some(&app)).await?;
    let frame = frame.after(&done, |version| {
        format!("Version {} decides now.", version.number)
    });
    rules::shown(&api, &browser, frame, app).await
}
