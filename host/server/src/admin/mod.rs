//! Administration: one API, `/admin/api/v1`. A running server offers it on a socket in its
//! data directory, which only its owner can open, and over the network to who may ([`crate::access`]);
//! where none runs, a command calls the same router in its own process. So a command does the same
//! either way.

mod anonymise;
pub mod answers;
mod apps;
mod brake;
mod clients;
mod credentials;
pub(crate) mod described;
mod doctor;
pub(crate) mod error;
mod levels;
pub(crate) mod lines;
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
use utoipa_axum::router::UtoipaMethodRouter;
use utoipa_axum::routes;

use crate::access::matrix::BASE;
use crate::access::{administrators, audit, tokens};
use crate::service::Service;

/// Bytes of one request: the largest component, in base64, with its settings.
const BODY_BYTES: usize = 100 << 20;

/// The address and methods of a route, how they are described, and their handlers.
pub(crate) type Route = UtoipaMethodRouter<Arc<Service>>;

/// The routes, one by one, below [`BASE`]: a table elsewhere says who may use each of them over the network.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        routes!(apps::list, apps::create),
        routes!(apps::set),
        routes!(apps::rotate_token),
        routes!(schemas::list, schemas::put),
        routes!(schemas::read, schemas::remove),
        routes!(clients::list, clients::create),
        routes!(clients::rotate),
        routes!(clients::remove),
        routes!(credentials::list),
        routes!(credentials::put, credentials::remove),
        routes!(why::read),
        routes!(people::users),
        routes!(people::groups),
        routes!(people::failures),
        routes!(people::activity),
        routes!(people::all_activity),
        routes!(targets::list),
        routes!(targets::put, targets::remove),
        routes!(targets::test),
        routes!(targets::attempt),
        routes!(anonymise::anonymise),
        routes!(surveys::survey),
        routes!(policies::list, policies::deploy),
        routes!(policies::read),
        routes!(policies::activate),
        routes!(policies::preview),
        routes!(policies::canary),
        routes!(policies::rollback),
        routes!(trial::attempt),
        routes!(replay::replay),
        routes!(shadow::read, shadow::set),
        routes!(brake::release),
        routes!(described::read),
        routes!(status::status),
        routes!(levels::read, levels::change),
        routes!(doctor::read),
        routes!(administrators::list, administrators::create),
        routes!(administrators::set, administrators::remove),
        routes!(tokens::list, tokens::create),
        routes!(tokens::remove),
        routes!(audit::read),
        routes!(audit::verify),
    ]
}

/// The address of a route.
pub(crate) fn address((_, described, _): &Route) -> String {
    let path = described.paths.keys().next().map_or("", String::as_str);
    format!("{BASE}{path}")
}

/// All of them, for whoever may do everything.
pub(crate) fn router(service: Arc<Service>) -> Router {
    let routes = routes().into_iter();
    routes
        .fold(Router::new(), |router, route| {
            router.route(&address(&route), route.2)
        })
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .with_state(service)
}
