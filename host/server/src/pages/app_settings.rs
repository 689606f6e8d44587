//! What an administrator sets for an app: limits, the brake, protected names, drift.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::{Html, IntoResponse, Response};
use http::Method;
use http::request::Parts;
use serde_json::{Map, Value, json};

use super::api::segment;
use super::steps::status;
use super::wrong::Wrong;
use super::{Api, Frame, PageError};
use crate::admin::answers::AppSummary;
use crate::forms::Sent;

#[derive(Template)]
#[template(path = "app_settings.html")]
struct Page {
    frame: Frame,
    app: String,
    /// Name, words, hint, value.
    numbers: Vec<(&'static str, &'static str, &'static str, String)>,
    flags: Vec<(&'static str, &'static str, bool)>,
    accounts: String,
    groups: String,
    provider: String,
    failed: Wrong,
}

/// Fields of numbers: how the API calls them, and people.
const NUMBERS: [(&str, &str, &str); 8] = [
    (
        "percent",
        "Brake: per cent of all users",
        "So many may lose access before the rest is held. 0: no such limit.",
    ),
    (
        "at-least",
        "Brake: so many always may",
        "Whatever the percentage says.",
    ),
    ("users", "Brake: users at most", "0: no such limit."),
    ("window-minutes", "Brake: minutes in which they are counted", ""),
    (
        "requests-per-second",
        "Requests per second",
        "More are answered 429, and come again. 0: no limit.",
    ),
    (
        "most-pending",
        "Changes that may wait for the products",
        "With more, writes are put off. 0: no limit.",
    ),
    (
        "drift-every-minutes",
        "Minutes between readings of the products",
        "They look for what was changed by hand. 0: only when somebody asks.",
    ),
    (
        "questions-kept",
        "Requests kept for a replay",
        "The last ones, a week at most. 0: none.",
    ),
];

pub(super) async fn page(
    State(api): State<Api>,
    Path(app): Path<String>,
    browser: Parts,
) -> Result<Html<String>, PageError> {
    let frame = Frame::of(&api, &browser, "settings", Some(&app)).await?;
    let status = status(&api, &browser, &app).await?;
    Ok(Html(of(frame, &status.app).render()?))
}

fn of(frame: Frame, app: &AppSummary) -> Page {
    let value = |name: &str| match name {
        "percent" => app.brake.percent.unwrap_or_default().to_string(),
        "at-least" => app.brake.at_least.to_string(),
        "users" => app.brake.users.unwrap_or_default().to_string(),
        "window-minutes" => app.brake.window_minutes.to_string(),
        "requests-per-second" => app.requests_per_second.map_or(0, u32::from).to_string(),
        "most-pending" => app.most_pending.map_or(0, u32::from).to_string(),
        "drift-every-minutes" => app.drift.every_minutes.map_or(0, u32::from).to_string(),
        _ => app.questions_kept.to_string(),
    };
    Page {
        frame,
        app: app.name.clone(),
        numbers: NUMBERS
            .iter()
            .map(|(name, words, hint)| (*name, *words, *hint, value(name)))
            .collect(),
        flags: vec![
            (
                "require-preview",
                "Let a version decide only after its preview was seen",
                app.require_preview,
            ),
            (
                "basic-authentication",
                "Take the token as the password of basic authentication, too",
                app.basic_authentication,
            ),
            (
                "mend-accounts",
                "After a reading, mend accounts that are gone or differ",
                app.drift.mend.accounts,
            ),
            ("mend-groups", "… groups that are gone", app.drift.mend.groups),
            (
                "mend-memberships",
                "… members who were taken out",
                app.drift.mend.memberships,
            ),
            (
                "mend-extra",
                "… members whom nobody wants, and whose accounts are looked after",
                app.drift.mend.extra,
            ),
            (
                "remove-unmanaged",
                "Take members whose accounts are not looked after out of managed groups",
                app.drift.remove_unmanaged,
            ),
            (
                "offer-discovered",
                "Show the identity provider's import what readings discover, beside what is looked after",
                app.drift.offer_discovered,
            ),
        ],
        accounts: app.protected.accounts.join("\n"),
        groups: app.protected.groups.join("\n"),
        provider: serde_json::to_value(app.provider)
            .ok()
            .and_then(|name| name.as_str().map(str::to_owned))
            .unwrap_or_default(),
        failed: Wrong::default(),
    }
}

pub(super) async fn send(
    State(api): State<Api>,
    Path(app): Path<String>,
    browser: Parts,
    Form(pairs): Form<Vec<(String, String)>>,
) -> Result<Response, PageError> {
    let sent = Sent::new(pairs);
    let csrf = sent.get("csrf").unwrap_or_default();
    let path = format!("/apps/{}", segment(&app));
    let done = api
        .act::<AppSummary>(&browser, Method::PATCH, &path, &body(&sent), csrf)
        .await;
    let frame = Frame::of(&api, &browser, "settings", Some(&app)).await?;
    match done {
        Ok(summary) => {
            let frame = Frame {
                said: Some("Kept.".to_owned()),
                ..frame
            };
            Ok(Html(of(frame, &summary).render()?).into_response())
        }
        Err(error) => {
            let failed = Wrong::of(error)?;
            let status = status(&api, &browser, &app).await?;
            let typed = |name: &str, value: String| sent.get(name).map_or(value, str::to_owned);
            let page = of(frame, &status.app);
            let page = Page {
                numbers: page
                    .numbers
                    .into_iter()
                    .map(|(name, words, hint, value)| (name, words, hint, typed(name, value)))
                    .collect(),
                flags: page
                    .flags
                    .into_iter()
                    .map(|(name, words, _)| (name, words, sent.get(name) == Some("on")))
                    .collect(),
                accounts: typed("protected-accounts", page.accounts),
                groups: typed("protected-groups", page.groups),
                provider: typed("provider", page.provider),
                failed,
                ..page
            };
            Ok((page.failed.status(), Html(page.render()?)).into_response())
        }
    }
}

/// As the API takes it. What is no number is sent as it is, and refused there.
fn body(sent: &Sent) -> Value {
    let number = |name: &str| {
        let text = sent.get(name).unwrap_or_default().trim();
        text.parse::<u64>()
            .map_or_else(|_| json!(text), |number| json!(number))
    };
    let lines = |name: &str| {
        let lines = sent.get(name).unwrap_or_default().lines().map(str::trim);
        json!(lines.filter(|line| !line.is_empty()).collect::<Vec<_>>())
    };
    let mut body = Map::new();
    let mut brake = Map::new();
    for (name, ..) in NUMBERS {
        let into = if BRAKE.contains(&name) {
            &mut brake
        } else {
            &mut body
        };
        into.insert(name.to_owned(), number(name));
    }
    let on = |name: &str| sent.get(name) == Some("on");
    for name in [
        "require-preview",
        "basic-authentication",
        "remove-unmanaged",
        "offer-discovered",
    ] {
        body.insert(name.to_owned(), json!(on(name)));
    }
    let mend = json!({
        "accounts": on("mend-accounts"), "groups": on("mend-groups"),
        "memberships": on("mend-memberships"), "extra": on("mend-extra"),
    });
    body.insert("drift-mend".to_owned(), mend);
    for name in ["protected-accounts", "protected-groups"] {
        body.insert(name.to_owned(), lines(name));
    }
    body.insert("brake".to_owned(), Value::Object(brake));
    body.insert(
        "provider".to_owned(),
        json!(sent.get("provider").unwrap_or("okta")),
    );
    Value::Object(body)
}

const BRAKE: [&str; 4] = ["percent", "at-least", "users", "window-minutes"];
