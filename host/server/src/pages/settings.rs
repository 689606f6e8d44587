//! Settings of a version's rules, as a form that follows from the JSON Schema that the rules publish. What is sent
//! becomes a version of its own, seen in a preview before it decides.

use askama::Template;
use axum::Form;
use axum::extract::{Path, Query, State};
use axum::response::{Html, IntoResponse, Redirect, Response};
use http::Method;
use http::request::Parts;
use serde::Deserialize;
use serde_json::{Value, json};

use super::api::segment;
use super::steps::{At, Setup, status};
use super::wrong::Wrong;
use super::{Api, Frame, PageError, is_part, preview, version};
use crate::admin::answers::{PolicyDetail, PolicyVersion, TriedUser};
use crate::forms::{Filled, Node, Schema, Sent, changed, draw, read};

#[derive(Template)]
#[template(path = "settings.html")]
struct Page {
    frame: Frame,
    app: String,
    number: i64,
    policy: String,
    setup: Setup,
    /// None: the rules publish no schema that a form can be made of, or JSON is wanted.
    fields: Option<Vec<Node>>,
    json: String,
    can_be_form: bool,
    problems: Vec<(String, String)>,
    targets: Vec<String>,
    users: String,
    groups: String,
    tried: Tried,
    failed: Wrong,
}

/// What the rules would have for sample users.
#[derive(Template, Default)]
#[template(path = "settings_tried.html")]
struct Tried {
    users: Vec<TriedUser>,
    failed: Wrong,
}

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
        let active = status
            .app
            .policy
            .as_deref()
            .and_then(version::number_in)
            .unwrap_or(1);
        let to = format!(
            "/admin/apps/{}/rules/{active}/settings{}",
            segment(&app),
            asked.setup.query()
        );
        return Ok(Redirect::to(&to).into_response());
    }
    let detail = version::detail(&api, &browser, &app, &number).await?;
    let filled = Filled {
        value: detail.settings.clone(),
        ..Filled::default()
    };
    let sent = Sent::default();
    let page = shown(
        &api,
        &browser,
        app,
        detail,
        asked,
        filled,
        &sent,
        Tried::default(),
        Wrong::default(),
    )
    .await?;
    Ok(page.into_response())
}

#[expect(clippy::too_many_arguments, reason = "each is a part of the page")]
async fn shown(
    api: &Api,
    browser: &Parts,
    app: String,
    detail: PolicyDetail,
    asked: Asked,
    filled: Filled,
    sent: &Sent,
    tried: Tried,
    failed: Wrong,
) -> Result<Html<String>, PageError> {
    let status = status(api, browser, &app).await?;
    let frame = Frame::of(api, browser, "rules", Some(&app)).await?;
    let schema = Schema::new(&detail.settings_schema);
    let can_be_form = schema.is_form();
    let as_form = can_be_form && asked.json.is_none();
    let typed = sent.get("json").map(str::to_owned);
    let page = Page {
        frame: frame.on_the_way(&asked.setup, At::Options, &status),
        app,
        number: detail.version.number,
        policy: format!("{} {}", detail.version.name, detail.version.version),
        setup: asked.setup,
        fields: as_form.then(|| draw(schema, &filled)),
        json: typed.map_or_else(|| serde_json::to_string_pretty(&filled.value), Ok)?,
        can_be_form,
        problems: filled.problems,
        targets: status.app.targets,
        users: sent
            .get("try-users")
            .unwrap_or("ada.lovelace@example.com")
            .to_owned(),
        groups: sent.get("try-groups").unwrap_or_default().to_owned(),
        tried,
        failed,
    };
    Ok(Html(page.render()?))
}

/// Everything that the form's buttons do.
pub(super) async fn send(
    State(api): State<Api>,
    Path((app, number)): Place,
    Query(asked): Query<Asked>,
    browser: Parts,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let sent = Sent::new(pairs);
    let csrf = sent.get("csrf").unwrap_or_default().to_owned();
    let button = sent.get("do").unwrap_or("save").to_owned();
    let detail = version::detail(&api, &browser, &app, &number).await?;
    let mut filled = filled(&detail, &sent);
    let schema = Schema::new(&detail.settings_schema);
    if changed(schema, &button, &sent, &mut filled) {
        let page = shown(
            &api,
            &browser,
            app,
            detail,
            asked,
            filled,
            &sent,
            Tried::default(),
            Wrong::default(),
        )
        .await?;
        return Ok(page.into_response());
    }
    if button == "try" {
        let tried = tried(&api, &browser, (&app, &number), &filled, &sent, &csrf).await?;
        filled.problems.extend(tried.failed.below("/settings"));
        return match is_part(&browser) {
            true => Ok(Html(tried.render()?).into_response()),
            false => {
                let page = shown(
                    &api,
                    &browser,
                    app,
                    detail,
                    asked,
                    filled,
                    &sent,
                    tried,
                    Wrong::default(),
                )
                .await?;
                Ok(page.into_response())
            }
        };
    }
    // Tried first: what the rules refuse is no version.
    if filled.problems.is_empty() {
        let checked = tried(&api, &browser, (&app, &number), &filled, &Sent::default(), &csrf).await?;
        if checked.failed.whole().is_some() {
            let failed = checked.failed;
            filled.problems.extend(failed.below("/settings"));
            let status = failed.status();
            let page = shown(
                &api,
                &browser,
                app,
                detail,
                asked,
                filled,
                &sent,
                Tried::default(),
                failed,
            )
            .await?;
            return Ok((status, page).into_response());
        }
        // The same settings are no other version.
        let body = json!({"from": detail.version.number, "settings": filled.value, "reuse": true});
        let path = format!("/apps/{}/policies", segment(&app));
        match api
            .act::<PolicyVersion>(&browser, Method::POST, &path, &body, &csrf)
            .await
        {
            Ok(version) if version.state == "active" => {
                let to = if asked.setup.is_on() {
                    "/admin".to_owned()
                } else {
                    format!("/admin/apps/{}/rules", segment(&app))
                };
                return Ok(Redirect::to(&to).into_response());
            }
            Ok(version) => {
                let page = preview::made(&api, &browser, app, version.number, &asked.setup, &csrf).await?;
                return Ok(page.into_response());
            }
            Err(error) => {
                let failed = Wrong::of(error)?;
                let status = failed.status();
                let page = shown(
                    &api,
                    &browser,
                    app,
                    detail,
                    asked,
                    filled,
                    &sent,
                    Tried::default(),
                    failed,
                )
                .await?;
                return Ok((status, page).into_response());
            }
        }
    }
    let page = shown(
        &api,
        &browser,
        app,
        detail,
        asked,
        filled,
        &sent,
        Tried::default(),
        Wrong::default(),
    )
    .await?;
    Ok((http::StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

fn filled(detail: &PolicyDetail, sent: &Sent) -> Filled {
    match sent.get("json") {
        None => read(Schema::new(&detail.settings_schema), sent),
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

async fn tried(
    api: &Api,
    browser: &Parts,
    (app, number): (&str, &str),
    filled: &Filled,
    sent: &Sent,
    csrf: &str,
) -> Result<Tried, PageError> {
    let lines = |name: &str| {
        let text = sent.get(name).unwrap_or_default();
        let lines = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .take(20);
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let path = format!("/apps/{}/policies/{}/try", segment(app), segment(number));
    let settings: &Value = &filled.value;
    let body = json!({"settings": settings, "user-names": lines("try-users"), "groups": lines("try-groups")});
    match api
        .act::<Vec<TriedUser>>(browser, Method::POST, &path, &body, csrf)
        .await
    {
        Ok(users) => Ok(Tried {
            users,
            failed: Wrong::default(),
        }),
        Err(error) => Ok(Tried {
            users: Vec::new(),
            failed: Wrong::of(error)?,
        }),
    }
}
