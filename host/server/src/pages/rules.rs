//! Versions of the rules: what one would change, before it does; then that and nothing else; and back.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::Html;
use http::Method;
use http::request::Parts;
use serde::Deserialize;
use serde_json::json;

use super::api::segment;
use super::sign_in::Csrf;
use super::{Api, Frame, PageError};
use crate::admin::answers::{PolicyVersion, PreviewLine};
use crate::cli::preview::counted;
use crate::preview::Preview;

#[derive(Template)]
#[template(path = "rules.html")]
struct Page {
    frame: Frame,
    app: String,
    versions: Vec<Version>,
    can_go_back: bool,
}

struct Version {
    number: i64,
    name: String,
    version: String,
    state: String,
    colour: &'static str,
    digest: String,
    note: String,
    usable: bool,
}

#[derive(Template)]
#[template(path = "preview.html")]
struct Previewed {
    frame: Frame,
    app: String,
    number: i64,
    summary: String,
    digest: String,
    targets: Vec<Changes>,
    refused: Vec<String>,
}

struct Changes {
    name: String,
    counts: Vec<(&'static str, u64)>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Activate {
    csrf: String,
    preview: String,
}

pub(super) async fn page(
    State(api): State<Api>,
    Path(app): Path<String>,
    browser: Parts,
) -> Result<Html<String>, PageError> {
    let frame = Frame::of(&api, &browser, "rules", Some(&app)).await?;
    shown(&api, &browser, frame, app).await
}

async fn shown(api: &Api, browser: &Parts, frame: Frame, app: String) -> Result<Html<String>, PageError> {
    let path = format!("/apps/{}/policies", segment(&app));
    let versions: Vec<PolicyVersion> = api.get(browser, &path).await?;
    let can_go_back = versions
        .iter()
        .filter(|version| version.state == "retired")
        .count()
        > 0;
    let versions = versions.into_iter().map(version).collect();
    let page = Page {
        frame,
        app,
        versions,
        can_go_back,
    };
    Ok(Html(page.render()?))
}

fn version(version: PolicyVersion) -> Version {
    Version {
        number: version.number,
        colour: match version.state.as_str() {
            "active" => "good",
            "failed" => "bad",
            "draining" => "warn",
            _ => "off",
        },
        usable: !matches!(
            version.state.as_str(),
            "failed" | "active" | "uploaded" | "verified"
        ),
        digest: version.digest.chars().take(12).collect(),
        name: version.name,
        version: version.version,
        state: version.state,
        note: version.note,
    }
}

/// Tries the version on a copy of everything. The page waits for it: a large directory takes a minute.
pub(super) async fn preview(
    State(api): State<Api>,
    Path((app, number)): Path<(String, i64)>,
    browser: Parts,
    Form(form): Form<Csrf>,
) -> Result<Html<String>, PageError> {
    let frame = Frame::of(&api, &browser, "rules", Some(&app)).await?;
    let path = format!("/apps/{}/policies/{number}/preview", segment(&app));
    let said = api
        .send(&browser, Method::POST, &path, &(), Some(&form.csrf))
        .await?;
    if !said.status.is_success() {
        said.json::<serde::de::IgnoredAny>()?;
    }
    let last = said
        .body
        .split(|byte| *byte == b'\n')
        .rfind(|line| !line.is_empty());
    match serde_json::from_slice(last.unwrap_or(b"null"))? {
        PreviewLine::Preview(preview) => {
            let page = previewed(frame, app, number, *preview);
            Ok(Html(page.render()?))
        }
        PreviewLine::Error(words) => Err(PageError::refused(http::StatusCode::CONFLICT, words)),
        PreviewLine::Progress(_) => Err(PageError::Defect("the preview ended before it was made".into())),
    }
}

fn previewed(frame: Frame, app: String, number: i64, preview: Preview) -> Previewed {
    let base = preview
        .base
        .map_or_else(|| "nothing".to_owned(), |base| format!("version {base}"));
    let summary = format!(
        "Decided for {} users and {} groups, and compared with what is wanted by {base}.",
        preview.users, preview.groups
    );
    let refused = preview.refused.iter().map(|refused| {
        let examples = refused.examples.join("; ");
        format!("{}: {} ({examples})", refused.kind, refused.count)
    });
    let refused = refused.collect();
    Previewed {
        frame,
        app,
        number,
        summary,
        digest: preview.digest,
        targets: preview
            .targets
            .into_iter()
            .map(|target| Changes {
                name: target.target,
                counts: counted(&target.changes),
            })
            .collect(),
        refused,
    }
}

pub(super) async fn activate(
    State(api): State<Api>,
    Path((app, number)): Path<(String, i64)>,
    browser: Parts,
    Form(form): Form<Activate>,
) -> Result<Html<String>, PageError> {
    let path = format!("/apps/{}/policies/{number}/activate", segment(&app));
    let body = json!({"preview": form.preview});
    let done = api
        .act::<PolicyVersion>(&browser, Method::POST, &path, &body, &form.csrf)
        .await;
    let frame = Frame::of(&api, &browser, "rules", Some(&app)).await?;
    let frame = frame.after(&done, |version| {
        format!("Version {} decides now.", version.number)
    });
    shown(&api, &browser, frame, app).await
}

pub(super) async fn roll_back(
    State(api): State<Api>,
    Path(app): Path<String>,
    browser: Parts,
    Form(form): Form<Csrf>,
) -> Result<Html<String>, PageError> {
    let path = format!("/apps/{}/rollback", segment(&app));
    let done = api
        .act::<PolicyVersion>(
            &browser,
            Method::POST,
            &path,
            &json!({"restate": true}),
            &form.csrf,
        )
        .await;
    let frame = Frame::of(&api, &browser, "rules", Some(&app)).await?;
    let frame = frame.after(&done, |version| {
        format!("Version {} decides again.", version.number)
    });
    shown(&api, &browser, frame, app).await
}
