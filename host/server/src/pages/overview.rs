//! Whether all is well, or exactly what is not.

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use http::request::Parts;

use super::{Api, Frame, PageError, when};
use crate::admin::answers::{AppStatus, Status, TargetLine};

/// A word and the colour that it is shown in.
type Shown = (&'static str, &'static str);

#[derive(Template)]
#[template(path = "overview.html")]
struct Page {
    frame: Frame,
    apps: Vec<App>,
}

#[derive(Template)]
#[template(path = "overview_apps.html")]
struct Part {
    apps: Vec<App>,
}

struct App {
    name: String,
    /// Nobody came yet, or there is nothing to provision into.
    fresh: bool,
    heard: Option<String>,
    provider: &'static str,
    state: Shown,
    users: u64,
    groups: u64,
    policy: Option<String>,
    base_url: String,
    targets: Vec<Target>,
    failures: Vec<Failure>,
}

struct Target {
    name: String,
    product: String,
    state: Shown,
    why: String,
    counts: [u64; 5],
}

struct Failure {
    target: String,
    what: String,
    state: &'static str,
    tries: u32,
    words: String,
}

pub(super) async fn page(State(api): State<Api>, browser: Parts) -> Result<Html<String>, PageError> {
    let frame = Frame::of(&api, &browser, "overview", None).await?;
    shown(&api, &browser, frame).await
}

async fn shown(api: &Api, browser: &Parts, frame: Frame) -> Result<Html<String>, PageError> {
    let status: Status = api.get(browser, "/status").await?;
    // The menu leads to the app where there is one only.
    let only = match status.apps.as_slice() {
        [one] => Some(one.app.name.clone()),
        _ => None,
    };
    let frame = Frame { app: only, ..frame };
    let apps = status.apps.into_iter().map(app).collect();
    Ok(Html(Page { frame, apps }.render()?))
}

/// The overview after something that leads to it.
pub(super) async fn after(api: &Api, browser: &Parts, words: &str) -> Result<Html<String>, PageError> {
    let frame = Frame::of(api, browser, "overview", None).await?;
    let frame = Frame {
        said: Some(words.to_owned()),
        ..frame
    };
    shown(api, browser, frame).await
}

/// `GET /admin/part`: what changes while one looks.
pub(super) async fn part(State(api): State<Api>, browser: Parts) -> Result<Html<String>, PageError> {
    let status: Status = api.get(&browser, "/status").await?;
    let apps = status.apps.into_iter().map(app).collect();
    Ok(Html(Part { apps }.render()?))
}

fn app(status: AppStatus) -> App {
    let targets: Vec<Target> = status.targets_status.iter().map(target).collect();
    let worst = ["bad", "warn"]
        .into_iter()
        .find(|colour| targets.iter().any(|target| target.state.0 == *colour));
    let state = match worst {
        _ if status.app.policy.is_none() => ("bad", "no rules"),
        _ if targets.is_empty() => ("off", "not set up yet"),
        Some("bad") => ("bad", "needs you"),
        Some(_) => ("warn", "on its way"),
        None if status.restating => ("warn", "decides anew"),
        None => ("good", "all is well"),
    };
    let failures = status.targets_status.iter().flat_map(failures).collect();
    App {
        fresh: status.app.heard.is_none() || targets.is_empty(),
        heard: status.app.heard.as_ref().map(|heard| when(heard.at_ms)),
        provider: super::connect::provider_name(status.app.provider),
        name: status.app.name,
        state,
        users: status.app.users,
        groups: status.app.groups,
        policy: status.app.policy,
        base_url: status.app.base_url,
        targets,
        failures,
    }
}

fn target(line: &TargetLine) -> Target {
    let count = |name: &str| {
        let totals = line.rows.totals();
        totals
            .iter()
            .find(|(state, _)| *state == name)
            .map_or(0, |(_, count)| *count)
    };
    let counts = [
        count("applied"),
        count("pending"),
        count("waiting"),
        count("parked"),
        count("held"),
    ];
    let (state, why) = match (&line.stopped, &line.brake, &line.resting) {
        (Some(why), ..) => (("bad", "stopped"), why.clone()),
        (None, Some(pulled), _) => {
            let why = format!("{} users would lose access, {} may", pulled.users, pulled.allowed);
            (("bad", "brake is pulled"), why)
        }
        (None, None, Some((why, until))) => {
            (("warn", "left alone"), format!("until {}: {why}", when(*until)))
        }
        (None, None, None) if line.rows.parked() > 0 => (("bad", "refused"), String::new()),
        (None, None, None) if line.rows.pending() > 0 => (("warn", "on its way"), String::new()),
        (None, None, None) => (("good", "in step"), String::new()),
    };
    Target {
        name: line.name.clone(),
        product: line.product.clone(),
        state,
        why,
        counts,
    }
}

fn failures(line: &TargetLine) -> impl Iterator<Item = Failure> {
    line.failures.iter().map(|failure| Failure {
        target: line.name.clone(),
        what: format!("{} {}", failure.object, failure.name),
        state: super::failures::state(failure).0,
        tries: failure.attempts,
        words: failure.error.clone(),
    })
}
