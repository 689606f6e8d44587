//! The API from inside this process: what a page's handler calls, on behalf of whoever signed in. The same table and
//! the same audit trail; no way around them.

use std::convert::Infallible;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method};
use serde::Serialize;
use tower::ServiceExt;

use super::guard;
use super::identity::Identity;
use super::matrix::BASE;
use crate::admin::error::Refusal;
use crate::scim::observe::RequestId;
use crate::scim::origin::{Base, Client};
use crate::service::Service;

/// The API, for handlers of this process. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Inside {
    pub(super) service: std::sync::Arc<Service>,
    pub(super) router: Router,
}

#[cfg_attr(not(test), expect(dead_code, reason = "for the pages, which are under way"))]
impl Inside {
    /// Who is signed in, by the headers of a page's request: its extensions have the [`Base`] where
    /// [`super::under_admin`] is around it.
    pub(crate) async fn signed_in(
        &self,
        headers: &HeaderMap,
        base: &Base,
    ) -> Result<Option<Identity>, Refusal> {
        guard::find(&self.service, headers, base.is_https()).await
    }

    /// Calls `/admin/api/v1{path}` on somebody's behalf. `came` is the page's request, for its id and its client's address.
    pub(crate) async fn call(
        &self,
        identity: &Identity,
        came: &http::Extensions,
        method: Method,
        path: &str,
        body: &impl Serialize,
    ) -> Result<Response, Refusal> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{BASE}{path}"))
            .header(CONTENT_TYPE, "application/json")
            .body(Body::from(serde_json::to_vec(body).map_err(anyhow::Error::from)?))
            .map_err(anyhow::Error::from)?;
        let extensions = request.extensions_mut();
        extensions.insert(identity.clone());
        extensions.insert(came.get::<Base>().cloned().unwrap_or_default());
        extensions.insert(came.get::<Client>().copied().unwrap_or_default());
        if let Some(id) = came.get::<RequestId>() {
            extensions.insert(id.clone());
        }
        let answered: Result<Response, Infallible> = self.router.clone().oneshot(request).await;
        Ok(answered.unwrap_or_else(|never| match never {}))
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use serde_json::{Value, json};
    use tidegate_store::access::Role;

    use super::super::identity::By;
    use super::*;
    use crate::files::Files;
    use crate::trust::Trust;

    #[tokio::test]
    async fn a_page_may_what_its_visitor_may_and_it_is_noted() {
        let folder = tempfile::tempdir().expect("a folder");
        let files = Files::at(folder.path()).expect("a data directory");
        let service = Service::open(&files, String::new(), Trust::of_all()).expect("a service");
        let inside = super::super::inside(&service);
        let of = |role| Identity {
            name: "ada".into(),
            role,
            by: By::Session {
                token: "tgs_1".into(),
                expires_ms: i64::MAX,
            },
        };
        let came = http::Extensions::new();
        let call = async |role, method, path: &str, body: Value| {
            let answer = inside
                .call(&of(role), &came, method, path, &body)
                .await
                .expect("an answer");
            answer.status()
        };
        assert_eq!(
            call(Role::Viewer, Method::GET, "/status", Value::Null).await,
            StatusCode::OK
        );
        let token = json!({"name": "ci", "role": "viewer"});
        assert_eq!(
            call(Role::Operator, Method::POST, "/tokens", token.clone()).await,
            StatusCode::FORBIDDEN
        );
        assert_eq!(
            call(Role::Administrator, Method::POST, "/tokens", token).await,
            StatusCode::CREATED
        );
        assert_eq!(
            call(Role::Administrator, Method::GET, "/nowhere", Value::Null).await,
            StatusCode::NOT_FOUND
        );
        let lines = service.store.audit_tail(10).expect("lines");
        let seen: Vec<_> = lines
            .iter()
            .map(|line| (line.actor.as_str(), line.detail["status"].as_u64()))
            .collect();
        assert_eq!(
            seen,
            [("administrator:ada", Some(201)), ("administrator:ada", Some(403))]
        );
        let nobody = inside
            .signed_in(&HeaderMap::new(), &Base::default())
            .await
            .expect("is looked up");
        assert_eq!(nobody, None);
    }
}
