//! The administrator's pages under `/admin`: templates compiled in, one style sheet, one small script.
//!
//! Pages use the administrators' API and nothing else: each call goes through the same authentication, the same table of
//! roles and the same audit trail as a call over the network ([`api`]). A page can therefore do nothing that its reader
//! may not do.

mod access;
mod activity;
mod api;
mod app_settings;
mod apps;
mod connect;
mod connection;
mod error;
mod failures;
mod files;
mod frame;
mod live;
mod overview;
mod people;
mod person;
mod preview;
mod rules;
mod secrets;
mod settings;
mod sign_in;
mod steps;
mod target;
mod version;
mod wrong;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use axum::{Extension, Router};

use api::Api;
use error::PageError;
use frame::Frame;
use http::request::Parts;
use sign_in::Elsewhere;

pub(crate) use files::guard;
pub(crate) use sign_in::{not_signed_in, signed_in_elsewhere};

/// Bytes of a component with what comes with it.
const LONGEST_UPLOAD: usize = 72 << 20;

/// The routes. `api` is the administrators' API as the network sees it, with all its layers; `elsewhere` is what people
/// call the place where they may sign in, too.
pub(crate) fn router(api: Router, elsewhere: Option<&str>) -> Router {
    let pages = Router::new()
        .route("/admin", get(overview::page))
        .route("/admin/part", get(overview::part))
        .route("/admin/live", get(live::changes))
        .route("/admin/setup", get(sign_in::setup_form).post(sign_in::set_up))
        .route("/admin/sign-in", get(sign_in::form).post(sign_in::sign_in))
        .route("/admin/sign-out", post(sign_in::sign_out))
        .route("/admin/access", get(access::page).post(access::send))
        .route("/admin/activity", get(activity::all))
        .route("/admin/apps/new", get(apps::form).post(apps::create))
        .nest("/admin/apps/{app}", of_an_app())
        .layer(Extension(Elsewhere(elsewhere.map(str::to_owned))))
        .with_state(Api::new(api));
    pages
        .merge(files::router())
        .layer(axum::middleware::from_fn(files::guard))
}

fn of_an_app() -> Router<Api> {
    Router::new()
        .route("/connect", get(connect::page).post(connect::new_token))
        .route("/connect/part", get(connect::part))
        .route("/people", get(people::page))
        .route("/people/{who}", get(person::page))
        .route("/people/{who}/anonymise", post(person::anonymise))
        .route("/activity", get(activity::page))
        .route("/failures", get(failures::page).post(failures::retry))
        .route("/settings", get(app_settings::page).post(app_settings::send))
        .route("/secrets", get(secrets::page).post(secrets::send))
        .merge(of_rules())
        .merge(of_targets())
}

fn of_rules() -> Router<Api> {
    // A component may be as long as the API takes it, and is a third longer there.
    let upload = post(rules::upload).layer(DefaultBodyLimit::max(LONGEST_UPLOAD));
    Router::new()
        .route("/rules", get(rules::page).merge(upload))
        .route("/rules/rollback", post(rules::roll_back))
        .route("/rules/{number}", get(version::page).post(version::send))
        .route(
            "/rules/{number}/settings",
            get(settings::page).post(settings::send),
        )
        .route("/rules/{number}/preview", post(preview::send))
        .route("/rules/{number}/activate", post(preview::activate))
}

fn of_targets() -> Router<Api> {
    Router::new()
        .route("/targets/new", get(connection::new).post(connection::send_new))
        .route("/targets/{target}", get(target::page))
        .route(
            "/targets/{target}/edit",
            get(connection::edit).post(connection::send),
        )
        .route("/targets/{target}/remove", post(target::remove))
        .route("/targets/{target}/test", post(target::test))
        .route("/targets/{target}/retry", post(target::retry))
        .route("/targets/{target}/drift", post(target::read))
        .route("/targets/{target}/mend", post(target::mend))
        .route("/targets/{target}/release", post(target::release))
}

/// Whether the page's script asks for a part of it only.
fn is_part(browser: &Parts) -> bool {
    browser.headers.contains_key("x-part")
}

/// A time for people.
fn when(ms: i64) -> String {
    crate::clock::rfc3339(ms).replace('T', " ").replace('Z', " UTC")
}
