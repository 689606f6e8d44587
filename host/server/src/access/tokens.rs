//! API tokens, by administrators.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use tidegate_store::access::{NewToken, Token, new_secret};
use tidegate_store::apps::hash_token;

use super::TOKEN_PREFIX;
use super::address::Path;
use super::body::Fields;
use crate::admin::answers::{CreateToken, MadeToken, TokenSummary};
use crate::admin::error::{Refusal, app, check_name};
use crate::clock::now_ms;
use crate::service::Service;

/// Milliseconds of a day.
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// A token that nobody renews ends within a year.
const MOST_DAYS: u32 = 366;

/// `GET /tokens`: never their secrets.
#[utoipa::path(get, path = "/tokens", responses((status = 200, body = Vec<TokenSummary>)))]
pub(crate) async fn list(State(service): State<Arc<Service>>) -> Result<Json<Vec<TokenSummary>>, Refusal> {
    let known = service.store.admin_tokens()?;
    Ok(Json(
        known.into_iter().map(|token| shown(&service, token)).collect(),
    ))
}

/// `POST /tokens`: the secret is shown once.
#[utoipa::path(post, path = "/tokens", request_body = CreateToken, responses((status = 201, body = MadeToken), (status = 404), (status = 409)))]
pub(crate) async fn create(
    State(service): State<Arc<Service>>,
    Fields(wanted): Fields<CreateToken>,
) -> Result<(StatusCode, Json<MadeToken>), Refusal> {
    let name = check_name("a token", &wanted.name)?.to_owned();
    if !(1..=MOST_DAYS).contains(&wanted.days) {
        let text = format!("a token lasts 1 to {MOST_DAYS} days");
        return Err(Refusal::unfit("days", text));
    }
    let only = wanted
        .app
        .as_deref()
        .map(|name| app(&service, name).map_err(|refusal| refusal.of_field("app")))
        .transpose()?;
    let (secret, now) = (new_secret(TOKEN_PREFIX)?, now_ms());
    let token = Token {
        name,
        role: wanted.role,
        app: only.map(|app| app.seq),
        created_ms: now,
        expires_ms: now + i64::from(wanted.days) * DAY_MS,
    };
    let new = NewToken {
        hash: hash_token(&secret),
        token: token.clone(),
    };
    service.store.create_admin_token(new).await?;
    let made = MadeToken {
        token: secret,
        summary: shown(&service, token),
    };
    Ok((StatusCode::CREATED, Json(made)))
}

/// `DELETE /tokens/{name}`.
#[utoipa::path(delete, path = "/tokens/{name}", responses((status = 204)))]
pub(crate) async fn remove(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
) -> Result<StatusCode, Refusal> {
    service.store.remove_admin_token(&name).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn shown(service: &Service, token: Token) -> TokenSummary {
    let app = token
        .app
        .and_then(|seq| service.apps().by_seq(seq).map(|app| app.name.clone()));
    TokenSummary {
        name: token.name,
        role: token.role,
        app,
        created_ms: token.created_ms,
        expires_ms: token.expires_ms,
    }
}
