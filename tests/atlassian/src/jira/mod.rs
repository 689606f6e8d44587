//! Jira Data Center 10.3, `/rest/api/2`.

mod accounts;
mod anonymization;
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
                .post(accounts::create)
                .put(accounts::update)
                .delete(accounts::delete),
        )
        .route("/user/search", get(accounts::search))
        .route("/user/list", get(accounts::list))
        .route("/user/duplicated/list", get(accounts::duplicated))
        .route(
            "/user/anonymization",
            get(anonymization::validate).post(anonymization::schedule),
        )
        .route("/user/anonymization/progress", get(anonymization::progress))
        .route("/group", post(groups::create).delete(groups::delete))
        .route("/group/member", get(groups::members))
        .route("/group/user", post(groups::join).delete(groups::leave))
        .route("/groups/picker", get(groups::picker));
    Router::new().nest("/rest/api/2", api)
}
