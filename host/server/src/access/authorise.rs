//! Whether somebody may, and the line of the audit trail about what they did.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{FromRequestParts, MatchedPath, RawPathParams, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt;
use http::header::ALLOW;
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

use super::actor::{self, Actor};
use super::csrf;
use super::identity::{By, Identity};
use super::matrix::{self, BASE, Entry, Least};
use crate::admin::error::Refusal;
use crate::scim::observe::RequestId;
use crate::scim::origin::Client;
use crate::service::Service;

/// A handler may take so long until it begins to answer: compiling the largest component on a busy machine.
const PATIENCE: Duration = Duration::from_secs(300);
/// The same where nobody is known yet: their few bytes, and a password in its turn.
const STRANGERS: Duration = Duration::from_secs(30);
/// Bytes of an address that are noted.
const LONGEST_SUBJECT: usize = 256;

/// Denied by default: a route that the table does not name is nobody's.
pub(super) async fn authorise(State(service): State<Arc<Service>>, request: Request, next: Next) -> Response {
    let pattern = pattern(&request);
    let entry = matrix::of(request.method(), &pattern);
    if entry == Entry::Takes(Least::Anyone) {
        return bounded(next.run(request), STRANGERS).await;
    }
    let Some(identity) = request.extensions().get::<Identity>().cloned() else {
        return unknown();
    };
    let least = match entry {
        Entry::Takes(Least::Role(least)) => least,
        Entry::OtherMethod(others) => {
            let mut response = refuse(StatusCode::METHOD_NOT_ALLOWED, "this address takes other methods");
            let allow = HeaderValue::from_str(&others).ok();
            response.headers_mut().extend(allow.map(|allow| (ALLOW, allow)));
            return response;
        }
        _ => return refuse(StatusCode::NOT_FOUND, "there is no such address in this API"),
    };
    let (mut parts, body) = request.into_parts();
    let app = match RawPathParams::from_request_parts(&mut parts, &()).await {
        Ok(given) => given
            .iter()
            .find(|(name, _)| *name == "app")
            .map(|(_, app)| app.to_owned()),
        Err(_) => return refuse(StatusCode::BAD_REQUEST, "the address is not written as one"),
    };
    let app = app.and_then(|name| service.apps().by_name(&name).map(|app| app.seq));
    let request = Request::from_parts(parts, body);
    let elsewhere = matches!(identity.by, By::Token { app: Some(only) }
        if !matrix::below_an_app(&pattern) || app != Some(only));
    let refusal = if identity.role < least {
        let (name, role) = (&identity.name, identity.role);
        Some(format!(
            "this takes the role {least}, and {name:?} has the role {role}"
        ))
    } else {
        elsewhere.then(|| "this token is for another app".to_owned())
    };
    let handled = {
        let changes = csrf::is_unsafe(request.method());
        let about = changes.then(|| About::new(&request, &identity, &pattern, app));
        let handled = async move {
            match refusal {
                Some(text) => refuse(StatusCode::FORBIDDEN, &text),
                None => next.run(request).await,
            }
        };
        (handled, about)
    };
    match handled {
        (handled, None) => bounded(handled, PATIENCE).await,
        (handled, Some(about)) => noted(service, about, handled).await,
    }
}

/// What the line says.
pub(super) struct About {
    pub(super) actor: Actor,
    pub(super) action: String,
    pub(super) subject: String,
    pub(super) detail: Value,
    pub(super) app: Option<i64>,
}

impl About {
    fn new(request: &Request, identity: &Identity, pattern: &str, app: Option<i64>) -> Self {
        Self {
            actor: Actor {
                who: identity.actor(),
                from: from(request),
                request: request
                    .extensions()
                    .get::<RequestId>()
                    .map_or_else(String::new, |id| id.0.clone()),
            },
            detail: json!({"role": identity.role}),
            app,
            ..Self::here(request, pattern, "")
        }
    }

    /// By somebody on this machine.
    fn here(request: &Request, pattern: &str, who: &str) -> Self {
        let path = request.uri().path();
        let mut subject = path.strip_prefix(BASE).unwrap_or(path).to_owned();
        // Percent-encoded: every character is a byte.
        subject.truncate(LONGEST_SUBJECT);
        let pattern = pattern.strip_prefix(BASE).unwrap_or(pattern);
        Self {
            actor: Actor::here(who),
            action: format!("{} {pattern}", request.method()),
            subject,
            detail: json!({}),
            app: None,
        }
    }
}

/// The layer of the socket, and of commands that run without a server: whoever is there may do everything.
pub(super) async fn here(
    State((service, who)): State<(Arc<Service>, &'static str)>,
    request: Request,
    next: Next,
) -> Response {
    if !csrf::is_unsafe(request.method()) {
        return next.run(request).await;
    }
    let about = About::here(&request, &pattern(&request), who);
    noted(service, about, next.run(request)).await
}

/// Does something on somebody's behalf and writes the line about it. In a task of its own: a client that hangs up
/// stops neither half-way.
async fn noted(
    service: Arc<Service>,
    about: About,
    work: impl Future<Output = Response> + Send + 'static,
) -> Response {
    let task = tokio::spawn(async move {
        let About {
            actor,
            action,
            subject,
            mut detail,
            app,
        } = about;
        let response = actor::acting(actor.clone(), bounded(work, PATIENCE)).await;
        if let Some(fields) = detail.as_object_mut() {
            fields.insert("status".into(), json!(response.status().as_u16()));
        }
        let mut line = actor.line(&action, &subject, detail);
        line.app = app;
        match service.store.audit(line).await {
            Ok(()) => response,
            // It may be done; but nothing that is not noted is told as done.
            Err(error) => Refusal::from(error).into_response(),
        }
    });
    task.await.unwrap_or_else(|_| failed())
}

/// Ends what takes too long, and contains a panic, which must not take the line with it.
async fn bounded(work: impl Future<Output = Response>, patience: Duration) -> Response {
    match tokio::time::timeout(patience, AssertUnwindSafe(work).catch_unwind()).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => failed(),
        Err(_) => refuse(
            StatusCode::SERVICE_UNAVAILABLE,
            "this took too long and was stopped",
        ),
    }
}

/// The pattern that the address matched; empty: none.
pub(super) fn pattern(request: &Request) -> String {
    let matched = request.extensions().get::<MatchedPath>();
    matched.map_or_else(String::new, |path| path.as_str().to_owned())
}

/// The client's address, as far as it is known.
pub(super) fn from(request: &Request) -> Option<String> {
    let Client(address) = request.extensions().get::<Client>()?;
    address.map(|address| address.to_canonical().to_string())
}

pub(super) fn refuse(status: StatusCode, text: &str) -> Response {
    Refusal::new(status, text).into_response()
}

fn failed() -> Response {
    let text = "Tidegate failed to process this request: its log says why";
    refuse(StatusCode::INTERNAL_SERVER_ERROR, text)
}

/// Nobody is known by what came.
pub(super) fn unknown() -> Response {
    let text = "sign in, or send an API token (Authorization: Bearer tga_…) that has not ended";
    refuse(StatusCode::UNAUTHORIZED, text)
}
