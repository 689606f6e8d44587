//! Whether a text is what its type says: base 64, a URI.
//!
//! A wrong one would be stored and given back for ever, to clients that refuse the whole answer for it.

/// RFC 7643 section 2.3.6: base 64 as in RFC 4648 section 4, padded, without line breaks.
pub(crate) fn is_base64(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    let padding = text.len() - digits.len();
    let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    text.len().is_multiple_of(4) && padding <= 2 && digits.bytes().all(known)
}

/// RFC 7643 section 2.3.7: absolute or relative, as in RFC 3986 section 4.1. Characters beyond ASCII
/// are taken as well (RFC 3987): that is how people write the addresses of their pages.
pub(crate) fn is_uri_reference(text: &str) -> bool {
    let (rest, fragment) = text.split_once('#').unwrap_or((text, ""));
    let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
    let path = |text: &str| is_made_of(text, |c| is_path_character(c) || c == '/');
    let tail = |text: &str| is_made_of(text, |c| is_path_character(c) || matches!(c, '/' | '?'));
    if !tail(fragment) || !tail(query) {
        return false;
    }
    let first = rest.split('/').next().unwrap_or_default();
    let rest = match first.split_once(':') {
        // A relative path cannot begin with something that looks like a scheme.
        Some((scheme, _)) if !is_scheme(scheme) => return false,
        Some((scheme, _)) => rest.get(scheme.len() + 1..).unwrap_or_default(),
        None => rest,
    };
    let Some(rest) = rest.strip_prefix("//") else {
        return path(rest);
    };
    let (authority, after) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    is_authority(authority) && path(after)
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
}

fn is_authority(text: &str) -> bool {
    let plain = |c: char| is_path_character(c) && !matches!(c, ':' | '@');
    let (user, place) = text.rsplit_once('@').unwrap_or(("", text));
    let (host, port) = match place.rfind(':') {
        // The colons of an IPv6 address stand within brackets.
        Some(colon) if !place.ends_with(']') => place.split_at(colon),
        _ => (place, ""),
    };
    let address = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .map(|address| !address.is_empty() && is_made_of(address, |c| plain(c) || c == ':'));
    is_made_of(user, |c| plain(c) || c == ':')
        && address.unwrap_or_else(|| is_made_of(host, plain))
        && port.chars().skip(1).all(|c| c.is_ascii_digit())
}

/// `pchar` of RFC 3986 but for percent-encoding.
fn is_path_character(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(c, '-' | '.' | '_' | '~' | ':' | '@')
        || matches!(
            c,
            '!' | '$' | '&' | '\'' | '(' | ')' | '*' | '+' | ',' | ';' | '='
        )
        || !(c.is_ascii() || c.is_control() || c.is_whitespace())
}

/// Whether a part has only such characters and whole percent-encodings.
fn is_made_of(text: &str, allowed: impl Fn(char) -> bool) -> bool {
    let mut pieces = text.split('%');
    let first = pieces.next().unwrap_or_default();
    first.chars().all(&allowed)
        && pieces.all(|piece| after_code(piece).is_some_and(|rest| rest.chars().all(&allowed)))
}

/// What follows the two digits of a percent-encoding.
fn after_code(piece: &str) -> Option<&str> {
    let (code, rest) = piece.split_at_checked(2)?;
    code.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::{is_base64, is_uri_reference};

    #[test]
    fn base64_is_padded_and_of_its_alphabet() {
        for good in ["", "QQ==", "QUI=", "QUJD", "+/+/"] {
            assert!(is_base64(good), "{good}");
        }
        for bad in [
            "Q",
            "QQ",
            "QQ=",
            "Q===",
            "====",
            "QU\nI=",
            "-_-_",
            "Q=Q=",
            "not base 64!",
            "é===",
        ] {
            assert!(!is_base64(bad), "{bad}");
        }
    }

    #[test]
    fn uris_are_absolute_or_relative() {
        for good in [
            "https://example.com/ada?of=1&x=/?#here",
            "HTTP://u:p@[2001:db8::1]:8080/",
            "https://example.com:/",
            "//example.com",
            "../Users/2819c223",
            "Users/a:b",
            "urn:example:params:x",
            "mailto:ada@example.com",
            "data:image/png;base64,QUI=",
            "https://example.com/a%20b",
            "https://exämple.com/Ä",
            "#top",
            "?q",
            "",
        ] {
            assert!(is_uri_reference(good), "{good}");
        }
        for bad in [
            "not a uri",
            "https://example.com/a b",
            "https://example.com/%2",
            "https://example.com/%zz",
            "https://example.com/%é",
            "https://example.com:port/",
            "https://[::1",
            "https://ex[am]ple/",
            "https://a@b@c/",
            "1a:b",
            ":b",
            "a#b#c",
            "<x>",
            "\"x\"",
            "a\\b",
            "a\nb",
        ] {
            assert!(!is_uri_reference(bad), "{bad}");
        }
    }
}
