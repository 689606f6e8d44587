//! The session's cookie.

use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};

/// Bytes of a session's token: a prefix and 64 digits.
const LONGEST: usize = 80;

/// Its name. Browsers take a `__Host-` cookie from this very host over https only: no neighbour can plant one.
fn name(https: bool) -> &'static str {
    if https { "__Host-tidegate" } else { "tidegate" }
}

/// What the browser has of our session.
pub(super) fn read(headers: &HeaderMap, https: bool) -> Option<String> {
    one(headers, name(https), LONGEST).map(str::to_owned)
}

/// The value of a cookie of ours: letters, digits, `_` and `-`. Two of that name: somebody planted one, and neither counts.
pub(super) fn one<'h>(headers: &'h HeaderMap, wanted: &str, longest: usize) -> Option<&'h str> {
    let texts = headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut found = texts.flat_map(|text| text.split(';')).filter_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == wanted).then_some(value)
    });
    let value = found.next()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    (found.next().is_none() && value.len() <= longest && value.bytes().all(plain)).then_some(value)
}

/// Sets it: for as long as the browser runs, and no script reads it.
pub(super) fn set(token: &str, https: bool) -> Option<HeaderValue> {
    let secure = if https { "; Secure" } else { "" };
    let text = format!(
        "{}={token}; Path=/; HttpOnly; SameSite=Strict{secure}",
        name(https)
    );
    let mut value = HeaderValue::from_str(&text).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Takes it away.
pub(super) fn remove(https: bool) -> Option<HeaderValue> {
    let secure = if https { "; Secure" } else { "" };
    let text = format!(
        "{}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict{secure}",
        name(https)
    );
    HeaderValue::from_str(&text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_cookie_of_the_right_name_counts() {
        let of = |text: &str, https| {
            let mut headers = HeaderMap::new();
            headers.insert(COOKIE, text.parse().expect("a header"));
            read(&headers, https)
        };
        assert_eq!(of("a=b; tidegate=tgs_1", false), Some("tgs_1".into()));
        assert_eq!(of("__Host-tidegate=tgs_1;x=y", true), Some("tgs_1".into()));
        assert_eq!(of("tidegate=tgs_1", true), None, "planted over http");
        assert_eq!(of("tidegate=1; tidegate=2", false), None);
        assert_eq!(of("tidegate=\"1\"", false), None);
        assert_eq!(of(&format!("tidegate={}", "a".repeat(100)), false), None);
    }
}
