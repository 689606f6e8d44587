//! Against other sites' pages: a browser adds the cookie to whatever any page asks of it. So what changes something must
//! carry a token that only our own pages can read, and must not come from another origin where the browser says so.

use hmac::{Hmac, Mac};
use http::header::{HOST, ORIGIN};
use http::{HeaderMap, HeaderName, Method};
use sha2::Sha256;

/// The header that carries the token.
pub(super) const HEADER: HeaderName = HeaderName::from_static("x-csrf-token");
/// What browsers say about where a request comes from.
const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

fn mac(session: &str) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(session.as_bytes()).ok()?;
    mac.update(b"tidegate csrf");
    Some(mac)
}

/// The token of a session. The session's own token is the key: nobody else has it, and it is not to be found out from this.
pub(super) fn of(session: &str) -> Option<String> {
    let bytes = mac(session)?.finalize().into_bytes();
    Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Whether a token is that session's, in the same time whatever it is.
pub(super) fn matches(session: &str, sent: &str) -> bool {
    let pairs = sent.as_bytes().chunks(2).map(|pair| {
        let pair = std::str::from_utf8(pair).ok().filter(|_| pair.len() == 2)?;
        u8::from_str_radix(pair, 16).ok()
    });
    // Longer than any is none; it is not read to its end.
    let bytes: Option<Vec<u8>> = pairs.take(33).collect();
    match (bytes, mac(session)) {
        (Some(bytes), Some(mac)) => mac.verify_slice(&bytes).is_ok(),
        _ => false,
    }
}

/// Whether a request changes something (RFC 9110 section 9.2.1).
pub(super) fn is_unsafe(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether the browser says that another site's page asks. Programs say nothing, and are no browsers.
pub(super) fn is_foreign(headers: &HeaderMap, base: &str) -> bool {
    let text = |name: &HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    // `none`: the address was typed. `same-site` is another origin all the same.
    if text(&SITE).is_some_and(|site| site != "same-origin" && site != "none") {
        return true;
    }
    let Some(origin) = text(&ORIGIN) else {
        return false;
    };
    // Under the public address, or under whatever address the browser found us by: it sends the cookie of that only.
    let own = origin.eq_ignore_ascii_case(base);
    let host = text(&HOST).unwrap_or("?");
    let here = origin
        .strip_prefix("http://")
        .or_else(|| origin.strip_prefix("https://"))
        .is_some_and(|authority| authority.eq_ignore_ascii_case(host));
    !own && !here
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_one_session_s() {
        let token = of("session").expect("a token");
        assert!(matches("session", &token) && token.len() == 64);
        for wrong in [
            "",
            "0",
            "zz",
            &token[2..],
            &format!("{token}00"),
            &of("other").expect("a token"),
        ] {
            assert!(!matches("session", wrong), "{wrong}");
        }
    }

    #[test]
    fn other_origins_are_foreign() {
        let foreign = |headers: &[(&'static str, &str)]| {
            let mut map = HeaderMap::new();
            for (name, value) in headers {
                map.append(*name, value.parse().expect("a header"));
            }
            is_foreign(&map, "https://scim.example.com")
        };
        for own in [
            [("host", "inner"), ("origin", "https://scim.example.com")].as_slice(),
            &[("host", "127.0.0.1:8080"), ("origin", "http://127.0.0.1:8080")],
            &[("host", "inner"), ("sec-fetch-site", "same-origin")],
            &[("host", "inner")],
        ] {
            assert!(!foreign(own), "{own:?}");
        }
        for other in [
            [("host", "scim.example.com"), ("origin", "https://evil.example")].as_slice(),
            &[("host", "scim.example.com"), ("origin", "null")],
            &[
                ("host", "scim.example.com"),
                ("origin", "https://scim.example.com.evil.example"),
            ],
            &[("host", "scim.example.com"), ("sec-fetch-site", "same-site")],
            &[("host", "scim.example.com"), ("sec-fetch-site", "cross-site")],
        ] {
            assert!(foreign(other), "{other:?}");
        }
    }
}
