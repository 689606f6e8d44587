//! Set-up, signing in and out.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, State};
use axum::response::{IntoResponse, Response};
use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue, StatusCode};
use serde_json::json;
use tidegate_store::StoreError;
use tidegate_store::access::{Administrator, Attempt, Role, SetAdministrator, new_secret};
use tidegate_store::apps::hash_token;

use super::actor::Actor;
use super::body::Fields;
use super::identity::{By, Identity};
use super::{LASTS_MS, SESSION_PREFIX, cookie, csrf, throttle};
use crate::admin::answers::{ChangePassword, SessionAnswer, SetUp, SignIn};
use crate::admin::error::{Refusal, check_name};
use crate::clock::now_ms;
use crate::scim::observe::RequestId;
use crate::scim::origin::{Base, Client};
use crate::service::Service;

/// `POST /setup`: the first administrator, who is signed in at once.
#[utoipa::path(post, path = "/setup", request_body = SetUp, responses((status = 201, body = SessionAnswer), (status = 409), (status = 429)))]
pub(super) async fn set_up(
    State(service): State<Arc<Service>>,
    Extension(base): Extension<Base>,
    Extension(client): Extension<Client>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    Fields(wanted): Fields<SetUp>,
) -> Result<Response, Refusal> {
    let ended = || {
        let text = "this set-up link was used, or is over: start tidegate again, it prints another while there is no \
                    administrator";
        Refusal::new(StatusCode::FORBIDDEN, text)
    };
    let hash = hash_token(&wanted.token);
    // Before anything dear is done.
    if !service.store.setup_works(&hash, now_ms())? {
        return Err(ended());
    }
    let name = check_name("an administrator", &wanted.name)?;
    let password = service.passwords.hash("password", name, &wanted.password).await?;
    let made = service.store.set_up(hash, name, password, now_ms()).await;
    let made = match made {
        Err(StoreError::NotFound) => return Err(ended()),
        made => made?,
    };
    let actor = actor(&made.name, client, &id);
    note(&service, &actor, "access.set-up", &made.name, made.role).await?;
    begin(&service, &made, &base, &headers, StatusCode::CREATED).await
}

/// `POST /session`. Whoever is not known, wrong or disabled gets the same answer after the same time.
#[utoipa::path(post, path = "/session", request_body = SignIn, responses((status = 200, body = SessionAnswer), (status = 401), (status = 429)))]
pub(super) async fn sign_in(
    State(service): State<Arc<Service>>,
    Extension(base): Extension<Base>,
    Extension(client): Extension<Client>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    Fields(wanted): Fields<SignIn>,
) -> Result<Response, Refusal> {
    let known = match verify(&service, &wanted.name, wanted.password, client).await? {
        Ok(known) => known,
        Err(known) => {
            // A name that is not known may be a password in the wrong field.
            let name = known.map_or_else(|| "unknown".to_owned(), |known| known.name);
            let actor = unknown(client, &id);
            let line = actor.line("access.refuse", &name, json!({}));
            service.store.audit(line).await?;
            let text = "the name or the password is not right";
            return Err(Refusal::new(StatusCode::UNAUTHORIZED, text));
        }
    };
    let actor = actor(&known.name, client, &id);
    note(&service, &actor, "access.sign-in", &known.name, known.role).await?;
    begin(&service, &known, &base, &headers, StatusCode::OK).await
}

/// Whether a password is that of somebody who may sign in; if not, whom it was tried for, where there is somebody.
async fn verify(
    service: &Service,
    name: &str,
    password: String,
    client: Client,
) -> Result<Result<Administrator, Option<Administrator>>, Refusal> {
    let (of_name, of_address) = (throttle::of_name(name), throttle::of_address(client.0));
    let attempt = service.store.attempt(vec![of_name, of_address], now_ms()).await?;
    if let Attempt::Wait(wait_ms) = attempt {
        let seconds = u64::try_from(wait_ms).unwrap_or(0).div_ceil(1_000).max(1);
        let text = "too many attempts to sign in failed: wait, then try again";
        return Err(Refusal::later(text, seconds));
    }
    let known = service.store.administrator(name.trim())?;
    // Who signs in elsewhere has none, which takes as long.
    let hash = known.as_ref().and_then(|known| known.password.clone());
    let right = service.passwords.verify(hash, password).await?;
    match known {
        Some(known) if right && !known.disabled => {
            service.store.forgive(of_name, of_address).await?;
            Ok(Ok(known))
        }
        known => Ok(Err(known)),
    }
}

/// `PUT /session/password`: one's own. All one's sessions end, and this one begins anew.
#[utoipa::path(put, path = "/session/password", request_body = ChangePassword, responses((status = 200, body = SessionAnswer), (status = 409), (status = 429)))]
pub(super) async fn change_password(
    State(service): State<Arc<Service>>,
    Extension(base): Extension<Base>,
    Extension(client): Extension<Client>,
    Extension(identity): Extension<Identity>,
    headers: HeaderMap,
    Fields(wanted): Fields<ChangePassword>,
) -> Result<Response, Refusal> {
    if matches!(identity.by, By::Token { .. }) {
        return Err(Refusal::new(StatusCode::CONFLICT, "an API token has no password"));
    }
    if service
        .store
        .administrator(&identity.name)?
        .is_some_and(|known| known.issuer.is_some())
    {
        let text = "you sign in elsewhere, and have no password here: change it there";
        return Err(Refusal::new(StatusCode::CONFLICT, text));
    }
    // Asked for again: whoever finds a browser open must not take the account over.
    let Ok(known) = verify(&service, &identity.name, wanted.password, client).await? else {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "the password is not right").of_field("password"));
    };
    let password = service
        .passwords
        .hash("new-password", &known.name, &wanted.new_password)
        .await?;
    let wanted = SetAdministrator {
        password: Some(password),
        ..SetAdministrator::default()
    };
    let known = service.store.set_administrator(&known.name, wanted).await?;
    begin(&service, &known, &base, &headers, StatusCode::OK).await
}

async fn begin(
    service: &Service,
    known: &Administrator,
    base: &Base,
    headers: &HeaderMap,
    status: StatusCode,
) -> Result<Response, Refusal> {
    let session = open(service, known, base, headers).await?;
    let shown = SessionAnswer {
        name: known.name.clone(),
        role: known.role,
        app: None,
        csrf_token: csrf::of(&session.token),
        expires_ms: Some(session.expires_ms),
    };
    let mut response = (status, Json(shown)).into_response();
    set(&mut response, session.cookie(base));
    Ok(response)
}

/// A session that has just begun. No `Debug`: the token is secret.
pub(super) struct Session {
    token: String,
    expires_ms: i64,
}

impl Session {
    /// What the browser keeps of it.
    pub(super) fn cookie(&self, base: &Base) -> Option<HeaderValue> {
        cookie::set(&self.token, base.is_https())
    }
}

/// A session begins with a token of its own, whatever the browser had before: what somebody planted there opens nothing.
pub(super) async fn open(
    service: &Service,
    known: &Administrator,
    base: &Base,
    headers: &HeaderMap,
) -> Result<Session, Refusal> {
    let now = now_ms();
    let (token, expires_ms) = (new_secret(SESSION_PREFIX)?, now + LASTS_MS);
    let before = cookie::read(headers, base.is_https()).map(|before| hash_token(&before));
    let begun = service
        .store
        .begin_session(known.seq, hash_token(&token), before, now, expires_ms);
    begun.await?;
    Ok(Session { token, expires_ms })
}

/// `GET /session`: who calls, and the token that forms send along.
#[utoipa::path(get, path = "/session", responses((status = 200, body = SessionAnswer)))]
pub(super) async fn read(
    State(service): State<Arc<Service>>,
    Extension(identity): Extension<Identity>,
) -> Json<SessionAnswer> {
    let (app, expires_ms) = match &identity.by {
        By::Session { expires_ms, .. } => (None, Some(*expires_ms)),
        By::Token { app } => (*app, None),
    };
    Json(SessionAnswer {
        app: app.and_then(|seq| service.apps().by_seq(seq).map(|app| app.name.clone())),
        csrf_token: identity.csrf_token(),
        name: identity.name,
        role: identity.role,
        expires_ms,
    })
}

/// `DELETE /session`.
#[utoipa::path(delete, path = "/session", responses((status = 204), (status = 409)))]
pub(super) async fn sign_out(
    State(service): State<Arc<Service>>,
    Extension(base): Extension<Base>,
    Extension(identity): Extension<Identity>,
) -> Result<Response, Refusal> {
    let By::Session { token, .. } = &identity.by else {
        let text = "an API token has no session: remove the token";
        return Err(Refusal::new(StatusCode::CONFLICT, text));
    };
    service.store.end_session(hash_token(token)).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    set(&mut response, cookie::remove(base.is_https()));
    Ok(response)
}

fn set(response: &mut Response, cookie: Option<HeaderValue>) {
    response
        .headers_mut()
        .extend(cookie.map(|cookie| (SET_COOKIE, cookie)));
}

/// Somebody who is not known, or not yet.
pub(super) fn unknown(client: Client, id: &RequestId) -> Actor {
    actor("unknown", client, id)
}

pub(super) fn actor(name: &str, client: Client, id: &RequestId) -> Actor {
    Actor {
        who: format!("administrator:{name}"),
        from: client.0.map(|address| address.to_canonical().to_string()),
        request: id.0.clone(),
    }
}

async fn note(service: &Service, actor: &Actor, action: &str, name: &str, role: Role) -> Result<(), Refusal> {
    let line = actor.line(action, name, json!({"role": role, "by": "password"}));
    Ok(service.store.audit(line).await?)
}
