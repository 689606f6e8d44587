//! Settings tried before a version is made of them: what the rules would have for sample users, and what they refuse.

use askama::Template;
use http::Method;
use http::request::Parts;
use serde_json::json;

use super::super::api::segment;
use super::super::wrong::Wrong;
use super::super::{Api, PageError};
use crate::admin::answers::TriedUser;
use crate::forms::{Filled, Sent};

/// Users, and groups, tried at once.
const MOST: usize = 20;

#[derive(Template, Default)]
#[template(path = "settings_tried.html")]
pub(super) struct Tried {
    users: Vec<TriedUser>,
    pub(super) failed: Wrong,
}

/// Nothing comes of it.
pub(super) async fn tried(
    api: &Api,
    browser: &Parts,
    (app, number): (&str, i64),
    filled: &Filled,
    sent: &Sent,
    csrf: &str,
) -> Result<Tried, PageError> {
    let lines = |name: &str| {
        let text = sent.get(name).unwrap_or_default();
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        lines.take(MOST).map(str::to_owned).collect::<Vec<_>>()
    };
    let path = format!("/apps/{}/policies/{number}/try", segment(app));
    let body = json!({
        "settings": filled.value, "user-names": lines("try-users"), "groups": lines("try-groups"),
    });
    let tried = api.act(browser, Method::POST, &path, &body, csrf).await;
    match tried {
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
