//! OAuth 2.0 client credentials (RFC 6749 section 4.4): each app is an issuer of its own,
//! `/oauth/{app}`, whose access tokens open that app's SCIM base URL and nothing else.
//!
//! A client shows a secret, or an assertion that it signed with its private key (RFC 7523,
//! `private_key_jwt`); then nothing secret of the client's is ever here.

mod assertion;
mod client;
mod error;
pub(crate) mod keys;
mod request;
pub(crate) mod token;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Extension, Path, State};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::header::{CACHE_CONTROL, PRAGMA};
use http::{HeaderMap, StatusCode};
use serde_json::json;
use tidegate_store::audit::AuditLine;

use crate::clock::now_ms;
use crate::scim::Endpoint;
use crate::scim::layers;
use crate::scim::origin::Base;
use error::TokenError;
use request::TokenRequest;

/// Bytes of a token request: an assertion has about one thousand.
const BODY_BYTES: usize = 16 << 10;

/// The routes with their layers.
pub(crate) fn router(endpoint: Endpoint) -> Router {
    Router::new()
        .route("/oauth/{app}/token", post(token))
        .route(
            "/.well-known/oauth-authorization-server/oauth/{app}",
            get(metadata),
        )
        .layer(DefaultBodyLimit::max(BODY_BYTES))
        .layer(from_fn_with_state(endpoint.clone(), layers::oauth))
        .with_state(endpoint)
}

/// `POST /oauth/{app}/token` (RFC 6749 section 4.4.2).
async fn token(
    State(endpoint): State<Endpoint>,
    Extension(base): Extension<Base>,
    Path(app_id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, TokenError> {
    let request = TokenRequest::read(&headers, &body)?;
    let service = &endpoint.service;
    // An app that does not exist is a client that is not known: nobody learns which apps there are.
    let app = service
        .apps()
        .by_id(&app_id)
        .cloned()
        .ok_or_else(TokenError::invalid_client)?;
    let now_ms = now_ms();
    let issuer = base.issuer(&app.id);
    let client = client::authenticate(&service.store, &app, &request, &issuer, now_ms).await?;
    let issued = token::issue(service.store.sealer(), &app.id, &client.id, now_ms)
        .map_err(|error| TokenError::internal(&error.to_string()))?;
    let line = AuditLine {
        at_ms: now_ms,
        app: Some(app.seq),
        request: String::new(),
        actor: "oauth".into(),
        action: "token.issue".into(),
        subject: client.name.clone(),
        detail: json!({"client": client.id}),
    };
    let noted = service.store.audit(line).await;
    noted.map_err(|error| TokenError::internal(&error.to_string()))?;
    let answer = json!({
        "access_token": issued,
        "token_type": "Bearer",
        "expires_in": token::SECONDS,
    });
    Ok((StatusCode::OK, unstored(), Json(answer)).into_response())
}

/// `GET /.well-known/oauth-authorization-server/oauth/{app}` (RFC 8414). The same for every app,
/// also for one that does not exist.
async fn metadata(Extension(base): Extension<Base>, Path(app_id): Path<String>) -> Response {
    let issuer = base.issuer(&app_id);
    Json(json!({
        "issuer": issuer,
        "token_endpoint": format!("{issuer}/token"),
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": [],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post", "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": keys::ALGORITHM_NAMES,
    }))
    .into_response()
}

/// Nothing of a token may be kept on the way (RFC 6749 section 5.1).
fn unstored() -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(CACHE_CONTROL, http::HeaderValue::from_static("no-store"));
    headers.insert(PRAGMA, http::HeaderValue::from_static("no-cache"));
    headers
}
