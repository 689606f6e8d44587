//! One version of the rules: what it is, what it may do, and what can be done with it.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::Method;
use http::request::Parts;
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::segment;
use super::{Api, Frame, PageError, when};
use crate::admin::answers::{AppSummary, PolicyDetail, PolicyVersion, ShadowReport};

#[derive(Template)]
#[template(path = "version.html")]
struct Page {
    frame: Frame,
    app: String,
    detail: PolicyDetail,
    colour: &'static str,
    created: String,
    activated: Option<String>,
    settings: String,
    grants: String,
    grants_wrong: Option<String>,
    /// Of a hundred resources that this version decides about.
    canary: Option<u8>,
    shadow: Option<ShadowReport>,
    usable: bool,
}

type Place = Path<(String, String)>;

pub(super) async fn detail(
    api: &Api,
    browser: &Parts,
    app: &str,
    number: &str,
) -> Result<PolicyDetail, PageError> {
    let path = format!("/apps/{}/policies/{}", segment(app), segment(number));
    api.get(browser, &path).await
}

pub(super) async fn page(
    State(api): State<Api>,
    Path((app, number)): Place,
    browser: Parts,
) -> Result<Html<String>, PageError> {
    let frame = Frame::of(&api, &browser, "rules", Some(&app)).await?;
    shown(&api, &browser, frame, app, &number, None).await
}

async fn shown(
    api: &Api,
    browser: &Parts,
    frame: Frame,
    app: String,
    number: &str,
    typed: Option<(String, String)>,
) -> Result<Html<String>, PageError> {
    let detail = detail(api, browser, &app, number).await?;
    let path = format!("/apps/{}/shadow", segment(&app));
    let shadow: Option<ShadowReport> = api.get(browser, &path).await?;
    let apps: Vec<AppSummary> = api.get(browser, "/apps").await?;
    let canary = apps
        .into_iter()
        .find(|one| one.name == app)
        .and_then(|one| one.canary);
    let this = detail.version.number;
    let (grants, grants_wrong) = match typed {
        Some((grants, wrong)) => (grants, Some(wrong)),
        None => (serde_json::to_string_pretty(&detail.grants)?, None),
    };
    let page = Page {
        frame,
        app,
        colour: super::rules::colour(&detail.version.state),
        created: when(detail.created_ms),
        activated: detail.activated_ms.map(when),
        settings: serde_json::to_string_pretty(&detail.settings)?,
        grants,
        grants_wrong,
        canary: canary
            .filter(|share| share.number == this)
            .map(|share| share.percent),
        shadow: shadow.filter(|shadow| shadow.number == this),
        usable: super::rules::usable(&detail.version.state),
        detail,
    };
    Ok(Html(page.render()?))
}

#[derive(Debug, Deserialize)]
pub(super) struct Do {
    csrf: String,
    r#do: String,
    #[serde(default)]
    percent: String,
    #[serde(default)]
    grants: String,
}

/// `POST …/rules/{number}`: beside the one in force, for a share, or with other grants.
pub(super) async fn send(
    State(api): State<Api>,
    Path((app, number)): Place,
    browser: Parts,
    Form(form): Form<Do>,
) -> Result<Response, PageError> {
    let this: i64 = number.parse().map_err(|_| PageError::Form)?;
    let below = |what: &str| format!("/apps/{}/{what}", segment(&app));
    let act = |path: String, body: Value| {
        let (api, browser, csrf) = (&api, &browser, &form.csrf);
        async move { api.act::<Value>(browser, Method::PUT, &path, &body, csrf).await }
    };
    let (done, words) = match form.r#do.as_str() {
        "shadow" => (
            act(below("shadow"), json!({"number": this})).await,
            "It decides beside the one in force from now on, without effect.",
        ),
        "unshadow" => (
            act(below("shadow"), json!({"number": null})).await,
            "It no longer decides beside the one in force.",
        ),
        "uncanary" => (
            act(below("canary"), json!({"share": null})).await,
            "It decides about nobody any longer.",
        ),
        "canary" => {
            let percent: u8 = form.percent.trim().parse().map_err(|_| PageError::Form)?;
            let share = json!({"share": {"number": this, "percent": percent}});
            (
                act(below("canary"), share).await,
                "It decides about its share from now on.",
            )
        }
        "grants" => return granted(&api, &browser, app, &number, form).await,
        _ => return Err(PageError::Form),
    };
    let frame = Frame::of(&api, &browser, "rules", Some(&app)).await?;
    let frame = frame.after(&done, |_| words.to_owned());
    Ok(shown(&api, &browser, frame, app, &number, None)
        .await?
        .into_response())
}

/// Other grants make another version: it has not decided yet.
async fn granted(
    api: &Api,
    browser: &Parts,
    app: String,
    number: &str,
    form: Do,
) -> Result<Response, PageError> {
    let frame = Frame::of(api, browser, "rules", Some(&app)).await?;
    let grants: Value = match serde_json::from_str(&form.grants) {
        Ok(grants) => grants,
        Err(error) => {
            let typed = Some((form.grants, format!("this is not JSON: {error}")));
            return Ok(shown(api, browser, frame, app, number, typed)
                .await?
                .into_response());
        }
    };
    let from: Option<i64> = number.parse().ok();
    let body = json!({"from": from, "grants": grants, "reuse": true});
    let path = format!("/apps/{}/policies", segment(&app));
    match api
        .act::<PolicyVersion>(browser, Method::POST, &path, &body, &form.csrf)
        .await
    {
        Ok(version) => {
            let to = format!("/admin/apps/{}/rules/{}", segment(&app), version.number);
            Ok(Redirect::to(&to).into_response())
        }
        Err(PageError::Refused(status, problem)) => {
            let typed = Some((form.grants, problem.detail));
            Ok((status, shown(api, browser, frame, app, number, typed).await?).into_response())
        }
        Err(other) => Err(other),
    }
}
