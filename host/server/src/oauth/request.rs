//! A token request: a form, and perhaps a header, that name a client and its credential.

use std::collections::HashMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::HeaderMap;
use http::header::{AUTHORIZATION, CONTENT_TYPE};

use super::error::TokenError;

/// RFC 7523 section 2.2.
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What a client shows.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Proof {
    Secret(String),
    Assertion(String),
}

/// Who asks.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TokenRequest {
    /// `client_id`; with an assertion it may be left to that.
    pub(super) client_id: Option<String>,
    pub(super) proof: Proof,
}

impl TokenRequest {
    pub(super) fn read(headers: &HeaderMap, body: &[u8]) -> Result<Self, TokenError> {
        let form = form(headers, body)?;
        match form.get("grant_type").map(String::as_str) {
            Some("client_credentials") => {}
            Some(_) => return Err(TokenError::unsupported_grant_type()),
            None => return Err(TokenError::invalid_request("grant_type is missing.")),
        }
        let basic = basic(headers)?;
        let posted = form.get("client_secret");
        let assertion = form.get("client_assertion");
        // RFC 6749 section 2.3: one way of showing who one is.
        let ways = [basic.is_some(), posted.is_some(), assertion.is_some()];
        if ways.iter().filter(|way| **way).count() > 1 {
            return Err(TokenError::invalid_request(
                "The client shows who it is in two ways.",
            ));
        }
        let client_id = form.get("client_id").cloned();
        if let Some((id, secret)) = basic {
            return Ok(Self {
                client_id: Some(id),
                proof: Proof::Secret(secret),
            });
        }
        if let Some(assertion) = assertion {
            if form.get("client_assertion_type").map(String::as_str) != Some(JWT_BEARER) {
                return Err(TokenError::invalid_request(format!(
                    "client_assertion_type must be {JWT_BEARER}."
                )));
            }
            return Ok(Self {
                client_id,
                proof: Proof::Assertion(assertion.clone()),
            });
        }
        match (client_id, posted) {
            (Some(id), Some(secret)) => Ok(Self {
                client_id: Some(id),
                proof: Proof::Secret(secret.clone()),
            }),
            _ => Err(TokenError::invalid_client()),
        }
    }
}

/// The form's parameters, each once (RFC 6749 section 3.2).
fn form(headers: &HeaderMap, body: &[u8]) -> Result<HashMap<String, String>, TokenError> {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind
        .and_then(|kind| kind.split(';').next())
        .unwrap_or_default()
        .trim();
    if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(TokenError::invalid_request(
            "The body must be application/x-www-form-urlencoded.",
        ));
    }
    let mut form = HashMap::new();
    for (name, value) in form_urlencoded::parse(body) {
        if form
            .insert(name.clone().into_owned(), value.into_owned())
            .is_some()
        {
            return Err(TokenError::invalid_request(
                "A parameter stands twice in the form.",
            ));
        }
    }
    // A parameter without a value counts as left out (section 3.1).
    form.retain(|_, value| !value.is_empty());
    Ok(form)
}

/// RFC 6749 section 2.3.1: both parts are encoded as in a form, then joined.
fn basic(headers: &HeaderMap) -> Result<Option<(String, String)>, TokenError> {
    let Some(value) = headers.get(AUTHORIZATION) else {
        return Ok(None);
    };
    let parse = || {
        let (scheme, rest) = value.to_str().ok()?.split_once(' ')?;
        if !scheme.eq_ignore_ascii_case("basic") {
            return None;
        }
        let decoded = String::from_utf8(BASE64_STANDARD.decode(rest.trim()).ok()?).ok()?;
        let (id, secret) = decoded.split_once(':')?;
        Some((unescaped(id)?, unescaped(secret)?))
    };
    parse().map(Some).ok_or_else(TokenError::invalid_client)
}

fn unescaped(text: &str) -> Option<String> {
    let spaced = text.replace('+', " ");
    let decoded = percent_encoding::percent_decode_str(&spaced).decode_utf8().ok()?;
    Some(decoded.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &str = "application/x-www-form-urlencoded; charset=utf-8";

    fn read(authorization: Option<&str>, kind: &str, body: &str) -> Result<TokenRequest, &'static str> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, kind.parse().expect("a header"));
        headers.extend(authorization.map(|value| (AUTHORIZATION, value.parse().expect("a header"))));
        TokenRequest::read(&headers, body.as_bytes()).map_err(|error| error.keyword())
    }

    fn secret(id: &str, secret: &str) -> Result<TokenRequest, &'static str> {
        Ok(TokenRequest {
            client_id: Some(id.into()),
            proof: Proof::Secret(secret.into()),
        })
    }

    #[test]
    fn a_secret_comes_in_a_header_or_in_the_form() {
        let grant = "grant_type=client_credentials";
        let header = format!("Basic {}", BASE64_STANDARD.encode("a%3Ab:c+d"));
        assert_eq!(read(Some(&header), FORM, grant), secret("a:b", "c d"));
        let posted = format!("{grant}&client_id=a&client_secret=b%26&scope=");
        assert_eq!(read(None, FORM, &posted), secret("a", "b&"));
    }

    #[test]
    fn an_assertion_names_its_type() {
        let body = format!(
            "grant_type=client_credentials&client_assertion=x.y.z&client_assertion_type={JWT_BEARER}"
        );
        let expected = TokenRequest {
            client_id: None,
            proof: Proof::Assertion("x.y.z".into()),
        };
        assert_eq!(read(None, FORM, &body), Ok(expected));
        let untyped = "grant_type=client_credentials&client_assertion=x.y.z";
        assert_eq!(read(None, FORM, untyped), Err("invalid_request"));
    }

    #[test]
    fn what_is_unclear_is_refused() {
        let basic = format!("Basic {}", BASE64_STANDARD.encode("a:b"));
        let grant = "grant_type=client_credentials";
        for (authorization, kind, body, keyword) in [
            (None, "application/json", grant, "invalid_request"),
            (None, FORM, "", "invalid_request"),
            (
                None,
                FORM,
                "grant_type=password&client_id=a&client_secret=b",
                "unsupported_grant_type",
            ),
            (None, FORM, grant, "invalid_client"),
            (
                None,
                FORM,
                "grant_type=client_credentials&client_id=a",
                "invalid_client",
            ),
            (
                None,
                FORM,
                "grant_type=client_credentials&client_id=a&client_id=b&client_secret=c",
                "invalid_request",
            ),
            (
                Some(basic.as_str()),
                FORM,
                "grant_type=client_credentials&client_secret=c",
                "invalid_request",
            ),
            (Some("Basic ???"), FORM, grant, "invalid_client"),
            (Some("Bearer x"), FORM, grant, "invalid_client"),
        ] {
            assert_eq!(read(authorization, kind, body), Err(keyword), "{body}");
        }
    }
}
