//! The page with the form of a version's settings.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use http::request::Parts;

use super::super::steps::{At, Setup, status};
use super::super::wrong::Wrong;
use super::super::{Api, Frame, PageError};
use super::Asked;
use super::tried::Tried;
use crate::admin::answers::PolicyDetail;
use crate::forms::{Filled, Node, Schema, Sent, draw};

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

/// What the page is made of.
pub(super) struct Form {
    pub(super) app: String,
    pub(super) detail: PolicyDetail,
    pub(super) asked: Asked,
    /// As it was typed; nothing yet.
    pub(super) sent: Sent,
    pub(super) filled: Filled,
    pub(super) tried: Tried,
    pub(super) failed: Wrong,
}

impl Form {
    /// With the settings that the version has.
    pub(super) fn of(app: String, detail: PolicyDetail, asked: Asked) -> Self {
        Self {
            filled: Filled {
                value: detail.settings.clone(),
                ..Filled::default()
            },
            app,
            detail,
            asked,
            sent: Sent::default(),
            tried: Tried::default(),
            failed: Wrong::default(),
        }
    }

    /// As it is, with the status of what was refused.
    pub(super) async fn shown(self, api: &Api, browser: &Parts) -> Result<Response, PageError> {
        let status = status(api, browser, &self.app).await?;
        let frame = Frame::of(api, browser, "rules", Some(&self.app)).await?;
        let schema = Schema::new(&self.detail.settings_schema);
        let can_be_form = schema.is_form();
        let as_form = can_be_form && self.asked.json.is_none();
        let typed = |name: &str, first: &str| self.sent.get(name).unwrap_or(first).to_owned();
        let version = &self.detail.version;
        let page = Page {
            frame: frame.on_the_way(&self.asked.setup, At::Options, &status),
            number: version.number,
            policy: format!("{} {}", version.name, version.version),
            fields: as_form.then(|| draw(schema, &self.filled)),
            json: typed("json", &serde_json::to_string_pretty(&self.filled.value)?),
            can_be_form,
            targets: status.app.targets,
            users: typed("try-users", "ada.lovelace@example.com"),
            groups: typed("try-groups", ""),
            app: self.app,
            setup: self.asked.setup,
            problems: self.filled.problems,
            tried: self.tried,
            failed: self.failed,
        };
        Ok((page.failed.status(), Html(page.render()?)).into_response())
    }
}
