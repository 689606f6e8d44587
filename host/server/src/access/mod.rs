//! Who administers over the network, and what they may: `/admin`.
//!
//! An administrator signs in with a password and has a cookie; a program has an API token. One layer finds out who
//! calls ([`guard`]), one table says who may do what ([`matrix`]), and what is done goes into the audit trail with who did it and
//! from where ([`authorise`]). Administrators may sign in elsewhere, too ([`oidc`]). A page's handler calls the same API from inside ([`inside`]).

pub(crate) mod actor;
pub(crate) mod address;
pub(crate) mod administrators;
pub(crate) mod audit;
mod authorise;
pub(crate) mod body;
mod bounds;
mod cookie;
mod csrf;
mod expected;
mod guard;
mod headers;
pub(crate) mod identity;
pub(crate) mod inside;
pub mod matrix;
pub(crate) mod oidc;
pub(crate) mod password;
mod session;
mod setup;
mod throttle;
pub(crate) mod tokens;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::any;
use http::StatusCode;
use utoipa_axum::routes;

use crate::admin;
use crate::admin::Route;
use crate::admin::error::Refusal;
use crate::scim::Endpoint;
use crate::service::Service;
use inside::Inside;

pub use setup::SetupLink;

/// How API tokens begin: scanners for leaked secrets, and people, know what they see.
const TOKEN_PREFIX: &str = "tga_";
/// How tokens of sessions begin.
const SESSION_PREFIX: &str = "tgs_";
/// A session that nobody used for so long has ended.
const IDLE_MS: i64 = 30 * 60 * 1_000;
/// A session ends after so long, used or not.
const LASTS_MS: i64 = 12 * 60 * 60 * 1_000;
/// Bytes of a request from somebody who is not known yet.
const SMALL_BODY: usize = 16 << 10;

/// Routes that there are over the network only.
pub(crate) fn routes() -> Vec<Route> {
    vec![
        routes!(session::set_up),
        routes!(session::sign_in, session::read, session::sign_out),
        routes!(session::change_password),
    ]
}

/// The API for handlers of this process.
pub(crate) fn inside(service: &Arc<Service>) -> Inside {
    let own = routes().into_iter().fold(Router::new(), |router, route| {
        let path = admin::address(&route);
        router.route(&path, route.2.layer(DefaultBodyLimit::max(SMALL_BODY)))
    });
    let router = own
        .route("/admin/api/v1/{*rest}", any(async || StatusCode::NOT_FOUND))
        .with_state(Arc::clone(service))
        .merge(admin::router(Arc::clone(service)))
        .layer(from_fn_with_state(Arc::clone(service), authorise::authorise));
    Inside {
        service: Arc::clone(service),
        router,
    }
}

/// The API over the network.
pub(crate) fn router(endpoint: Endpoint) -> Router {
    let service = Arc::clone(&endpoint.service);
    let known = inside(&service)
        .router
        .layer(from_fn_with_state(service, guard::network));
    under_admin(known, endpoint)
}

/// What everything under `/admin` has: an id, a log line, the address that the client sees, and strict headers.
pub(crate) fn under_admin(router: Router, endpoint: Endpoint) -> Router {
    router.layer(from_fn_with_state(endpoint, guard::observe))
}

/// The API for somebody on this machine, who may do everything: `who` is what the audit trail calls them.
pub(crate) fn here(service: Arc<Service>, who: &'static str) -> Router {
    let state = (Arc::clone(&service), who);
    let unknown = async || Refusal::not_found("there is no such address in this API");
    let other = async || Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "this address takes other methods");
    admin::router(service)
        .fallback(unknown)
        .method_not_allowed_fallback(other)
        .layer(from_fn_with_state(state, authorise::here))
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use http::header::ALLOW;
    use http::{Method, Request};
    use tower::ServiceExt;

    use super::*;
    use crate::files::Files;
    use crate::trust::Trust;

    /// Every method of every route, as axum itself says it, is in the table; and the table names nothing else.
    #[tokio::test]
    async fn the_table_is_the_router() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = Files::at(folder.path()).expect("a data directory");
        let service = Service::open(&files, String::new(), Trust::of_all()).expect("a service");
        let mut seen = 0;
        for route in routes().into_iter().chain(admin::routes()) {
            let path = admin::address(&route);
            let one = Router::new().route("/", route.2).with_state(Arc::clone(&service));
            let asked = Request::builder().method("TRACE").uri("/").body(Body::empty());
            let answer = one.oneshot(asked.expect("a request")).await.expect("an answer");
            assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED, "{path}");
            let allowed = answer.headers()[ALLOW].to_str().expect("a text").to_owned();
            for method in allowed.split(',').filter(|method| *method != "HEAD") {
                let method: Method = method.parse().expect("a method");
                let entry = matrix::of(&method, &path);
                assert!(
                    matches!(entry, matrix::Entry::Takes(_)),
                    "{method} {path} is not in the table"
                );
                seen += 1;
            }
        }
        assert_eq!(
            seen,
            matrix::TABLE.len(),
            "the table names routes that there are not"
        );
    }
}
