//! Bitbucket Data Center 9.5, `/rest/api/latest` and `/rest/api/1.0`.

mod accounts;
mod beans;
mod erasure;
mod groups;
mod instance;
mod permissions;

use axum::Router;
use axum::routing::{get, post};

use crate::server::Shared;

/// The resources simulated.
pub(crate) fn routes() -> Router<Shared> {
    let api = Router::new()
        .route("/application-properties", get(instance::properties))
        .route("/admin/license", get(instance::license))
        .route("/admin/user-directories", get(instance::directories))
        .route(
            "/admin/users",
            get(accounts::list)
                .post(accounts::create)
                .put(accounts::update)
                .delete(accounts::delete),
        )
        .route(
            "/admin/users/erasure",
            get(erasure::is_erasable).post(erasure::erase),
        )
        .route("/admin/users/rename", post(accounts::rename))
        .route("/admin/users/more-members", get(groups::of_account))
        .route("/admin/users/remove-group", post(groups::leave))
        .route(
            "/admin/groups",
            get(groups::list).post(groups::create).delete(groups::delete),
        )
        .route("/admin/groups/more-members", get(groups::members))
        .route("/admin/groups/add-users", post(groups::join))
        .route(
            "/admin/permissions/users",
            get(permissions::list)
                .put(permissions::grant)
                .delete(permissions::revoke),
        );
    Router::new()
        .nest("/rest/api/latest", api.clone())
        .nest("/rest/api/1.0", api)
}
