//! Why somebody has access, or not.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Html;
use http::request::Parts;
use serde::Deserialize;

use super::api::segment;
use super::{Api, Frame, PageError};
use crate::admin::answers::WhyUser;
use crate::cli::why::cells;

#[derive(Template)]
#[template(path = "people.html")]
struct Page {
    frame: Frame,
    asked: String,
    people: Vec<Person>,
}

struct Person {
    name: String,
    id: String,
    rows: Vec<Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Asked {
    #[serde(default)]
    q: String,
}

pub(super) async fn page(
    State(api): State<Api>,
    Path(app): Path<String>,
    Query(asked): Query<Asked>,
    browser: Parts,
) -> Result<Html<String>, PageError> {
    let mut frame = Frame::of(&api, &browser, "people", Some(&app)).await?;
    let mut people = Vec::new();
    let q = asked.q.trim();
    if !q.is_empty() {
        let path = format!("/apps/{}/why/{}", segment(&app), segment(q));
        match api.get::<Vec<WhyUser>>(&browser, &path).await {
            Ok(found) => people = found.into_iter().map(person).collect(),
            Err(PageError::Refused(_, problem)) => frame.failed = Some(problem.detail),
            Err(other) => return Err(other),
        }
    }
    let page = Page {
        frame,
        asked: q.to_owned(),
        people,
    };
    Ok(Html(page.render()?))
}

fn person(found: WhyUser) -> Person {
    Person {
        name: found.name,
        id: found
            .id
            .unwrap_or_else(|| "deleted; what is left to do".to_owned()),
        // The request is for logs: a page has no room for it.
        rows: found.rows.iter().map(|row| cells(row, false)).collect(),
    }
}
