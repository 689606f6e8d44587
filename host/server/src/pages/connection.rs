//! How a target is reached: the form, the test before anything is kept, the choice of a directory.
//!
//! Secrets go from the form to the API and never back into a page. With a script a test leaves the form as it is; without
//! one, what was typed as a secret has to be typed again.

mod fields;

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::Method;
use http::request::Parts;
use serde_json::Value;

use self::fields::{Fields, PRODUCTS};
use super::api::segment;
use super::steps::{At, Setup, status};
use super::target::Tested;
use super::wrong::Wrong;
use super::{Api, Frame, PageError, is_part};
use crate::admin::answers::{TargetSummary, TargetTested};

#[derive(Template)]
#[template(path = "connection.html")]
struct Page {
    frame: Frame,
    /// None: it is new.
    target: Option<String>,
    fields: Fields,
    outcome: Outcome,
    failed: Wrong,
}

/// What a test found, and the directory to choose: it comes into the page while the form stays as it is.
#[derive(Template)]
#[template(path = "connection_tried.html")]
struct Outcome {
    tested: Option<Tested>,
    directories: Vec<String>,
    directory: String,
    failed: Wrong,
}

pub(super) async fn new(
    State(api): State<Api>,
    Path(app): Path<String>,
    Query(setup): Query<Setup>,
    browser: Parts,
) -> Result<Html<String>, PageError> {
    let fields = Fields {
        product: "jira".to_owned(),
        ..Fields::default()
    };
    shown(
        &api,
        &browser,
        (app, None),
        setup,
        fields,
        Outcome::none(),
        Wrong::default(),
    )
    .await
}

pub(super) async fn edit(
    State(api): State<Api>,
    Path((app, target)): Path<(String, String)>,
    Query(setup): Query<Setup>,
    browser: Parts,
) -> Result<Html<String>, PageError> {
    let path = format!("/apps/{}/targets", segment(&app));
    let targets: Vec<TargetSummary> = api.get(&browser, &path).await?;
    let found = targets.into_iter().find(|one| one.name == target);
    let unknown = || {
        PageError::refused(
            http::StatusCode::NOT_FOUND,
            format!("the app has no target {target:?}"),
        )
    };
    let fields = Fields::of(found.ok_or_else(unknown)?);
    let outcome = Outcome {
        directory: fields.directory.clone(),
        ..Outcome::none()
    };
    shown(
        &api,
        &browser,
        (app, Some(target)),
        setup,
        fields,
        outcome,
        Wrong::default(),
    )
    .await
}

async fn shown(
    api: &Api,
    browser: &Parts,
    (app, target): (String, Option<String>),
    setup: Setup,
    fields: Fields,
    outcome: Outcome,
    failed: Wrong,
) -> Result<Html<String>, PageError> {
    let status = status(api, browser, &app).await?;
    let frame = Frame::of(api, browser, "target", Some(&app)).await?;
    let frame = frame.on_the_way(&setup, At::Target, &status);
    let page = Page {
        frame,
        target,
        fields,
        outcome,
        failed,
    };
    Ok(Html(page.render()?))
}

pub(super) async fn send_new(
    State(api): State<Api>,
    Path(app): Path<String>,
    Query(setup): Query<Setup>,
    browser: Parts,
    Form(fields): Form<Fields>,
) -> Result<Response, PageError> {
    let name = fields.name.trim().to_owned();
    sent(&api, &browser, (app, None), &name, setup, fields).await
}

pub(super) async fn send(
    State(api): State<Api>,
    Path((app, target)): Path<(String, String)>,
    Query(setup): Query<Setup>,
    browser: Parts,
    Form(fields): Form<Fields>,
) -> Result<Response, PageError> {
    let name = target.clone();
    sent(&api, &browser, (app, Some(target)), &name, setup, fields).await
}

/// Tests, or keeps.
async fn sent(
    api: &Api,
    browser: &Parts,
    place: (String, Option<String>),
    name: &str,
    setup: Setup,
    fields: Fields,
) -> Result<Response, PageError> {
    // Without a name the address would be another.
    let called = if name.is_empty() { "-" } else { name };
    let path = format!("/apps/{}/targets/{}", segment(&place.0), segment(called));
    let body = fields.body(called);
    if fields.r#do == "test" {
        let path = format!("{path}/try");
        let tried = api
            .act::<TargetTested>(browser, Method::POST, &path, &body, &fields.csrf)
            .await;
        let (outcome, failed) = match tried {
            Ok(tested) => (Outcome::of(tested, &fields.directory), Wrong::default()),
            Err(error) => (Outcome::none(), Wrong::of(error)?),
        };
        let outcome = Outcome {
            directory: fields.directory.clone(),
            failed: failed.clone(),
            ..outcome
        };
        return match is_part(browser) {
            true => Ok(Html(outcome.render()?).into_response()),
            false => Ok(shown(api, browser, place, setup, fields, outcome, failed)
                .await?
                .into_response()),
        };
    }
    let kept = api
        .act::<Value>(browser, Method::PUT, &path, &body, &fields.csrf)
        .await;
    match kept {
        Ok(_) if setup.is_on() => {
            let next = format!("/admin/apps/{}/rules/active/settings?setup", segment(&place.0));
            Ok(Redirect::to(&next).into_response())
        }
        Ok(_) => {
            let next = format!("/admin/apps/{}/targets/{}", segment(&place.0), segment(name));
            Ok(Redirect::to(&next).into_response())
        }
        Err(error) => {
            let failed = Wrong::of(error)?;
            let outcome = Outcome {
                directory: fields.directory.clone(),
                ..Outcome::none()
            };
            let status = failed.status();
            let page = shown(api, browser, place, setup, fields, outcome, failed).await?;
            Ok((status, page).into_response())
        }
    }
}

impl Outcome {
    fn none() -> Self {
        Self {
            tested: None,
            directories: Vec::new(),
            directory: String::new(),
            failed: Wrong::default(),
        }
    }

    fn of(tested: TargetTested, directory: &str) -> Self {
        Self {
            directories: tested.info.directories.clone(),
            tested: Some(Tested::of(tested)),
            directory: directory.to_owned(),
            failed: Wrong::default(),
        }
    }
}
