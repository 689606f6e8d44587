//! One user, with why there is access or not, and what happened; and, for whoever left, anonymising.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::Html;
use http::Method;
use http::request::Parts;
use serde::Deserialize;
use serde_json::json;
use tidegate_directory::products::offers_anonymising;

use super::activity::{Line, line};
use super::api::segment;
use super::{Api, Frame, PageError, when};
use crate::admin::answers::{Anonymised, SeenPage, TargetSummary, WhyLine, WhyUser};
use crate::cli::why::{asked_by, result};

#[derive(Template)]
#[template(path = "person.html")]
struct Page {
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
    leavers: Vec<Leaver>,
}

/// An account that may be anonymised.
struct Leaver {
    target: String,
    username: String,
    /// It is asked for, and not done yet.
    asked: bool,
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

/// What a form of the page asks for.
#[derive(Debug, Deserialize)]
pub(super) struct Asked {
    csrf: String,
    target: String,
    #[serde(default)]
    confirm: String,
    #[serde(default)]
    r#do: String,
}

/// A user by `userName`, SCIM id, or the username of an account.
pub(super) async fn page(
    State(api): State<Api>,
    Path((app, who)): Path<(String, String)>,
    browser: Parts,
) -> Result<Html<String>, PageError> {
    let frame = Frame::of(&api, &browser, "people", Some(&app)).await?;
    shown(&api, &browser, frame, app, who).await
}

/// Anonymises one of the accounts.
pub(super) async fn anonymise(
    State(api): State<Api>,
    Path((app, who)): Path<(String, String)>,
    browser: Parts,
    Form(form): Form<Asked>,
) -> Result<Html<String>, PageError> {
    let path = format!(
        "/apps/{}/targets/{}/anonymise",
        segment(&app),
        segment(&form.target)
    );
    let withdraw = form.r#do == "withdraw";
    let body = json!({"user": who, "confirm": form.confirm.trim(), "withdraw": withdraw});
    let done = api
        .act::<Anonymised>(&browser, Method::POST, &path, &body, &form.csrf)
        .await;
    let frame = Frame::of(&api, &browser, "people", Some(&app)).await?;
    let frame = frame.after(&done, |done| {
        let Anonymised { username, .. } = done;
        match withdraw {
            true => format!(
                "{username} in {} is not to be anonymised any longer.",
                form.target
            ),
            false => format!("{username} in {} is being anonymised.", form.target),
        }
    });
    shown(&api, &browser, frame, app, who).await
}

async fn shown(
    api: &Api,
    browser: &Parts,
    mut frame: Frame,
    app: String,
    who: String,
) -> Result<Html<String>, PageError> {
    let path = format!("/apps/{}/why/{}", segment(&app), segment(&who));
    let people = match api.get::<Vec<WhyUser>>(browser, &path).await {
        Ok(found) => found,
        Err(PageError::Refused(_, problem)) => {
            frame.failed.get_or_insert(problem.detail);
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
    let history: SeenPage = api.get(browser, &path).await?;
    let targets: Vec<TargetSummary> = match frame.administers {
        true => {
            api.get(browser, &format!("/apps/{}/targets", segment(&app)))
                .await?
        }
        false => Vec::new(),
    };
    let found = |found: WhyUser| Found {
        leavers: leavers(&found.rows, &targets),
        name: found.name,
        id: found
            .id
            .unwrap_or_else(|| "deleted; what is left to do".to_owned()),
        rows: found.rows.into_iter().map(Row::of).collect(),
    };
    let page = Page {
        people: people.into_iter().map(found).collect(),
        frame,
        app,
        asked: who,
        history: history.lines.into_iter().map(line).collect(),
    };
    Ok(Html(page.render()?))
}

/// Accounts that are there, shall not be used, and whose product offers it.
fn leavers(rows: &[WhyLine], targets: &[TargetSummary]) -> Vec<Leaver> {
    let offers = |name: &str| {
        let target = targets.iter().find(|target| target.name == name);
        target.is_some_and(|target| offers_anonymising(target.product))
    };
    let fits = |line: &&WhyLine| {
        let row = &line.row;
        row.object == "account"
            && matches!(row.wanted.as_str(), "suspended" | "removed" | "anonymised")
            && !matches!(row.applied.as_str(), "absent" | "anonymised")
            && offers(&line.target)
    };
    let leaver = |line: &WhyLine| Leaver {
        target: line.target.clone(),
        username: line.row.name.clone(),
        asked: line.row.wanted == "anonymised",
    };
    rows.iter().filter(fits).map(leaver).collect()
}
