//! From address and token to the app. No other way leads to an app's data.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::HeaderMap;
use http::header::AUTHORIZATION;
use tidegate_scim::error::ScimError;

use super::{Caller, Endpoint, Refused};
use crate::clock::now_ms;

/// Bytes of an `Authorization` header that are looked at.
const LONGEST: usize = 4_096;

/// Refuses everything that does not come with the app's token. An app that does not exist
/// and a wrong token get the same answer.
pub(crate) async fn authenticate(
    State(endpoint): State<Endpoint>,
    mut request: Request,
    next: Next,
) -> Response {
    let app = app_id(request.uri().path()).and_then(|id| endpoint.service.apps().by_id(id).cloned());
    let token = token(request.headers());
    match (app, token) {
        (Some(app), Some(token)) if app.accepts(&token, now_ms()) => {
            request.extensions_mut().insert(Caller(app));
            next.run(request).await
        }
        (_, None) => refuse("This address needs the app's bearer token in the Authorization header."),
        _ => refuse("The token does not open this SCIM base URL. Compare both with what Tidegate printed."),
    }
}

fn refuse(detail: &str) -> Response {
    Refused(ScimError::unauthorized(detail)).into_response()
}

fn app_id(path: &str) -> Option<&str> {
    path.strip_prefix("/scim/")?.split('/').next()
}

/// Okta sends `Bearer x`, or in its "Header Auth" apps whatever the administrator typed,
/// or the token as the password of basic authentication.
fn token(headers: &HeaderMap) -> Option<String> {
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
        return decoded.split_once(':').map(|(_, password)| password.to_owned());
    }
    let known = scheme.is_empty() || scheme.eq_ignore_ascii_case("bearer");
    (known && !rest.is_empty()).then(|| rest.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(value: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, value.parse().expect("a header"));
        token(&headers)
    }

    #[test]
    fn okta_may_send_the_token_in_three_ways() {
        assert_eq!(of("Bearer tg_1").as_deref(), Some("tg_1"));
        assert_eq!(of("bearer  tg_1").as_deref(), Some("tg_1"));
        assert_eq!(of("tg_1").as_deref(), Some("tg_1"));
        assert_eq!(of("Basic b2t0YTp0Z18x").as_deref(), Some("tg_1"));
        assert_eq!(of("Digest tg_1"), None);
        assert_eq!(of("Basic ???"), None);
        assert_eq!(
            of("Bearer"),
            Some("Bearer".into()),
            "a bare word is taken as the token, and opens nothing"
        );
    }

    #[test]
    fn the_app_is_the_second_segment() {
        assert_eq!(app_id("/scim/abc/v2/Users"), Some("abc"));
        assert_eq!(app_id("/scimabc/v2"), None);
    }
}
