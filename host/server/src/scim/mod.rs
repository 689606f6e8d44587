//! The SCIM endpoint: `/scim/{app}/v2`.
//!
//! The way of one request, top to bottom: [`layers::observe`] gives it an id, a log line and
//! its metrics; [`leftover::read_leftover`] takes what a refusal did not read; [`layers::bound`] ends it before Okta gives up; [`origin::locate`] finds out under
//! which address the client sees us; [`auth::authenticate`] finds the app behind address and
//! credential, and counts the request against the app's limit; then one handler of [`users`],
//! [`groups`], [`bulk`] or [`discovery`]. Reads go to the store; writes go through [`crate::change`].

mod auth;
mod body;
mod bulk;
mod call;
mod discovery;
mod groups;
pub(crate) mod layers;
mod leftover;
mod listing;
mod members;
pub(crate) mod observe;
pub(crate) mod origin;
pub(crate) mod reply;
mod search;
mod users;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{any, get, post};
use tidegate_scim::error::ScimError;

use crate::apps::App;
use crate::service::Service;
use origin::Origin;

pub(crate) use reply::Refused;

/// What every handler needs.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    pub(crate) service: Arc<Service>,
    pub(crate) max_body_bytes: usize,
    pub(crate) request_timeout: Duration,
    pub(crate) origin: Arc<Origin>,
}

/// The app that the request's address and token belong to.
#[derive(Debug, Clone)]
pub(crate) struct Caller(pub(crate) Arc<App>);

/// The routes with their layers.
pub(crate) fn router(endpoint: Endpoint) -> Router {
    Router::new()
        .route("/scim/{app}/v2/Users", get(users::list).post(users::create))
        .route(
            "/scim/{app}/v2/Users/{id}",
            get(users::read)
                .put(users::replace)
                .patch(users::patch)
                .delete(users::delete),
        )
        .route("/scim/{app}/v2/Users/.search", post(users::search))
        .route("/scim/{app}/v2/Groups/.search", post(groups::search))
        .route("/scim/{app}/v2/.search", post(search::search))
        .route("/scim/{app}/v2/Bulk", post(bulk::bulk))
        .route("/scim/{app}/v2/Me", any(discovery::me))
        .route("/scim/{app}/v2/Groups", get(groups::list).post(groups::create))
        .route(
            "/scim/{app}/v2/Groups/{id}",
            get(groups::read)
                .put(groups::replace)
                .patch(groups::patch)
                .delete(groups::delete),
        )
        .route(
            "/scim/{app}/v2/ServiceProviderConfig",
            get(discovery::service_provider_config),
        )
        .route("/scim/{app}/v2/Schemas", get(discovery::schemas))
        .route("/scim/{app}/v2/Schemas/{id}", get(discovery::schema))
        .route("/scim/{app}/v2/ResourceTypes", get(discovery::resource_types))
        .route("/scim/{app}/v2/ResourceTypes/{id}", get(discovery::resource_type))
        .method_not_allowed_fallback(async || {
            Refused(ScimError::method_not_allowed(
                "This endpoint does not take that method.",
            ))
        })
        .fallback(async || Refused(ScimError::not_found("There is no such SCIM endpoint.")))
        .layer(from_fn_with_state(endpoint.clone(), layers::scim))
        .with_state(endpoint)
}
