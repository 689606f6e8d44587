//! What an app's other parties know it by, and what its rules know others by: OAuth clients, and secrets that the host
//! attaches to requests of rules.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::Html;
use http::Method;
use http::request::Parts;
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::segment;
use super::{Api, Frame, PageError};
use crate::admin::answers::{ClientSummary, CredentialSummary, NewClient};

#[derive(Template)]
#[template(path = "secrets.html")]
struct Page {
    frame: Frame,
    app: String,
    credentials: Vec<CredentialSummary>,
    clients: Vec<ClientSummary>,
    /// Shown once.
    made: Option<NewClient>,
}

/// What the forms send. Secrets are not shown again, nor in logs.
#[derive(Deserialize)]
pub(super) struct Do {
    csrf: String,
    r#do: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    origins: String,
    #[serde(default)]
    header: String,
    #[serde(default)]
    value: String,
}

pub(super) async fn page(
    State(api): State<Api>,
    Path(app): Path<String>,
    browser: Parts,
) -> Result<Html<String>, PageError> {
    let frame = Frame::of(&api, &browser, "settings", Some(&app)).await?;
    shown(&api, &browser, frame, app, None).await
}

async fn shown(
    api: &Api,
    browser: &Parts,
    frame: Frame,
    app: String,
    made: Option<NewClient>,
) -> Result<Html<String>, PageError> {
    let below = |what: &str| format!("/apps/{}/{what}", segment(&app));
    let credentials = api.get(browser, &below("credentials")).await?;
    let clients = api.get(browser, &below("clients")).await?;
    let page = Page {
        frame,
        app,
        credentials,
        clients,
        made,
    };
    Ok(Html(page.render()?))
}

pub(super) async fn send(
    State(api): State<Api>,
    Path(app): Path<String>,
    browser: Parts,
    Form(form): Form<Do>,
) -> Result<Html<String>, PageError> {
    let name = form.name.trim();
    let one = |what: &str| format!("/apps/{}/{what}/{}", segment(&app), segment(name));
    let (method, path, body, words) = match form.r#do.as_str() {
        "credential" => {
            let origins = form
                .origins
                .lines()
                .map(str::trim)
                .filter(|line| !line.is_empty());
            let origins: Vec<&str> = origins.collect();
            let body = json!({"origins": origins, "header": form.header.trim(), "value": form.value});
            (
                Method::PUT,
                one("credentials"),
                body,
                format!("Rules that are granted {name} may use it."),
            )
        }
        "forget" => (
            Method::DELETE,
            one("credentials"),
            Value::Null,
            format!("{name} is forgotten."),
        ),
        "client" => {
            let path = format!("/apps/{}/clients", segment(&app));
            (
                Method::POST,
                path,
                json!({"name": name}),
                "Its secret is below. It is shown this once.".to_owned(),
            )
        }
        "end" => (
            Method::DELETE,
            one("clients"),
            Value::Null,
            format!("{name} gets no more access tokens."),
        ),
        _ => return Err(PageError::Form),
    };
    let done = api.act::<Value>(&browser, method, &path, &body, &form.csrf).await;
    let made = done.as_ref().ok().filter(|_| form.r#do == "client").cloned();
    let made = made.and_then(|made| serde_json::from_value(made).ok());
    let frame = Frame::of(&api, &browser, "settings", Some(&app)).await?;
    let frame = frame.after(&done, |_| words);
    shown(&api, &browser, frame, app, made).await
}
