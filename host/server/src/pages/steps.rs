//! The way from a new app to the first provisioned user, in the order that an administrator thinks. Where one is on it
//! follows from what there is, so it can be left and come back to; only that somebody is on it stands in the address,
//! as `?setup`.

use http::request::Parts;
use serde::Deserialize;

use super::api::segment;
use super::{Api, Frame, PageError};
use crate::admin::answers::{AppStatus, Status};

/// One of them.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) name: String,
    /// None: it cannot be gone to.
    pub(super) href: Option<String>,
    pub(super) now: bool,
    pub(super) done: bool,
}

/// Where on the way a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd)]
pub(super) enum At {
    App,
    Provider,
    Target,
    Options,
    Preview,
}

/// `?setup` in an address.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Setup {
    setup: Option<String>,
}

impl Setup {
    pub(super) fn on() -> Self {
        Self {
            setup: Some(String::new()),
        }
    }

    pub(super) fn is_on(&self) -> bool {
        self.setup.is_some()
    }

    /// To go on with.
    pub(super) fn query(&self) -> &'static str {
        if self.is_on() { "?setup" } else { "" }
    }
}

/// The state of one app.
pub(super) async fn status(api: &Api, browser: &Parts, app: &str) -> Result<AppStatus, PageError> {
    let status: Status = api.get(browser, "/status").await?;
    let found = status.apps.into_iter().find(|one| one.app.name == app);
    found.ok_or_else(|| PageError::refused(http::StatusCode::NOT_FOUND, format!("there is no app {app:?}")))
}

impl Frame {
    /// With the steps, if somebody is on the way.
    pub(super) fn on_the_way(self, setup: &Setup, at: At, app: &AppStatus) -> Self {
        match setup.is_on() {
            true => Self {
                steps: of(at, app),
                ..self
            },
            false => self,
        }
    }
}

fn of(at: At, app: &AppStatus) -> Vec<Step> {
    let base = format!("/admin/apps/{}", segment(&app.app.name));
    let provider = super::connect::provider_name(app.app.provider);
    let first = app.targets_status.first();
    let active = app.app.policy_number;
    let settings = active.map(|number| format!("{base}/rules/{number}/settings?setup"));
    let target = match first {
        Some(target) => format!("{base}/targets/{}/edit?setup", segment(&target.name)),
        None => format!("{base}/targets/new?setup"),
    };
    let step = |name: &str, this: At, href: Option<String>, done: bool| Step {
        name: name.to_owned(),
        href: href.filter(|_| this != at),
        now: this == at,
        done: done && this != at,
    };
    vec![
        step("App", At::App, None, true),
        step(
            provider,
            At::Provider,
            Some(format!("{base}/connect?setup")),
            app.app.heard.is_some(),
        ),
        step("Target", At::Target, Some(target), first.is_some()),
        step("Options", At::Options, settings, at > At::Options),
        step("Preview, and go", At::Preview, None, false),
    ]
}
