//! A Jira Cloud site, `/rest/api/3`, after its description of spring 2026.
//!
//! Accounts are keyed by their e-mail address, which privacy settings may hide. Groups of
//! the other directory are those that an identity provider keeps in step.

mod accounts;
mod beans;
mod groups;
mod instance;

use axum::Router;
use axum::routing::{get, post};

use crate::server::Shared;

/// The resources simulated.
pub(crate) fn routes() -> Router<Shared> {
    let api = Router::new()
        .route("/serverInfo", get(instance::server_info))
        .route("/myself", get(instance::myself))
        .route("/applicationrole", get(instance::application_roles))
        .route(
            "/user",
            get(accounts::find)
                .post(accounts::invite)
                .delete(accounts::delete),
        )
        .route("/user/groups", get(accounts::groups))
        .route("/user/search", get(accounts::search))
        .route("/users/search", get(accounts::list))
        .route("/group", post(groups::create).delete(groups::delete))
        .route("/group/bulk", get(groups::bulk))
        .route("/group/member", get(groups::members))
        .route("/group/user", post(groups::join).delete(groups::leave));
    Router::new().nest("/rest/api/3", api)
}
