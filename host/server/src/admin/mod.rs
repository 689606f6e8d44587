//! Administration: one API, `/admin/api/v1`. A running server offers it on a socket in its
//! data directory, which only its owner can open; where none runs, a command calls the same
//! router in its own process. So a command does the same either way.

pub mod answers;
mod apps;
mod brake;
mod clients;
mod credentials;
mod doctor;
mod error;
mod levels;
mod policies;
mod replay;
mod schemas;
mod shadow;
pub mod socket;
mod status;
mod surveys;
mod targets;
mod why;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{delete, get, patch, post, put};

use crate::service::Service;

/// Bytes of one request: the largest component, in base64, with its settings.
const BODY_BYTES: usize = 100 << 20;

/// The routes.
pub fn router(service: Arc<Service>) -> Router {
    Router::new()
        .route("/admin/api/v1/apps", get(apps::list).post(apps::create))
        .route("/admin/api/v1/apps/{app}", patch(apps::set))
        .route("/admin/api/v1/apps/{app}/token", post(apps::rotate_token))
        .route(
            "/admin/api/v1/apps/{app}/schemas",
            get(schemas::list).post(schemas::put),
        )
        .route(
            "/admin/api/v1/apps/{app}/schemas/{urn}",
            get(schemas::read).delete(schemas::remove),
        )
        .route(
            "/admin/api/v1/apps/{app}/clients",
            get(clients::list).post(clients::create),
        )
        .route(
            "/admin/api/v1/apps/{app}/clients/{client}",
            delete(clients::remove),
        )
        .route(
            "/admin/api/v1/apps/{app}/clients/{client}/secret",
            post(clients::rotate),
        )
        .route("/admin/api/v1/apps/{app}/credentials", get(credentials::list))
        .route(
            "/admin/api/v1/apps/{app}/credentials/{credential}",
            put(credentials::put).delete(credentials::remove),
        )
        .route("/admin/api/v1/apps/{app}/why/{user}", get(why::read))
        .route("/admin/api/v1/apps/{app}/targets", get(targets::list))
        .route(
            "/admin/api/v1/apps/{app}/targets/{target}",
            put(targets::put).delete(targets::remove),
        )
        .route(
            "/admin/api/v1/apps/{app}/targets/{target}/test",
            post(targets::test),
        )
        .route(
            "/admin/api/v1/apps/{app}/targets/{target}/survey",
            post(surveys::survey),
        )
        .route(
            "/admin/api/v1/apps/{app}/policies",
            get(policies::list).post(policies::deploy),
        )
        .route(
            "/admin/api/v1/apps/{app}/policies/{number}/activate",
            post(policies::activate),
        )
        .route(
            "/admin/api/v1/apps/{app}/policies/{number}/preview",
            post(policies::preview),
        )
        .route(
            "/admin/api/v1/apps/{app}/policies/{number}/replay",
            post(replay::replay),
        )
        .route(
            "/admin/api/v1/apps/{app}/shadow",
            get(shadow::read).put(shadow::set),
        )
        .route("/admin/api/v1/apps/{app}/canary", put(policies::canary))
        .route("/admin/api/v1/apps/{app}/rollback", post(policies::rollback))
        .route("/admin/api/v1/apps/{app}/brake/release", post(brake::release))
        .route("/admin/api/v1/status", get(status::status))
        .route("/admin/api/v1/log", get(levels::read).put(levels::change))
        .route("/admin/api/v1/doctor", get(doctor::read))
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .with_state(service)
}
