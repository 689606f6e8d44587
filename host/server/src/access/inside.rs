//! The API from inside this process: what a page's handler calls, on behalf of whoever signed in. The same table and
//! the same audit trail; no way around them.
//!
//! A page stands in [`super::under_admin`], which leaves in its request's extensions what is needed here.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use http::header::{CONTENT_TYPE, COOKIE};
use http::request::Parts;
use http::{Extensions, Method};
use serde::Serialize;
use tower::ServiceExt;

use super::identity::Identity;
use super::matrix::BASE;
use super::{csrf, guard};
use crate::admin::error::Refusal;
use crate::scim::observe::RequestId;
use crate::scim::origin::{Base, Client};
use crate::service::Service;

/// The API, for handlers of this process. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Inside {
    pub(super) service: Arc<Service>,
    pub(super) router: Router,
}

#[cfg_attr(not(test), expect(dead_code, reason = "for the pages, which are under way"))]
impl Inside {
    /// Who is signed in; none: show the way to sign in.
    pub(crate) async fn signed_in(&self, came: &Parts) -> Result<Option<Identity>, Refusal> {
        guard::find(&self.service, &came.headers, base(&came.extensions).is_https()).await
    }

    /// Whether a form's request may change something: it has the session's token
    /// ([`Identity::csrf_token`]; none: nobody is signed in yet) and comes from a page of ours.
    pub(crate) fn may_change(&self, who: Option<&Identity>, came: &Parts, sent: &str) -> bool {
        let foreign = csrf::is_foreign(&came.headers, base(&came.extensions).as_str());
        !foreign && who.is_none_or(|who| who.csrf_matches(sent))
    }

    /// Calls `/admin/api/v1{path}` on somebody's behalf; on nobody's, for set-up and sign-in, whose answers' `Set-Cookie`
    /// belongs into the page's answer.
    pub(crate) async fn call(
        &self,
        who: Option<&Identity>,
        came: &Parts,
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
        // The session that the browser had ends where another begins.
        for cookie in came.headers.get_all(COOKIE) {
            request.headers_mut().append(COOKIE, cookie.clone());
        }
        let extensions = request.extensions_mut();
        extensions.insert(base(&came.extensions));
        extensions.insert(came.extensions.get::<Client>().copied().unwrap_or_default());
        extensions.insert(came.extensions.get::<RequestId>().cloned().unwrap_or_default());
        if let Some(who) = who {
            extensions.insert(who.clone());
        }
        let answered: Result<Response, Infallible> = self.router.clone().oneshot(request).await;
        Ok(answered.unwrap_or_else(|never| match never {}))
    }
}

fn base(extensions: &Extensions) -> Base {
    extensions.get::<Base>().cloned().unwrap_or_default()
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
        let (came, ()) = http::Request::new(()).into_parts();
        let call = async |role, method, path: &str, body: Value| {
            let answer = inside
                .call(Some(&of(role)), &came, method, path, &body)
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
        assert_eq!(inside.signed_in(&came).await.expect("is looked up"), None);
        let wanted = json!({"name": "ada", "password": "wrong"});
        let refused = inside.call(None, &came, Method::POST, "/session", &wanted).await;
        assert_eq!(refused.expect("an answer").status(), StatusCode::UNAUTHORIZED);
        let unknown = inside
            .call(None, &came, Method::GET, "/status", &Value::Null)
            .await;
        assert_eq!(unknown.expect("an answer").status(), StatusCode::UNAUTHORIZED);

        let ada = of(Role::Viewer);
        let sent = ada.csrf_token().expect("a token");
        assert!(
            inside.may_change(Some(&ada), &came, &sent) && !inside.may_change(Some(&ada), &came, "wrong")
        );
        let mut foreign = http::Request::new(());
        foreign
            .headers_mut()
            .insert("sec-fetch-site", http::HeaderValue::from_static("cross-site"));
        let (foreign, ()) = foreign.into_parts();
        assert!(!inside.may_change(Some(&ada), &foreign, &sent) && !inside.may_change(None, &foreign, ""));
    }
}
