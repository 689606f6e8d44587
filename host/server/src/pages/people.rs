//! Users and groups, with how they stand in each target.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Html;
use http::request::Parts;
use serde::Deserialize;

use super::api::segment;
use super::{Api, Frame, PageError};
use crate::admin::answers::{PeoplePage, PersonState};

#[derive(Template)]
#[template(path = "people.html")]
struct Page {
    frame: Frame,
    app: String,
    groups: bool,
    asked: String,
    people: Vec<Person>,
    next: Option<String>,
    first: bool,
}

struct Person {
    id: String,
    name: String,
    display_name: String,
    active: bool,
    members: u64,
    targets: Vec<(String, &'static str, String)>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Asked {
    q: String,
    after: String,
    kind: String,
}

pub(super) async fn page(
    State(api): State<Api>,
    Path(app): Path<String>,
    Query(asked): Query<Asked>,
    browser: Parts,
) -> Result<Html<String>, PageError> {
    let frame = Frame::of(&api, &browser, "people", Some(&app)).await?;
    let groups = asked.kind == "groups";
    let what = if groups { "groups" } else { "users" };
    let q = asked.q.trim();
    let path = format!(
        "/apps/{}/{what}?q={}&after={}",
        segment(&app),
        segment(q),
        segment(&asked.after)
    );
    let found: PeoplePage = api.get(&browser, &path).await?;
    let people = found.people.into_iter().map(|person| Person {
        targets: person.targets.into_iter().map(in_words).collect(),
        id: person.id,
        name: person.name,
        display_name: person.display_name,
        active: person.active,
        members: person.members,
    });
    let page = Page {
        frame,
        app,
        groups,
        asked: q.to_owned(),
        people: people.collect(),
        next: found.next,
        first: asked.after.is_empty(),
    };
    Ok(Html(page.render()?))
}

/// Target, colour and words.
fn in_words(state: PersonState) -> (String, &'static str, String) {
    let (colour, words) = match &state {
        one if one.parked > 0 => ("bad", "refused"),
        one if one.held > 0 => ("bad", "held by the brake"),
        one if one.pending > 0 => ("warn", "on its way"),
        one => match one.wanted.as_str() {
            "suspended" => ("off", "suspended"),
            "removed" => ("off", "removed"),
            "released" => ("off", "not looked after"),
            "anonymised" => ("off", "anonymised"),
            _ => ("good", "as wanted"),
        },
    };
    let words = match state.name.is_empty() {
        true => words.to_owned(),
        false => format!("{words}: {}", state.name),
    };
    (state.target, colour, words)
}
