//! Settings of a version's rules, as a form that follows from the JSON Schema that the rules publish. What is sent
//! becomes a version of its own, seen in a preview before it decides.

mod page;
mod tried;

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::request::Parts;
use http::{Method, StatusCode};
use serde::Deserialize;
use serde_json::json;

use self::page::Form;
use self::tried::tried;
use super::api::segment;
use super::steps::{Setup, status};
use super::wrong::Wrong;
use super::{Api, PageError, is_part, preview, version};
use crate::admin::answers::{PolicyDetail, PolicyVersion};
use crate::forms::{Filled, Schema, Sent, changed, read};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    #[serde(flatten)]
    setup: Setup,
    json: Option<String>,
}

type Place = Path<(String, String)>;

pub(super) async fn page(
    State(api): State<Api>,
    Path((app, number)): Place,
    Query(asked): Query<Asked>,
    browser: Parts,
) -> Result<Response, PageError> {
    // In links that are made before the number is known.
    if number == "active" {
        let status = status(&api, &browser, &app).await?;
        let active = status.app.policy_number;
        let (app, number, query) = (segment(&app), active.unwrap_or(1), asked.setup.query());
        return Ok(
            Redirect::to(&format!("/admin/apps/{app}/rules/{number}/settings{query}")).into_response(),
        );
    }
    let detail = version::detail(&api, &browser, &app, &number).await?;
    Form::of(app, detail, asked).shown(&api, &browser).await
}

/// Everything that the form's buttons do: add or remove a row, try, keep.
pub(super) async fn send(
    State(api): State<Api>,
    Path((app, number)): Place,
    Query(asked): Query<Asked>,
    browser: Parts,
    axum::Form(pairs): axum::Form<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let sent = Sent::new(pairs);
    let csrf = sent.get("csrf").unwrap_or_default().to_owned();
    let detail = version::detail(&api, &browser, &app, &number).await?;
    let mut form = Form::of(app, detail, asked);
    form.filled = filled(&form.detail, &sent);
    form.sent = sent;
    let schema = Schema::new(&form.detail.settings_schema);
    match form.sent.get("do").unwrap_or("save") {
        "save" => keep(&api, &browser, form, &csrf).await,
        "try" => {
            let place = (form.app.as_str(), form.detail.version.number);
            form.tried = tried(&api, &browser, place, &form.filled, &form.sent, &csrf).await?;
            if is_part(&browser) {
                return Ok(Html(form.tried.render()?).into_response());
            }
            form.filled.problems.extend(form.tried.failed.below("/settings"));
            form.shown(&api, &browser).await
        }
        button if changed(schema, button, &form.sent, &mut form.filled) => form.shown(&api, &browser).await,
        _ => Err(PageError::Form),
    }
}

fn filled(detail: &PolicyDetail, sent: &Sent) -> Filled {
    let schema = Schema::new(&detail.settings_schema);
    match sent.get("json") {
        None if schema.is_form() => read(schema, sent),
        None => Filled {
            value: detail.settings.clone(),
            ..Filled::default()
        },
        Some(text) => match serde_json::from_str(text) {
            Ok(value) => Filled {
                value,
                ..Filled::default()
            },
            Err(error) => Filled {
                value: detail.settings.clone(),
                problems: vec![(String::new(), format!("this is not JSON: {error}"))],
                ..Filled::default()
            },
        },
    }
}

/// Makes a version of it, and shows what that would change.
async fn keep(api: &Api, browser: &Parts, mut form: Form, csrf: &str) -> Result<Response, PageError> {
    if !form.filled.problems.is_empty() {
        let page = form.shown(api, browser).await?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let number = form.detail.version.number;
    // Tried first: what the rules refuse is no version.
    let place = (form.app.as_str(), number);
    form.failed = tried(api, browser, place, &form.filled, &Sent::default(), csrf)
        .await?
        .failed;
    if form.failed.whole().is_some() {
        form.filled.problems.extend(form.failed.below("/settings"));
        return form.shown(api, browser).await;
    }
    // The same settings are no other version.
    let body = json!({"from": number, "settings": form.filled.value, "reuse": true});
    let path = format!("/apps/{}/policies", segment(&form.app));
    let made = api
        .act::<PolicyVersion>(browser, Method::POST, &path, &body, csrf)
        .await;
    match made {
        // It decides already: there is nothing to see first.
        Ok(version) if version.state == "active" && form.asked.setup.is_on() => {
            Ok(Redirect::to("/admin").into_response())
        }
        Ok(version) if version.state == "active" => {
            Ok(Redirect::to(&format!("/admin/apps/{}/rules", segment(&form.app))).into_response())
        }
        Ok(version) => {
            let page = preview::made(api, browser, form.app, version.number, &form.asked.setup, csrf).await?;
            Ok(page.into_response())
        }
        Err(error) => {
            form.failed = Wrong::of(error)?;
            form.shown(api, browser).await
        }
    }
}
