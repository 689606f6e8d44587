//! Administrators who sign in elsewhere: OpenID Connect, the authorization code flow with PKCE, state and nonce.
//!
//! `/admin/sign-in/oidc` sends a browser to the issuer with an [`attempt`] in a cookie; the issuer sends it back to
//! `…/callback`, where the code is [exchanged](exchange) for who they are. Who that is and what they may follows from issuer,
//! subject and groups, anew each time; then a session begins as it does with a password. It leads to the overview and
//! nowhere else: no address that comes along is followed.

mod attempt;
mod exchange;
mod provider;
mod settings;
mod trouble;
mod who;

use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Extension, Query, State};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use http::header::{RETRY_AFTER, SET_COOKIE};
use http::{HeaderMap, HeaderValue};
use serde::Deserialize;
use serde_json::json;
use tidegate_store::access::{Administrator, Attempt as Try};

pub(crate) use exchange::Oidc;

use super::actor::Actor;
use super::{guard, session, throttle};
use crate::clock::now_ms;
use crate::config::Config;
use crate::pages;
use crate::scim::Endpoint;
use crate::scim::observe::RequestId;
use crate::scim::origin::{Base, Client};
use crate::service::Service;
use attempt::Attempt;
use settings::Settings;
use trouble::Trouble;

/// Bytes of a code that is sent on.
const LONGEST_CODE: usize = 4 << 10;

impl Oidc {
    /// None where no issuer is configured. The issuer is not asked yet.
    ///
    /// # Errors
    /// Something is missing or cannot be used; the text names the setting.
    pub(crate) fn of(config: &Config) -> anyhow::Result<Option<Arc<Self>>> {
        Ok(Settings::of(config)?.map(|settings| Arc::new(Self::new(settings))))
    }

    /// Whether the issuer can be used as of now.
    ///
    /// # Errors
    /// What is wrong with it, in the words of the sign-in page.
    pub(crate) async fn check(&self) -> Result<(), String> {
        let described = self.described().await;
        described.map_err(|trouble| trouble.words(self.name()))
    }

    /// What people call it.
    pub(crate) fn name(&self) -> &str {
        &self.settings.name
    }
}

#[derive(Clone)]
struct Door {
    service: Arc<Service>,
    oidc: Arc<Oidc>,
}

/// The two addresses.
pub(crate) fn router(endpoint: Endpoint, oidc: Arc<Oidc>) -> Router {
    let service = Arc::clone(&endpoint.service);
    Router::new()
        .route("/admin/sign-in/oidc", get(begin))
        .route("/admin/sign-in/oidc/callback", get(callback))
        .with_state(Door { service, oidc })
        .layer(from_fn_with_state(endpoint, guard::observe))
        // They are pages, with a form: see there which headers those have.
        .layer(from_fn(pages::guard))
}

/// Sends the browser to the issuer.
async fn begin(State(door): State<Door>, Extension(base): Extension<Base>) -> Response {
    let redirect = format!("{}/admin/sign-in/oidc/callback", base.as_str());
    let sent = async {
        let (attempt, address) = door.oidc.address(redirect, now_ms()).await?;
        let cookie = attempt.cookie(door.service.store.sealer(), base.is_https())?;
        Ok(([(SET_COOKIE, cookie)], Redirect::to(&address)).into_response())
    };
    sent.await.unwrap_or_else(|trouble| door.shown(&trouble))
}

/// What the issuer sends back: a code or an error, and the state.
#[derive(Deserialize)]
struct Came {
    #[serde(default)]
    state: String,
    code: Option<String>,
    error: Option<String>,
    /// Who sends it (RFC 9207).
    iss: Option<String>,
}

async fn callback(
    State(door): State<Door>,
    Extension(base): Extension<Base>,
    Extension(client): Extension<Client>,
    Extension(id): Extension<RequestId>,
    headers: HeaderMap,
    came: Result<Query<Came>, QueryRejection>,
) -> Response {
    let entered = async {
        let Query(came) = came.map_err(|_| Trouble::Begun)?;
        let (known, is_new) = door.admitted(&base, client, &id, &headers, came).await?;
        let actor = session::actor(&known.name, client, &id);
        let detail = json!({"role": known.role, "by": "oidc", "issuer": known.issuer, "new": is_new});
        let line = actor.line("access.sign-in", &known.name, detail);
        door.service.store.audit(line).await?;
        let session = session::open(&door.service, &known, &base, &headers).await?;
        let mut response =
            pages::signed_in_elsewhere().map_err(|error| Trouble::Failed(error.to_string()))?;
        response
            .headers_mut()
            .extend(session.cookie(&base).map(|cookie| (SET_COOKIE, cookie)));
        Ok(response)
    };
    let mut response = entered.await.unwrap_or_else(|trouble| door.shown(&trouble));
    let over = attempt::over(base.is_https());
    if let Some(over) = over {
        response.headers_mut().append(SET_COOKIE, over);
    }
    response
}

impl Door {
    /// Who it is, if they may enter.
    async fn admitted(
        &self,
        base: &Base,
        client: Client,
        id: &RequestId,
        headers: &HeaderMap,
        came: Came,
    ) -> Result<(Administrator, bool), Trouble> {
        let (store, settings) = (&self.service.store, &self.oidc.settings);
        // Nothing is done for a browser that began nothing here.
        let attempt = Attempt::of(store.sealer(), headers, base.is_https(), &came.state, now_ms())?;
        if came.iss.is_some_and(|iss| iss != settings.issuer.as_str()) {
            return Err(Trouble::Begun);
        }
        if let Some(error) = came.error {
            return Err(Trouble::Declined(word(&error)));
        }
        let code = came
            .code
            .filter(|code| !code.is_empty() && code.len() <= LONGEST_CODE);
        let code = code.ok_or(Trouble::Begun)?;
        let keys = [throttle::of_exchange(client.0), throttle::of_address(client.0)];
        if let Try::Wait(wait_ms) = store.attempt(keys.to_vec(), now_ms()).await? {
            return Err(Trouble::Wait(
                u64::try_from(wait_ms).unwrap_or(0).div_ceil(1_000).max(1),
            ));
        }
        let vouched = match self.oidc.redeem(&attempt, code).await {
            Ok(vouched) => vouched,
            Err(trouble) => return Err(self.noted(trouble, "unknown", client, id).await),
        };
        let called = vouched
            .person
            .name
            .clone()
            .unwrap_or_else(|| "unknown".to_owned());
        let known = match vouched.admitted(settings) {
            Ok(foreign) => store
                .sign_in_foreign(foreign, now_ms())
                .await
                .map_err(Trouble::from),
            Err(trouble) => {
                // What they had before is over as well.
                store
                    .sign_out_foreign(settings.issuer.as_str(), &vouched.subject)
                    .await?;
                Err(trouble)
            }
        };
        let known = known.and_then(|known| match known.administrator.disabled {
            true => Err(Trouble::Disabled),
            false => Ok(known),
        });
        match known {
            Ok(known) => {
                let [exchange, address] = keys;
                store.forgive(exchange, address).await?;
                Ok((known.administrator, known.is_new))
            }
            Err(trouble) => Err(self.noted(trouble, &called, client, id).await),
        }
    }

    /// Writes down that somebody was refused, where the issuer said something about somebody.
    async fn noted(&self, trouble: Trouble, called: &str, client: Client, id: &RequestId) -> Trouble {
        let Some(why) = trouble.noted() else {
            return trouble;
        };
        let actor: Actor = session::unknown(client, id);
        let issuer = self.oidc.settings.issuer.as_str();
        let line = actor.line(
            "access.refuse",
            called,
            json!({"by": "oidc", "issuer": issuer, "why": why}),
        );
        match self.service.store.audit(line).await {
            Ok(()) => trouble,
            Err(error) => error.into(),
        }
    }

    /// The sign-in page, with what went wrong above it: passwords go on working.
    fn shown(&self, trouble: &Trouble) -> Response {
        if let Some(inside) = trouble.inside() {
            tracing::warn!(reason = inside, "nobody was signed in by OpenID Connect");
        }
        let words = trouble.words(self.oidc.name());
        let mut response = match pages::not_signed_in(self.oidc.name(), words) {
            Ok(page) => (trouble.status(), page).into_response(),
            Err(_) => trouble.status().into_response(),
        };
        if let Trouble::Wait(seconds) = trouble {
            response
                .headers_mut()
                .insert(RETRY_AFTER, HeaderValue::from(*seconds));
        }
        response
    }
}

/// An error's code as it may be shown: those of the standards are such words, and no sentence of a stranger's is shown.
fn word(error: &str) -> String {
    let plain = error.len() <= 40
        && error
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if plain && !error.is_empty() {
        error.to_owned()
    } else {
        "an error".to_owned()
    }
}
