//! A client's public keys, as a JSON Web Key Set (RFC 7517).

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::Value;

/// Keys of one client: one in use, one to come, some to spare.
const MOST_KEYS: usize = 10;
/// Bytes of a set.
const LONGEST: usize = 32 << 10;

/// Algorithms by which assertions may be signed.
pub(crate) const ALGORITHM_NAMES: [&str; 9] = [
    "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA",
];

/// Checks a set that an administrator registers: public keys only, of kinds that sign.
pub(crate) fn check(text: &str) -> Result<(), String> {
    if text.len() > LONGEST {
        return Err(format!("the key set has more than {LONGEST} bytes"));
    }
    let value: Value =
        serde_json::from_str(text).map_err(|error| format!("the key set is not JSON: {error}"))?;
    let keys = value.get("keys").and_then(Value::as_array);
    let keys = keys.ok_or("the key set has no \"keys\": it must be a JSON Web Key Set (RFC 7517)")?;
    if keys.is_empty() || keys.len() > MOST_KEYS {
        return Err(format!(
            "the key set has {} keys; 1 to {MOST_KEYS} are possible",
            keys.len()
        ));
    }
    for (number, key) in keys.iter().enumerate() {
        if ["d", "k", "p", "q"].iter().any(|part| key.get(part).is_some()) {
            return Err(format!(
                "key {number} holds a secret: register the public key, and replace this one, which is no longer secret"
            ));
        }
        let jwk: Jwk = serde_json::from_value(key.clone())
            .map_err(|error| format!("key {number} is not a JSON Web Key: {error}"))?;
        if algorithms(&jwk).is_empty() || DecodingKey::from_jwk(&jwk).is_err() {
            return Err(format!(
                "key {number} is of a kind that is not taken: RSA of 2,048 bits or more, EC with P-256 or P-384, \
                 or Ed25519"
            ));
        }
    }
    Ok(())
}

/// The keys that may have signed an assertion: the one of that id, or all where it names none.
pub(super) fn candidates<'k>(set: &'k JwkSet, id: Option<&str>) -> Vec<&'k Jwk> {
    match id {
        Some(id) => set.find(id).into_iter().collect(),
        None => set.keys.iter().collect(),
    }
}

/// The algorithms that a key may be used with; none: it is of no kind that is taken. What the
/// assertion's own header says counts only within these.
pub(super) fn algorithms(key: &Jwk) -> Vec<Algorithm> {
    use Algorithm as A;
    match &key.algorithm {
        // In base 64, 2,048 bits have 342 characters.
        AlgorithmParameters::RSA(rsa) if rsa.n.len() >= 342 => {
            vec![A::RS256, A::RS384, A::RS512, A::PS256, A::PS384, A::PS512]
        }
        AlgorithmParameters::EllipticCurve(ec) => match ec.curve {
            EllipticCurve::P256 => vec![A::ES256],
            EllipticCurve::P384 => vec![A::ES384],
            _ => Vec::new(),
        },
        AlgorithmParameters::OctetKeyPair(okp) if okp.curve == EllipticCurve::Ed25519 => vec![A::EdDSA],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_keys_that_sign_are_taken() {
        let ed = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
        assert_eq!(check(&format!("{{\"keys\":[{ed}]}}")), Ok(()));
        let refused = |text: &str| check(text).expect_err(text);
        for text in [
            "",
            "[]",
            "{}",
            "{\"keys\":[]}",
            "{\"keys\":[{}]}",
            "{\"keys\":[7]}",
        ] {
            refused(text);
        }
        let private = ed.replace("\"x\"", "\"d\":\"AAAA\",\"x\"");
        assert!(refused(&format!("{{\"keys\":[{private}]}}")).contains("secret"));
        let shared = r#"{"keys":[{"kty":"oct","k":"AAAA"}]}"#;
        assert!(refused(shared).contains("secret"));
        let short = format!(
            "{{\"keys\":[{{\"kty\":\"RSA\",\"n\":\"{}\",\"e\":\"AQAB\"}}]}}",
            "A".repeat(171)
        );
        assert!(refused(&short).contains("2,048"));
        let many = [ed; MOST_KEYS + 1].join(",");
        assert!(refused(&format!("{{\"keys\":[{many}]}}")).contains("11"));
    }
}
