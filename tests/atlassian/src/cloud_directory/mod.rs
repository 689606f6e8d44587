//! A directory of Atlassian Cloud, `/scim/directory/{directoryId}`: the user-provisioning
//! API of Guard, after its description of 2022-08-29.
//!
//! Accounts and groups of the writable directory are its own. Those of the other one stand
//! for the rest of the organisation: not shown, but their names and addresses are taken.

mod beans;
mod filter;
mod groups;
mod patch;
mod users;

use axum::Router;
use axum::routing::get;

use crate::server::Shared;

/// The resources simulated.
pub(crate) fn routes() -> Router<Shared> {
    let api = Router::new()
        .route("/Users", get(users::list).post(users::create))
        .route(
            "/Users/{id}",
            get(users::find)
                .put(users::replace)
                .patch(users::change)
                .delete(users::delete),
        )
        .route("/Groups", get(groups::list).post(groups::create))
        .route(
            "/Groups/{id}",
            get(groups::find).patch(groups::change).delete(groups::delete),
        );
    Router::new().nest("/scim/directory/{directory}", api)
}
