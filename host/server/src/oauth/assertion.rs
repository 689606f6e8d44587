//! Assertions that a client signed (RFC 7523 section 3).

use jsonwebtoken::dangerous::insecure_decode;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{DecodingKey, TokenData, Validation, decode, decode_header};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tidegate_store::Store;
use tidegate_store::oauth::Client;

use super::error::TokenError;
use super::keys;

/// Bytes of an assertion that are looked at.
const LONGEST: usize = 8 << 10;
/// Seconds that an assertion may be good for: its identifier is remembered that long.
const LONGEST_LIFE: i64 = 3_600;
/// Seconds that clocks may differ.
const LEEWAY: u64 = 30;

#[derive(Debug, Deserialize)]
struct Claims {
    /// The client's own word for this assertion; used once.
    jti: String,
    exp: i64,
}

#[derive(Debug, Deserialize)]
struct Subject {
    sub: String,
}

/// Whom an assertion speaks of. Not checked yet.
pub(super) fn subject(assertion: &str) -> Option<String> {
    if assertion.len() > LONGEST {
        return None;
    }
    let token: TokenData<Subject> = insecure_decode(assertion).ok()?;
    Some(token.claims.sub)
}

/// Checks an assertion, and uses it up.
pub(super) async fn check(
    store: &Store,
    client: &Client,
    assertion: &str,
    issuer: &str,
    now_ms: i64,
) -> Result<(), TokenError> {
    let refused = |why: &str| TokenError::invalid_client_because(format!("client {}: {why}", client.id));
    let set = client
        .keys
        .as_deref()
        .ok_or_else(|| refused("it has a secret, and no keys"))?;
    let set: JwkSet = serde_json::from_str(set).map_err(|error| refused(&error.to_string()))?;
    let claims = verify(&set, client, assertion, issuer).map_err(|why| refused(&why))?;
    let expires_ms = claims.exp.saturating_mul(1_000);
    if expires_ms > now_ms + LONGEST_LIFE * 1_000 {
        return Err(refused("the assertion is good for more than an hour"));
    }
    let jti = Sha256::digest(claims.jti.as_bytes()).into();
    // Clocks differ: it must be remembered a little longer than it is good for.
    let until_ms = expires_ms.saturating_add(i64::try_from(LEEWAY).unwrap_or(0) * 1_000);
    match store.use_assertion(client.seq, jti, until_ms, now_ms).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(refused("the assertion was used before")),
        Err(error) => Err(TokenError::internal(&error.to_string())),
    }
}

fn verify(set: &JwkSet, client: &Client, assertion: &str, issuer: &str) -> Result<Claims, String> {
    let header = decode_header(assertion).map_err(|error| error.to_string())?;
    let mut why = "no key of the client has the assertion's key id".to_owned();
    for key in keys::candidates(set, header.kid.as_deref()) {
        let algorithms = keys::algorithms(key);
        let Some(first) = algorithms.first() else { continue };
        let mut validation = Validation::new(*first);
        validation.algorithms = algorithms;
        validation.leeway = LEEWAY;
        validation.validate_nbf = true;
        validation.set_issuer(&[&client.id]);
        validation.sub = Some(client.id.clone());
        // RFC 7523 section 3: the issuer or its token endpoint.
        validation.set_audience(&[issuer.to_owned(), format!("{issuer}/token")]);
        validation.set_required_spec_claims(&["exp", "iss", "sub", "aud"]);
        let key = DecodingKey::from_jwk(key).map_err(|error| error.to_string())?;
        match decode::<Claims>(assertion, &key, &validation) {
            Ok(token) => return Ok(token.claims),
            Err(error) => why = error.to_string(),
        }
    }
    Err(why)
}
