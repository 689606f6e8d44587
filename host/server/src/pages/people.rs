//! Users and groups, with how they stand in each target; and one of them, with why and what happened.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Html;
use http::request::Parts;
use serde::Deserialize;

use super::activity::{Line, line};
use super::api::segment;
use super::{Api, Frame, PageError, when};
use crate::admin::answers::{PeoplePage, PersonState, SeenPage, WhyLine, WhyUser};
use crate::cli::why::{asked_by, result};

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
            _ => ("good", "as wanted"),
        },
    };
    let words = match state.name.is_empty() {
        true => words.to_owned(),
        false => format!("{words}: {}", state.name),
    };
    (state.target, colour, words)
}

#[derive(Template)]
#[template(path = "person.html")]
struct One {
    frame: Frame,
    app: String,
    people: Vec<Found>,
    asked: String,
    history: Vec<Line>,
}

struct Found {
    name: String,
    id: String,
    rows: Vec<Row>,
}

/// One row about somebody.
struct Row {
    target: String,
    what: String,
    wanted: String,
    there: String,
    because: String,
    asked_by: String,
    decided: String,
    by: String,
    result: String,
}

impl Row {
    /// The request is for logs: a page has no room for it.
    fn of(line: WhyLine) -> Self {
        Self {
            what: format!("{} {}", line.row.object, line.row.name),
            asked_by: asked_by(&line),
            decided: when(line.row.changed_ms),
            result: result(&line, when),
            target: line.target,
            by: line.decided_by.unwrap_or_default(),
            wanted: line.row.wanted,
            there: line.row.applied,
            because: line.row.reason,
        }
    }
}

/// A user by `userName`, SCIM id, or the username of an account.
pub(super) async fn one(
    State(api): State<Api>,
    Path((app, who)): Path<(String, String)>,
    browser: Parts,
) -> Result<Html<String>, PageError> {
    let mut frame = Frame::of(&api, &browser, "people", Some(&app)).await?;
    let path = format!("/apps/{}/why/{}", segment(&app), segment(&who));
    let people = match api.get::<Vec<WhyUser>>(&browser, &path).await {
        Ok(found) => found,
        Err(PageError::Refused(_, problem)) => {
            frame.failed = Some(problem.detail);
            Vec::new()
        }
        Err(other) => return Err(other),
    };
    // What was done about the first of them: names may have changed, ids do not.
    let of = people
        .first()
        .and_then(|one| one.id.clone())
        .unwrap_or_else(|| who.clone());
    let path = format!("/apps/{}/activity?limit=50&q={}", segment(&app), segment(&of));
    let history: SeenPage = api.get(&browser, &path).await?;
    let found = |found: WhyUser| Found {
        name: found.name,
        id: found
            .id
            .unwrap_or_else(|| "deleted; what is left to do".to_owned()),
        rows: found.rows.into_iter().map(Row::of).collect(),
    };
    let page = One {
        frame,
        app,
        people: people.into_iter().map(found).collect(),
        asked: who,
        history: history.lines.into_iter().map(line).collect(),
    };
    Ok(Html(page.render()?))
}
