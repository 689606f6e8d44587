//! Who may administer: people, programs, and one's own password.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::response::{Html, IntoResponse, Response};
use http::Method;
use http::request::Parts;
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::segment;
use super::{Api, Frame, PageError, when};
use crate::admin::answers::{AdministratorSummary, AppSummary, MadeToken, TokenSummary};

#[derive(Template)]
#[template(path = "access.html")]
struct Page {
    frame: Frame,
    administrators: Vec<AdministratorSummary>,
    tokens: Vec<Token>,
    apps: Vec<String>,
    /// Shown once.
    made: Option<String>,
}

struct Token {
    name: String,
    role: String,
    app: String,
    until: String,
}

/// What the forms of this page send. Passwords are not shown again, nor in logs.
#[derive(Deserialize)]
pub(super) struct Do {
    csrf: String,
    r#do: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    new_password: String,
    #[serde(default)]
    app: String,
    #[serde(default)]
    days: String,
}

pub(super) async fn page(State(api): State<Api>, browser: Parts) -> Result<Html<String>, PageError> {
    let frame = Frame::of(&api, &browser, "access", None).await?;
    shown(&api, &browser, frame, None).await
}

async fn shown(
    api: &Api,
    browser: &Parts,
    frame: Frame,
    made: Option<String>,
) -> Result<Html<String>, PageError> {
    let (mut administrators, mut tokens, mut apps) = (Vec::new(), Vec::new(), Vec::new());
    if frame.administers {
        administrators = api
            .get::<Vec<AdministratorSummary>>(browser, "/administrators")
            .await?;
        tokens = api.get::<Vec<TokenSummary>>(browser, "/tokens").await?;
        apps = api.get::<Vec<AppSummary>>(browser, "/apps").await?;
    }
    let token = |token: TokenSummary| Token {
        name: token.name,
        role: token.role.to_string(),
        app: token.app.unwrap_or_else(|| "all".to_owned()),
        until: when(token.expires_ms),
    };
    let page = Page {
        frame,
        administrators,
        tokens: tokens.into_iter().map(token).collect(),
        apps: apps.into_iter().map(|app| app.name).collect(),
        made,
    };
    Ok(Html(page.render()?))
}

pub(super) async fn send(
    State(api): State<Api>,
    browser: Parts,
    Form(form): Form<Do>,
) -> Result<Response, PageError> {
    let person = format!("/administrators/{}", segment(&form.name));
    let (method, path, body, words) = match form.r#do.as_str() {
        "create" => {
            let body = json!({"name": form.name.trim(), "role": form.role, "password": form.password});
            (
                Method::POST,
                "/administrators".to_owned(),
                body,
                format!("{} may sign in now.", form.name),
            )
        }
        "role" => (
            Method::PATCH,
            person,
            json!({"role": form.role}),
            format!("{} is {} now.", form.name, form.role),
        ),
        "disable" => (
            Method::PATCH,
            person,
            json!({"disabled": true}),
            format!("{} may not sign in any longer.", form.name),
        ),
        "enable" => (
            Method::PATCH,
            person,
            json!({"disabled": false}),
            format!("{} may sign in again.", form.name),
        ),
        "remove" => (
            Method::DELETE,
            person,
            Value::Null,
            format!("{} is removed.", form.name),
        ),
        "token" => {
            let app = Some(&form.app).filter(|app| !app.is_empty());
            let days = form
                .days
                .trim()
                .parse::<u32>()
                .map_or_else(|_| json!(form.days), |days| json!(days));
            let body = json!({"name": form.name.trim(), "role": form.role, "app": app, "days": days});
            (
                Method::POST,
                "/tokens".to_owned(),
                body,
                "The token is below. It is shown this once.".to_owned(),
            )
        }
        "end" => (
            Method::DELETE,
            format!("/tokens/{}", segment(&form.name)),
            Value::Null,
            format!("The token {} works no longer.", form.name),
        ),
        "password" => {
            let body = json!({"password": form.password, "new-password": form.new_password});
            (
                Method::PUT,
                "/session/password".to_owned(),
                body,
                "The password is another now.".to_owned(),
            )
        }
        _ => return Err(PageError::Form),
    };
    let said = api.send(&browser, method, &path, &body, Some(&form.csrf)).await?;
    let done = said.json::<Value>();
    let made = done.as_ref().ok().filter(|_| form.r#do == "token").cloned();
    let made = made.and_then(|made| serde_json::from_value::<MadeToken>(made).ok());
    let frame = Frame::of(&api, &browser, "access", None).await?;
    let frame = frame.after(&done, |_| words);
    let page = shown(&api, &browser, frame, made.map(|made| made.token)).await?;
    let mut answer = page.into_response();
    // Another password is another session.
    super::sign_in::pass_cookies(&said.headers, &mut answer);
    Ok(answer)
}
