//! The way of an administrator's request over the network, top to bottom: [`observe`] gives it an id and a log line, and
//! its answer the headers of everything under `/admin`; [`network`] finds out who calls; [`super::authorise`] looks into
//! the table, and notes what is done. What comes from this process (a page's handler) begins there.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue, StatusCode};
use tidegate_store::apps::hash_token;
use tracing::Instrument;

use super::authorise::{pattern, refuse, unknown};
use super::identity::{By, Identity};
use super::matrix::{self, Entry, Least};
use super::{IDLE_MS, cookie, csrf};
use crate::admin::error::Refusal;
use crate::clock::now_ms;
use crate::scim::Endpoint;
use crate::scim::observe::Observed;
use crate::scim::origin::{self, Base};
use crate::service::Service;

/// A session is noted as seen so often: not every request writes.
const SEEN_EVERY_MS: i64 = 60_000;

/// Bytes of an API token, and some.
const LONGEST_TOKEN: usize = 80;

/// Id, log line, metrics; where the request comes from; and the headers of every answer.
pub(crate) async fn observe(State(endpoint): State<Endpoint>, mut request: Request, next: Next) -> Response {
    let observed = Observed::begin(&mut request);
    let trusted = origin::locate(&endpoint, &mut request);
    let span = observed.span(request.headers(), trusted);
    let mut response = next.run(request).instrument(span).await;
    super::headers::add(response.headers_mut());
    observed.end(&endpoint, &mut response);
    response
}

/// Who calls, where the route takes somebody. A wrong token is not made good by a cookie.
pub(super) async fn network(
    State(service): State<Arc<Service>>,
    mut request: Request,
    next: Next,
) -> Response {
    let pattern = pattern(&request);
    let base = request.extensions().get::<Base>().cloned().unwrap_or_default();
    let changes = csrf::is_unsafe(request.method());
    // A page of another site must not sign its visitor in either: as somebody else, say.
    let foreign = changes && csrf::is_foreign(request.headers(), base.as_str());
    if matrix::of(request.method(), &pattern) == Entry::Takes(Least::Anyone) {
        return match foreign {
            true => refuse(
                StatusCode::FORBIDDEN,
                "this request comes from a page of another site",
            ),
            false => next.run(request).await,
        };
    }
    let found = match find(&service, request.headers(), base.is_https()).await {
        Ok(Some(found)) => found,
        Ok(None) => return unknown(),
        Err(refusal) => return refusal.into_response(),
    };
    if changes && matches!(found.by, By::Session { .. }) {
        let sent = request
            .headers()
            .get(csrf::HEADER)
            .and_then(|value| value.to_str().ok());
        if foreign || !sent.is_some_and(|sent| found.csrf_matches(sent)) {
            let text = "what changes something needs the X-CSRF-Token of this session (GET /admin/api/v1/session), \
                        and must come from a page of this address";
            return refuse(StatusCode::FORBIDDEN, text);
        }
    }
    request.extensions_mut().insert(found);
    next.run(request).await
}

/// Who is behind a credential.
pub(super) async fn find(
    service: &Service,
    headers: &HeaderMap,
    https: bool,
) -> Result<Option<Identity>, Refusal> {
    let now = now_ms();
    if let Some(token) = headers.get(AUTHORIZATION).and_then(bearer) {
        let known = service.store.admin_token(&hash_token(token), now)?;
        return Ok(known.map(|token| Identity {
            name: token.name,
            role: token.role,
            by: By::Token { app: token.app },
        }));
    }
    let Some(token) = cookie::read(headers, https) else {
        return Ok(None);
    };
    let hash = hash_token(&token);
    let Some(session) = service.store.session(&hash, now, IDLE_MS)? else {
        return Ok(None);
    };
    if now - session.seen_ms >= SEEN_EVERY_MS {
        service.store.touch_session(hash, now).await?;
    }
    Ok(Some(Identity {
        name: session.name,
        role: session.role,
        by: By::Session {
            token,
            expires_ms: session.expires_ms,
        },
    }))
}

/// Another scheme is a proxy's affair, which asks for a password of its own. Longer than any token is none.
fn bearer(value: &HeaderValue) -> Option<&str> {
    let text = value.to_str().ok()?.trim();
    let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
    let token = token.trim();
    let ours = token.starts_with(super::TOKEN_PREFIX) && token.len() <= LONGEST_TOKEN;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then_some(if ours { token } else { "" })
}
