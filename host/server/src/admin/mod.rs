//! Administration: one API, `/admin/api/v1`. A running server offers it on a socket in its
//! data directory, which only its owner can open, and over the network to who may ([`crate::access`]);
//! where none runs, a command calls the same router in its own process. So a command does the same
//! either way.

pub mod answers;
mod apps;
mod brake;
mod clients;
mod credentials;
mod doctor;
pub(crate) mod error;
mod levels;
mod people;
mod policies;
pub(crate) mod problem;
pub mod remote;
mod replay;
mod schemas;
mod shadow;
pub mod socket;
mod status;
mod surveys;
mod targets;
mod trial;
mod why;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{MethodRouter, delete, get, patch, post, put};

use crate::access::{administrators, audit, tokens};
use crate::service::Service;

/// Bytes of one request: the largest component, in base64, with its settings.
const BODY_BYTES: usize = 100 << 20;

/// The routes, one by one: a table elsewhere says who may use each of them over the network.
pub(crate) fn routes() -> Vec<(&'static str, MethodRouter<Arc<Service>>)> {
    vec![
        ("/admin/api/v1/apps", get(apps::list).post(apps::create)),
        ("/admin/api/v1/apps/{app}", patch(apps::set)),
        ("/admin/api/v1/apps/{app}/token", post(apps::rotate_token)),
        (
            "/admin/api/v1/apps/{app}/schemas",
            get(schemas::list).post(schemas::put),
        ),
        (
            "/admin/api/v1/apps/{app}/schemas/{urn}",
            get(schemas::read).delete(schemas::remove),
        ),
        (
            "/admin/api/v1/apps/{app}/clients",
            get(clients::list).post(clients::create),
        ),
        (
            "/admin/api/v1/apps/{app}/clients/{client}",
            delete(clients::remove),
        ),
        (
            "/admin/api/v1/apps/{app}/clients/{client}/secret",
            post(clients::rotate),
        ),
        ("/admin/api/v1/apps/{app}/credentials", get(credentials::list)),
        (
            "/admin/api/v1/apps/{app}/credentials/{credential}",
            put(credentials::put).delete(credentials::remove),
        ),
        ("/admin/api/v1/apps/{app}/why/{user}", get(why::read)),
        ("/admin/api/v1/apps/{app}/users", get(people::users)),
        ("/admin/api/v1/apps/{app}/groups", get(people::groups)),
        ("/admin/api/v1/apps/{app}/failures", get(people::failures)),
        ("/admin/api/v1/apps/{app}/activity", get(people::activity)),
        ("/admin/api/v1/activity", get(people::all_activity)),
        ("/admin/api/v1/apps/{app}/targets", get(targets::list)),
        (
            "/admin/api/v1/apps/{app}/targets/{target}",
            put(targets::put).delete(targets::remove),
        ),
        (
            "/admin/api/v1/apps/{app}/targets/{target}/test",
            post(targets::test),
        ),
        (
            "/admin/api/v1/apps/{app}/targets/{target}/try",
            post(targets::attempt),
        ),
        (
            "/admin/api/v1/apps/{app}/targets/{target}/survey",
            post(surveys::survey),
        ),
        (
            "/admin/api/v1/apps/{app}/policies",
            get(policies::list).post(policies::deploy),
        ),
        ("/admin/api/v1/apps/{app}/policies/{number}", get(policies::read)),
        (
            "/admin/api/v1/apps/{app}/policies/{number}/try",
            post(trial::attempt),
        ),
        (
            "/admin/api/v1/apps/{app}/policies/{number}/activate",
            post(policies::activate),
        ),
        (
            "/admin/api/v1/apps/{app}/policies/{number}/preview",
            post(policies::preview),
        ),
        (
            "/admin/api/v1/apps/{app}/policies/{number}/replay",
            post(replay::replay),
        ),
        (
            "/admin/api/v1/apps/{app}/shadow",
            get(shadow::read).put(shadow::set),
        ),
        ("/admin/api/v1/apps/{app}/canary", put(policies::canary)),
        ("/admin/api/v1/apps/{app}/rollback", post(policies::rollback)),
        ("/admin/api/v1/apps/{app}/brake/release", post(brake::release)),
        ("/admin/api/v1/status", get(status::status)),
        ("/admin/api/v1/log", get(levels::read).put(levels::change)),
        ("/admin/api/v1/doctor", get(doctor::read)),
        (
            "/admin/api/v1/administrators",
            get(administrators::list).post(administrators::create),
        ),
        (
            "/admin/api/v1/administrators/{name}",
            patch(administrators::set).delete(administrators::remove),
        ),
        ("/admin/api/v1/tokens", get(tokens::list).post(tokens::create)),
        ("/admin/api/v1/tokens/{name}", delete(tokens::remove)),
        ("/admin/api/v1/audit", get(audit::read)),
        ("/admin/api/v1/audit/verify", get(audit::verify)),
    ]
}

/// All of them, for whoever may do everything.
pub(crate) fn router(service: Arc<Service>) -> Router {
    let routes = routes().into_iter();
    routes
        .fold(Router::new(), |router, (path, methods)| {
            router.route(path, methods)
        })
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .with_state(service)
}
