//! Pointing an identity provider at an app: the address, the token, what to do there, and whether it has come.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::Html;
use http::Method;
use http::request::Parts;
use serde::Deserialize;
use serde_json::json;
use tidegate_store::apps::Provider;

use super::api::segment;
use super::steps::{At, Setup, status};
use super::{Api, Frame, PageError, when};
use crate::admin::answers::AppSummary;
use crate::setup::NewApp;

#[derive(Template)]
#[template(path = "connect.html")]
struct Page {
    frame: Frame,
    app: String,
    setup: Setup,
    base_url: String,
    /// Shown once.
    token: Option<String>,
    provider: &'static str,
    part: Part,
}

/// Whether the provider has come.
#[derive(Template)]
#[template(path = "connected.html")]
pub(super) struct Part {
    provider: &'static str,
    /// When, and what it calls itself.
    heard: Option<(String, String)>,
}

#[derive(Deserialize)]
pub(super) struct NewToken {
    csrf: String,
    overlap_hours: u32,
}

/// What people call it.
pub(super) fn provider_name(provider: Provider) -> &'static str {
    match provider {
        Provider::Okta => "Okta",
        Provider::Entra => "Entra ID",
        Provider::Other => "the identity provider",
    }
}

pub(super) async fn page(
    State(api): State<Api>,
    Path(app): Path<String>,
    Query(setup): Query<Setup>,
    browser: Parts,
) -> Result<Html<String>, PageError> {
    let frame = Frame::of(&api, &browser, "connect", Some(&app)).await?;
    shown(&api, &browser, frame, &app, setup, None).await
}

/// With the token, where there is one that was just made.
pub(super) async fn shown(
    api: &Api,
    browser: &Parts,
    frame: Frame,
    app: &str,
    setup: Setup,
    token: Option<String>,
) -> Result<Html<String>, PageError> {
    let status = status(api, browser, app).await?;
    let page = Page {
        frame: frame.on_the_way(&setup, At::Provider, &status),
        app: status.app.name.clone(),
        setup,
        base_url: status.app.base_url.clone(),
        token,
        provider: provider_name(status.app.provider),
        part: part_of(&status.app),
    };
    Ok(Html(page.render()?))
}

fn part_of(app: &AppSummary) -> Part {
    Part {
        provider: provider_name(app.provider),
        heard: app
            .heard
            .as_ref()
            .map(|heard| (when(heard.at_ms), heard.client.clone())),
    }
}

/// `GET …/connect/part`: what changes while one waits.
pub(super) async fn part(
    State(api): State<Api>,
    Path(app): Path<String>,
    browser: Parts,
) -> Result<Html<String>, PageError> {
    let status = status(&api, &browser, &app).await?;
    Ok(Html(part_of(&status.app).render()?))
}

/// `POST …/connect`: another token.
pub(super) async fn new_token(
    State(api): State<Api>,
    Path(app): Path<String>,
    Query(setup): Query<Setup>,
    browser: Parts,
    Form(form): Form<NewToken>,
) -> Result<Html<String>, PageError> {
    let path = format!("/apps/{}/token", segment(&app));
    let body = json!({"overlap-seconds": form.overlap_hours.saturating_mul(3_600)});
    let made = api
        .act::<NewApp>(&browser, Method::POST, &path, &body, &form.csrf)
        .await;
    let frame = Frame::of(&api, &browser, "connect", Some(&app)).await?;
    let frame = frame.after(&made, |_| "The token is below. It is shown this once.".to_owned());
    shown(
        &api,
        &browser,
        frame,
        &app,
        setup,
        made.ok().map(|made| made.token),
    )
    .await
}
