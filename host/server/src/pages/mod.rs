//! The administrator's pages under `/admin`: templates compiled in, one style sheet, one small script.
//!
//! Pages use the administrators' API and nothing else: each call goes through the same authentication, the same table of
//! roles and the same audit trail as a call over the network ([`api`]). A page can therefore do nothing that its reader
//! may not do.

mod api;
mod error;
mod files;
mod frame;
mod live;
mod overview;
mod people;
mod rules;
mod sign_in;
mod target;

use axum::routing::{get, post};
use axum::{Extension, Router};

use api::Api;
use error::PageError;
use frame::Frame;
use sign_in::Elsewhere;

pub(crate) use files::guard;
pub(crate) use sign_in::{not_signed_in, signed_in_elsewhere};

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
        .route("/admin/apps/{app}/people", get(people::page))
        .route("/admin/apps/{app}/rules", get(rules::page))
        .route("/admin/apps/{app}/rules/rollback", post(rules::roll_back))
        .route("/admin/apps/{app}/rules/{number}/preview", post(rules::preview))
        .route("/admin/apps/{app}/rules/{number}/activate", post(rules::activate))
        .route("/admin/apps/{app}/targets/{target}", get(target::page))
        .route("/admin/apps/{app}/targets/{target}/test", post(target::test))
        .route("/admin/apps/{app}/targets/{target}/retry", post(target::retry))
        .route("/admin/apps/{app}/targets/{target}/drift", post(target::read))
        .route("/admin/apps/{app}/targets/{target}/mend", post(target::mend))
        .route(
            "/admin/apps/{app}/targets/{target}/release",
            post(target::release),
        )
        .layer(Extension(Elsewhere(elsewhere.map(str::to_owned))))
        .with_state(Api::new(api));
    pages
        .merge(files::router())
        .layer(axum::middleware::from_fn(files::guard))
}
