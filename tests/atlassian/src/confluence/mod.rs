//! Confluence Data Center 10.0, `/rest/api`.

mod accounts;
mod beans;
mod groups;
mod instance;

use axum::Router;
use axum::routing::{get, post, put};

use crate::server::Shared;

/// The resources simulated.
pub(crate) fn routes() -> Router<Shared> {
    let api = Router::new()
        .route("/server-information", get(instance::server_information))
        .route("/permissions", get(instance::permissions))
        .route("/longtask/{id}", get(instance::long_task))
        .route("/user", get(accounts::find))
        .route("/user/current", get(accounts::current))
        .route("/user/list", get(accounts::list))
        .route("/user/memberof", get(groups::of_account))
        .route(
            "/user/{user}/group/{group}",
            put(groups::join).delete(groups::leave),
        )
        .route("/admin/user", post(accounts::create))
        .route(
            "/admin/user/{user}",
            put(accounts::update).delete(accounts::delete),
        )
        .route("/admin/user/{user}/disable", put(accounts::disable))
        .route("/admin/user/{user}/enable", put(accounts::enable))
        .route("/admin/group", post(groups::create))
        .route("/admin/group/{group}", axum::routing::delete(groups::delete))
        .route("/group", get(groups::list))
        .route("/group/{group}", get(groups::find))
        .route("/group/{group}/member", get(groups::members));
    Router::new()
        .nest("/rest/api", api)
        .route("/rest/applinks/1.0/manifest", get(instance::manifest))
}
