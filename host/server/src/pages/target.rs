//! One target: whether it answers, what it can do, where it is not as it was left.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::Method;
use http::request::Parts;
use serde_json::{Value, json};
use tidegate_store::survey::MendRule;

use super::api::segment;
use super::sign_in::Csrf;
use super::{Api, Frame, PageError, when};
use crate::admin::answers::{Released, Status, SurveyLine, TargetLine, TargetTested};
use crate::survey::{Report, Wanted};

#[derive(Template)]
#[template(path = "target.html")]
struct Page {
    frame: Frame,
    app: String,
    target: String,
    product: String,
    braked: bool,
    /// Why nothing is sent there.
    still: Option<String>,
    tested: Option<Tested>,
    drift: Option<Drift>,
}

/// What a test found.
#[derive(Template)]
#[template(path = "tested.html")]
pub(super) struct Tested {
    version: String,
    directories: String,
    rows: Vec<(String, bool, String)>,
    warnings: Vec<String>,
}

struct Drift {
    when: String,
    summary: String,
    differs: bool,
    rows: Vec<(String, String, u64, String)>,
}

/// Where a page is about.
type Place = Path<(String, String)>;

pub(super) async fn page(
    State(api): State<Api>,
    Path(place): Place,
    browser: Parts,
) -> Result<Html<String>, PageError> {
    let frame = Frame::of(&api, &browser, "target", Some(&place.0)).await?;
    shown(&api, &browser, frame, place, None, None).await
}

async fn shown(
    api: &Api,
    browser: &Parts,
    frame: Frame,
    (app, target): (String, String),
    tested: Option<TargetTested>,
    report: Option<Report>,
) -> Result<Html<String>, PageError> {
    let status: Status = api.get(browser, "/status").await?;
    let line = status
        .apps
        .iter()
        .filter(|one| one.app.name == app)
        .flat_map(|one| &one.targets_status)
        .find(|line| line.name == target);
    let Some(line) = line else {
        let words = format!("the app has no target {target:?}");
        return Err(PageError::refused(http::StatusCode::NOT_FOUND, words));
    };
    let page = Page {
        frame,
        product: line.product.clone(),
        braked: line.brake.is_some(),
        still: still(line),
        app,
        target,
        tested: tested.map(Tested::of),
        drift: report.map(found),
    };
    Ok(Html(page.render()?))
}

/// Why nothing is sent to a target, if nothing is.
pub(super) fn still(line: &TargetLine) -> Option<String> {
    match (&line.stopped, &line.resting) {
        (Some(why), _) => Some(format!("Stopped until you act: {why}")),
        (None, Some((why, until))) => Some(format!("Left alone until {}: {why}", when(*until))),
        (None, None) => None,
    }
}

impl Tested {
    pub(super) fn of(tested: TargetTested) -> Self {
        let info = tested.info;
        Self {
            version: info.version,
            directories: info.directories.join(", "),
            rows: info
                .capabilities
                .into_iter()
                .map(|row| (row.name, row.supported, row.note))
                .collect(),
            warnings: tested.warnings,
        }
    }
}

fn found(report: Report) -> Drift {
    let differences = report.drift.differences();
    Drift {
        when: when(report.drift.ended_ms),
        summary: match differences {
            0 => "everything is as it was left".to_owned(),
            count => format!("{count} rows are not as they were left"),
        },
        differs: differences > 0,
        rows: report
            .drift
            .findings
            .into_iter()
            .filter(|finding| finding.count > 0)
            .map(|finding| {
                let examples: Vec<_> = finding
                    .examples
                    .into_iter()
                    .take(3)
                    .map(|(name, _)| name)
                    .collect();
                (finding.object, finding.kind, finding.count, examples.join(", "))
            })
            .collect(),
    }
}

pub(super) async fn test(
    State(api): State<Api>,
    Path(place): Place,
    browser: Parts,
    Form(form): Form<Csrf>,
) -> Result<Html<String>, PageError> {
    tried(&api, &browser, place, &form, false).await
}

pub(super) async fn retry(
    State(api): State<Api>,
    Path(place): Place,
    browser: Parts,
    Form(form): Form<Csrf>,
) -> Result<Html<String>, PageError> {
    tried(&api, &browser, place, &form, true).await
}

async fn tried(
    api: &Api,
    browser: &Parts,
    place: (String, String),
    form: &Csrf,
    retry_failed: bool,
) -> Result<Html<String>, PageError> {
    let path = format!("/apps/{}/targets/{}/test", segment(&place.0), segment(&place.1));
    let body = json!({"retry-failed": retry_failed});
    let done = api
        .act::<TargetTested>(browser, Method::POST, &path, &body, &form.csrf)
        .await;
    let frame = Frame::of(api, browser, "target", Some(&place.0)).await?;
    let frame = frame.after(&done, |tested| match retry_failed {
        true => format!("It answers; {} failed changes are tried again.", tested.retried),
        false => "It answers.".to_owned(),
    });
    shown(api, browser, frame, place, done.ok(), None).await
}

pub(super) async fn read(
    State(api): State<Api>,
    Path(place): Place,
    browser: Parts,
    Form(form): Form<Csrf>,
) -> Result<Html<String>, PageError> {
    surveyed(&api, &browser, place, &form, Wanted::default()).await
}

pub(super) async fn mend(
    State(api): State<Api>,
    Path(place): Place,
    browser: Parts,
    Form(form): Form<Csrf>,
) -> Result<Html<String>, PageError> {
    let wanted = Wanted {
        last: true,
        mend: MendRule::ALL,
        ..Wanted::default()
    };
    surveyed(&api, &browser, place, &form, wanted).await
}

async fn surveyed(
    api: &Api,
    browser: &Parts,
    place: (String, String),
    form: &Csrf,
    wanted: Wanted,
) -> Result<Html<String>, PageError> {
    let path = format!("/apps/{}/targets/{}/survey", segment(&place.0), segment(&place.1));
    let said = api
        .send(browser, Method::POST, &path, &wanted, Some(&form.csrf))
        .await?;
    let report = match said.last_line()? {
        SurveyLine::Report(report) => Ok(*report),
        SurveyLine::Error(words) => Err(PageError::refused(http::StatusCode::BAD_GATEWAY, words)),
        SurveyLine::Progress(_) => Err(PageError::Defect("the reading ended before it was done".into())),
    };
    let frame = Frame::of(api, browser, "target", Some(&place.0)).await?;
    let frame = frame.after(&report, |report| match report.mended.total() {
        0 => "It was read.".to_owned(),
        count => format!("{count} rows are brought about again."),
    });
    shown(api, browser, frame, place, None, report.ok()).await
}

pub(super) async fn release(
    State(api): State<Api>,
    Path(place): Place,
    browser: Parts,
    Form(form): Form<Csrf>,
) -> Result<Html<String>, PageError> {
    let path = format!("/apps/{}/brake/release", segment(&place.0));
    let body: Value = json!({"target": place.1});
    let done = api
        .act::<Vec<Released>>(&browser, Method::POST, &path, &body, &form.csrf)
        .await;
    let frame = Frame::of(&api, &browser, "target", Some(&place.0)).await?;
    let frame = frame.after(&done, |released| {
        let rows: u64 = released.iter().map(|one| one.rows).sum();
        format!("{rows} held changes go on.")
    });
    shown(&api, &browser, frame, place, None, None).await
}

/// Nothing is wanted there any longer. What is there stays.
pub(super) async fn remove(
    State(api): State<Api>,
    Path(place): Place,
    browser: Parts,
    Form(form): Form<Csrf>,
) -> Result<Response, PageError> {
    let path = format!("/apps/{}/targets/{}", segment(&place.0), segment(&place.1));
    let said = api
        .send(&browser, Method::DELETE, &path, &(), Some(&form.csrf))
        .await?;
    said.json::<serde::de::IgnoredAny>()?;
    Ok(Redirect::to("/admin").into_response())
}
