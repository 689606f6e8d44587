//! A new app.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use http::Method;
use http::request::Parts;
use serde::Deserialize;
use serde_json::json;

use super::steps::Setup;
use super::{Api, Frame, PageError, connect};
use crate::admin::answers::AppSummary;
use crate::setup::NewApp;

#[derive(Template)]
#[template(path = "app_new.html")]
struct Page {
    frame: Frame,
    name: String,
    provider: String,
    wrong: Option<String>,
    /// Apps that nobody uses yet: the first start makes one.
    unused: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct Fields {
    csrf: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    provider: String,
}

pub(super) async fn form(State(api): State<Api>, browser: Parts) -> Result<Html<String>, PageError> {
    let unused = unused(&api, &browser).await?;
    let page = Page {
        frame: Frame::of(&api, &browser, "new", None).await?,
        name: String::new(),
        provider: "okta".to_owned(),
        wrong: None,
        unused,
    };
    Ok(Html(page.render()?))
}

async fn unused(api: &Api, browser: &Parts) -> Result<Vec<String>, PageError> {
    let apps: Vec<AppSummary> = api.get(browser, "/apps").await?;
    let fresh = |app: &AppSummary| app.heard.is_none() && app.targets.is_empty() && app.users == 0;
    Ok(apps.into_iter().filter(fresh).map(|app| app.name).collect())
}

/// Makes it, and shows its token: there is no other time to.
pub(super) async fn create(
    State(api): State<Api>,
    browser: Parts,
    Form(fields): Form<Fields>,
) -> Result<Response, PageError> {
    let name = fields.name.trim();
    let body = json!({"name": name, "provider": fields.provider});
    let made = api
        .act::<NewApp>(&browser, Method::POST, "/apps", &body, &fields.csrf)
        .await;
    match made {
        Ok(made) => {
            let frame = Frame::of(&api, &browser, "connect", Some(&made.name)).await?;
            let page =
                connect::shown(&api, &browser, frame, &made.name, Setup::on(), Some(made.token)).await?;
            Ok(page.into_response())
        }
        Err(PageError::Refused(status, problem)) => {
            let page = Page {
                frame: Frame::of(&api, &browser, "new", None).await?,
                name: fields.name,
                provider: fields.provider,
                wrong: Some(problem.detail),
                unused: Vec::new(),
            };
            Ok((status, Html(page.render()?)).into_response())
        }
        Err(other) => Err(other),
    }
}
