//! Crowd Data Center 6, `/rest/usermanagement/1`, and Jira as user server with the same.
//!
//! Atlassian publishes no description that could be had: this is written from the calls and
//! error reasons of its own `RestCrowdClient`, its REST pages (2.9 to 6.0), its page "How to
//! Deactivate/Activate a User Through API" and what the third-party client `crowd` waits
//! for (`tests/crowd-client` lets it judge). The administrators' API is not simulated.

mod accounts;
mod attributes;
mod beans;
mod groups;
mod instance;
mod memberships;
mod nested;
mod search;

use axum::Router;
use axum::routing::{get, post, put};

pub(crate) use beans::refusal;

use crate::config::SimulatorConfig;
use crate::server::Shared;

/// The resources simulated.
pub(crate) fn routes(config: &SimulatorConfig) -> Router<Shared> {
    let mut api = Router::new()
        .route(
            "/user",
            get(accounts::find)
                .post(accounts::create)
                .put(accounts::update)
                .delete(accounts::delete),
        )
        .route("/user/password", put(accounts::set_password))
        .route(
            "/user/attribute",
            get(attributes::list)
                .post(attributes::store)
                .delete(attributes::delete),
        )
        .route(
            "/user/group/direct",
            get(memberships::groups)
                .post(memberships::join_by_user)
                .delete(memberships::leave),
        )
        .route("/user/group/nested", get(nested::groups))
        .route(
            "/group",
            get(groups::find)
                .post(groups::create)
                .put(groups::update)
                .delete(groups::delete),
        )
        .route(
            "/group/user/direct",
            get(memberships::members)
                .post(memberships::join_by_group)
                .delete(memberships::leave),
        )
        .route("/group/user/nested", get(nested::members))
        .route(
            "/group/child-group/direct",
            get(nested::children).post(nested::nest).delete(nested::unnest),
        )
        .route("/group/membership", get(memberships::all))
        .route("/search", get(search::by_query).post(search::by_entity))
        .route("/config/cookie", get(instance::cookie))
        .route("/authentication", post(instance::authenticate));
    if instance::renames(config) {
        api = api.route("/user/rename", post(accounts::rename));
    }
    let router = Router::new().nest("/rest/usermanagement/1", api);
    if config.jira_user_server {
        return router.route("/rest/api/2/serverInfo", get(instance::jira));
    }
    router
}
