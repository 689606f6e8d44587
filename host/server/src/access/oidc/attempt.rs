//! A sign-in under way: what only this browser brings back, sealed in a cookie. Nothing is kept here, so nobody fills
//! anything by beginning; a browser has one at a time.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderValue};
use openidconnect::{CsrfToken, Nonce, PkceCodeChallenge, PkceCodeVerifier};
use serde::{Deserialize, Serialize};
use tidegate_store::seal::Sealer;

use super::super::cookie;
use super::trouble::Trouble;

/// Somebody may have to find a phone first.
const LASTS_MS: i64 = 10 * 60 * 1_000;
/// Bytes of the cookie.
const LONGEST: usize = 2 << 10;
/// What it is sealed for.
const CONTEXT: &str = "oidc sign-in";

/// What came before the browser went to the issuer. No `Debug`: it is secret until it is used.
#[derive(Serialize, Deserialize)]
pub(super) struct Attempt {
    state: String,
    nonce: String,
    verifier: String,
    /// Where the browser comes back to, as the issuer was told.
    pub(super) redirect: String,
    until_ms: i64,
}

impl Attempt {
    /// A new one, with the challenge that goes to the issuer.
    pub(super) fn begin(redirect: String, now_ms: i64) -> (Self, PkceCodeChallenge) {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let attempt = Self {
            state: CsrfToken::new_random().into_secret(),
            nonce: Nonce::new_random().secret().clone(),
            verifier: verifier.into_secret(),
            redirect,
            until_ms: now_ms + LASTS_MS,
        };
        (attempt, challenge)
    }

    /// That of this browser, which the issuer sent back with this state.
    pub(super) fn of(
        sealer: &Sealer,
        headers: &HeaderMap,
        https: bool,
        state: &str,
        now_ms: i64,
    ) -> Result<Self, Trouble> {
        let read = || {
            let sealed = cookie::one(headers, name(https), LONGEST)?;
            let sealed = BASE64_URL_SAFE_NO_PAD.decode(sealed).ok()?;
            let bytes = sealer.open(CONTEXT, &sealed).ok()?;
            let attempt: Self = serde_json::from_slice(&bytes).ok()?;
            (attempt.state == state && now_ms < attempt.until_ms).then_some(attempt)
        };
        read().ok_or(Trouble::Begun)
    }

    /// The cookie. Lax: the browser comes back by a link from elsewhere, and brings it then only.
    pub(super) fn cookie(&self, sealer: &Sealer, https: bool) -> Result<HeaderValue, Trouble> {
        let defect = |error: String| Trouble::Failed(error);
        let bytes = serde_json::to_vec(self).map_err(|error| defect(error.to_string()))?;
        let sealed = sealer.seal(CONTEXT, &bytes)?;
        let text = BASE64_URL_SAFE_NO_PAD.encode(sealed);
        let value = set(https, &text, LASTS_MS / 1_000);
        value.ok_or_else(|| defect("the cookie is no header".into()))
    }

    pub(super) fn state(&self) -> CsrfToken {
        CsrfToken::new(self.state.clone())
    }

    pub(super) fn nonce(&self) -> Nonce {
        Nonce::new(self.nonce.clone())
    }

    pub(super) fn verifier(&self) -> PkceCodeVerifier {
        PkceCodeVerifier::new(self.verifier.clone())
    }
}

/// Takes the cookie away: an attempt is over, whatever came of it.
pub(super) fn over(https: bool) -> Option<HeaderValue> {
    set(https, "", 0)
}

fn name(https: bool) -> &'static str {
    if https {
        "__Host-tidegate-oidc"
    } else {
        "tidegate-oidc"
    }
}

fn set(https: bool, value: &str, seconds: i64) -> Option<HeaderValue> {
    let secure = if https { "; Secure" } else { "" };
    let text = format!(
        "{}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}",
        name(https)
    );
    let mut value = HeaderValue::from_str(&text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

#[cfg(test)]
mod tests {
    use http::header::COOKIE;

    use super::*;

    #[test]
    fn it_comes_back_to_its_own_browser_in_time_and_unchanged() {
        let sealer = Sealer::new(&[3; 32]);
        let (attempt, _) = Attempt::begin("https://scim.example.com/back".into(), 0);
        let state = attempt.state.clone();
        let set = attempt.cookie(&sealer, true).expect("a cookie");
        let set = set.to_str().expect("a text");
        assert!(
            set.ends_with("; Path=/; Max-Age=600; HttpOnly; SameSite=Lax; Secure"),
            "{set}"
        );
        assert!(set.len() < LONGEST && !set.contains(&state));
        let pair = set.split(';').next().expect("a pair").to_owned();
        let came = |pair: &str, state: &str, now| {
            let mut headers = HeaderMap::new();
            headers.insert(COOKIE, pair.parse().expect("a header"));
            Attempt::of(&sealer, &headers, true, state, now).is_ok()
        };
        assert!(came(&pair, &state, LASTS_MS - 1));
        assert!(!came(&pair, &state, LASTS_MS), "late");
        assert!(!came(&pair, "another", 0));
        assert!(
            !came(&pair.replace("__Host-", ""), &state, 0),
            "planted over http"
        );
        assert!(!came(&format!("{pair}A"), &state, 0), "changed");
        assert!(!came(&format!("{pair}; {pair}"), &state, 0), "twice");
    }
}
