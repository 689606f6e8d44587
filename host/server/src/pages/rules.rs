//! Versions of the rules: which there are, another one, and back.

use askama::Template;
use axum::Form;
use axum::extract::{Multipart, Path, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::Method;
use http::request::Parts;
use serde_json::{Map, json};

use super::api::segment;
use super::sign_in::Csrf;
use super::{Api, Frame, PageError};
use crate::admin::answers::PolicyVersion;

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

pub(super) async fn page(
    State(api): State<Api>,
    Path(app): Path<String>,
    browser: Parts,
) -> Result<Html<String>, PageError> {
    let frame = Frame::of(&api, &browser, "rules", Some(&app)).await?;
    shown(&api, &browser, frame, app).await
}

pub(super) async fn shown(
    api: &Api,
    browser: &Parts,
    frame: Frame,
    app: String,
) -> Result<Html<String>, PageError> {
    let path = format!("/apps/{}/policies", segment(&app));
    let versions: Vec<PolicyVersion> = api.get(browser, &path).await?;
    let page = Page {
        frame,
        app,
        can_go_back: versions.iter().any(|version| version.state == "retired"),
        versions: versions.into_iter().map(version).collect(),
    };
    Ok(Html(page.render()?))
}

pub(super) fn colour(state: &str) -> &'static str {
    match state {
        "active" => "good",
        "failed" => "bad",
        "draining" => "warn",
        _ => "off",
    }
}

/// Whether it can be previewed, and decide.
pub(super) fn usable(state: &str) -> bool {
    !matches!(state, "failed" | "active" | "uploaded" | "verified")
}

fn version(version: PolicyVersion) -> Version {
    Version {
        number: version.number,
        colour: colour(&version.state),
        usable: usable(&version.state),
        digest: version.digest.chars().take(12).collect(),
        name: version.name,
        version: version.version,
        state: version.state,
        note: version.note,
    }
}

pub(super) async fn roll_back(
    State(api): State<Api>,
    Path(app): Path<String>,
    browser: Parts,
    Form(form): Form<Csrf>,
) -> Result<Html<String>, PageError> {
    let path = format!("/apps/{}/rollback", segment(&app));
    let body = json!({"restate": true});
    let done = api
        .act::<PolicyVersion>(&browser, Method::POST, &path, &body, &form.csrf)
        .await;
    let frame = Frame::of(&api, &browser, "rules", Some(&app)).await?;
    let frame = frame.after(&done, |version| {
        format!("Version {} decides again.", version.number)
    });
    shown(&api, &browser, frame, app).await
}

/// Takes a component, and what comes with it. It is checked, kept, and decides about nothing yet.
pub(super) async fn upload(
    State(api): State<Api>,
    Path(app): Path<String>,
    browser: Parts,
    mut form: Multipart,
) -> Result<Response, PageError> {
    // Before a byte of it is read: it may be long, and strangers' are not taken.
    let frame = Frame::of(&api, &browser, "rules", Some(&app)).await?;
    if !frame.administers {
        return Err(PageError::refused(
            http::StatusCode::FORBIDDEN,
            "only administrators bring new rules",
        ));
    }
    let mut body = Map::new();
    let mut csrf = String::new();
    while let Some(field) = form.next_field().await.map_err(|_| PageError::Form)? {
        let name = field.name().unwrap_or_default().to_owned();
        // The whole form is bounded by its route.
        let bytes = field.bytes().await.map_err(|_| PageError::Form)?;
        let text = || String::from_utf8(bytes.to_vec()).map_err(|_| PageError::Form);
        match name.as_str() {
            "csrf" => csrf = text()?,
            "component" if !bytes.is_empty() => {
                body.insert(name, json!(BASE64_STANDARD.encode(&bytes)));
            }
            "signature" if !bytes.is_empty() => {
                body.insert(name, json!(text()?));
            }
            "digest" if !bytes.is_empty() => {
                body.insert(name, json!(text()?.trim()));
            }
            "settings" | "grants" if !bytes.is_empty() => {
                let value: serde_json::Value = serde_json::from_slice(&bytes).map_err(|error| {
                    let words = format!("{name}: this is not JSON: {error}");
                    PageError::refused(http::StatusCode::UNPROCESSABLE_ENTITY, words)
                })?;
                body.insert(name, value);
            }
            _ => {}
        }
    }
    let path = format!("/apps/{}/policies", segment(&app));
    let done = match body.contains_key("component") {
        true => {
            api.act::<PolicyVersion>(&browser, Method::POST, &path, &body, &csrf)
                .await
        }
        // Without one the API takes the standard rules: nobody means that here.
        false => Err(PageError::refused(
            http::StatusCode::UNPROCESSABLE_ENTITY,
            "choose a component first: a .wasm file",
        )),
    };
    match done {
        Ok(version) => {
            let to = format!("/admin/apps/{}/rules/{}", segment(&app), version.number);
            Ok(Redirect::to(&to).into_response())
        }
        Err(error) => {
            let frame = frame.after(&Err::<(), _>(error), |()| String::new());
            Ok(shown(&api, &browser, frame, app).await?.into_response())
        }
    }
}
