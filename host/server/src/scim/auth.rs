//! From address and credential to the app. No other way leads to an app's data.

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::header::{AUTHORIZATION, USER_AGENT, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue};
use tidegate_scim::error::ScimError;

use super::{Caller, Endpoint, Refused};
use crate::apps::App;
use crate::clock::now_ms;
use crate::oauth::token;
use crate::telemetry::spans;

/// Bytes of an `Authorization` header that are looked at.
const LONGEST: usize = 4_096;

/// What a client shows.
#[derive(Debug, PartialEq, Eq)]
enum Credential {
    /// The app's token, or an access token.
    Bearer(String),
    /// The app's token as a password.
    Basic(String),
}

/// Refuses everything that does not come with the app's credential. An app that does not exist
/// and a wrong token get the same answer.
pub(super) fn authenticate(endpoint: &Endpoint, request: &mut Request) -> Result<(), Box<Response>> {
    let app = app_id(request.uri().path()).and_then(|id| endpoint.service.apps().by_id(id).cloned());
    let basic = app.as_ref().is_some_and(|app| app.options.basic_authentication);
    match (app, credential(request.headers())) {
        (Some(app), Some(credential)) if opens(endpoint, &app, &credential) => {
            app.limits
                .admit()
                .map_err(|error| Refused(error).into_response())?;
            hear(endpoint, &app, request.headers());
            spans::about(&app.name);
            request.extensions_mut().insert(Caller(app));
            Ok(())
        }
        (_, None) => Err(refuse(
            basic,
            "This address needs the app's bearer token in the Authorization header.",
        )),
        _ => Err(refuse(
            basic,
            "The token does not open this SCIM base URL. Compare both with what Tidegate printed.",
        )),
    }
}

/// Nobody waits until it is written down, and where it is not a request a minute later tries again.
fn hear(endpoint: &Endpoint, app: &App, headers: &HeaderMap) {
    let client = headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
    if let Some(heard) = app.heard.of(client, now_ms()) {
        let (store, app) = (endpoint.service.store.clone(), app.seq);
        tokio::spawn(async move {
            if let Err(error) = store.set_heard(app, heard).await {
                tracing::warn!(%error, "it was not noted that the identity provider came");
            }
        });
    }
}

fn opens(endpoint: &Endpoint, app: &App, credential: &Credential) -> bool {
    let now_ms = now_ms();
    match credential {
        Credential::Basic(password) => app.options.basic_authentication && app.accepts(password, now_ms),
        Credential::Bearer(token) => {
            let sealer = endpoint.service.store.sealer();
            app.accepts(token, now_ms) || token::accepts(sealer, app, token, now_ms)
        }
    }
}

/// Names every scheme that would do (RFC 9110 section 11.6.1).
fn refuse(basic: bool, detail: &str) -> Box<Response> {
    let mut response = Refused(ScimError::unauthorized(detail)).into_response();
    if basic {
        let scheme = HeaderValue::from_static("Basic realm=\"tidegate\", charset=\"UTF-8\"");
        response.headers_mut().append(WWW_AUTHENTICATE, scheme);
    }
    Box::new(response)
}

fn app_id(path: &str) -> Option<&str> {
    path.strip_prefix("/scim/")?.split('/').next()
}

/// Okta sends `Bearer x`, or in its "Header Auth" apps whatever the administrator typed, or, in
/// its "Basic Auth" apps, the token as the password.
fn credential(headers: &HeaderMap) -> Option<Credential> {
    let value = headers
        .get(AUTHORIZATION)?
        .to_str()
        .ok()
        .filter(|value| value.len() <= LONGEST)?
        .trim();
    let (scheme, rest) = value.split_once(' ').unwrap_or(("", value));
    let rest = rest.trim();
    if scheme.eq_ignore_ascii_case("basic") {
        let decoded = String::from_utf8(BASE64_STANDARD.decode(rest).ok()?).ok()?;
        return decoded
            .split_once(':')
            .map(|(_, password)| Credential::Basic(password.to_owned()));
    }
    let known = scheme.is_empty() || scheme.eq_ignore_ascii_case("bearer");
    (known && !rest.is_empty()).then(|| Credential::Bearer(rest.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: &str) -> Option<Credential> {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, value.parse().expect("a header"));
        credential(&headers)
    }

    #[test]
    fn okta_may_send_the_token_in_three_ways() {
        let bearer = |token: &str| Some(Credential::Bearer(token.into()));
        assert_eq!(of("Bearer tg_1"), bearer("tg_1"));
        assert_eq!(of("bearer  tg_1"), bearer("tg_1"));
        assert_eq!(of("tg_1"), bearer("tg_1"));
        assert_eq!(of("Basic b2t0YTp0Z18x"), Some(Credential::Basic("tg_1".into())));
        assert_eq!(of("Digest tg_1"), None);
        assert_eq!(of("Basic ???"), None);
        assert_eq!(
            of("Bearer"),
            bearer("Bearer"),
            "a bare word is taken as the token, and opens nothing"
        );
    }

    #[test]
    fn the_app_is_the_second_segment() {
        assert_eq!(app_id("/scim/abc/v2/Users"), Some("abc"));
        assert_eq!(app_id("/scimabc/v2"), None);
    }
}
