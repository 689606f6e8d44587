//! Headers that go out, and headers that come back.

use http::header::{ACCEPT_ENCODING, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue};

/// Headers of one message.
const MOST: usize = 64;
/// Bytes of all of them.
const BYTES: usize = 16 << 10;

/// What belongs to the connection, and is ours (RFC 9110 section 7.6.1).
const OURS: [&str; 12] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// What is sent: the caller's, then secrets, which nothing of the caller's may stand beside.
pub(super) fn sent(given: &[(String, String)], secret: &[(String, String)]) -> Result<HeaderMap, String> {
    let bytes: usize = given.iter().map(|(name, value)| name.len() + value.len()).sum();
    if given.len() > MOST || bytes > BYTES {
        return Err(format!("more than {MOST} headers or {BYTES} bytes of them"));
    }
    let mut headers = HeaderMap::new();
    headers.insert(
        USER_AGENT,
        HeaderValue::from_static(concat!("tidegate/", env!("CARGO_PKG_VERSION"))),
    );
    // What comes back is read as it is.
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    for (name, value) in given {
        let (name, value) = header(name, value)?;
        if OURS.contains(&name.as_str()) {
            return Err(format!("the header {name} belongs to the connection"));
        }
        headers.append(name, value);
    }
    for (name, value) in secret {
        let (name, mut value) =
            header(name, value).map_err(|_| "a secret does not fit into a header".to_owned())?;
        value.set_sensitive(true);
        headers.insert(name, value);
    }
    Ok(headers)
}

fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), String> {
    let parsed = HeaderName::from_bytes(name.as_bytes())
        .ok()
        .zip(HeaderValue::from_str(value).ok());
    parsed.ok_or_else(|| "a header's name or value has characters that none can have".to_owned())
}

/// What came back, as text, within bounds.
pub(super) fn received(headers: &HeaderMap) -> Vec<(String, String)> {
    let mut bytes = 0;
    headers
        .iter()
        .filter(|(name, _)| !OURS.contains(&name.as_str()) || name.as_str() == "content-length")
        .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())))
        .take(MOST)
        .take_while(|(name, value)| {
            bytes += name.len() + value.len();
            bytes <= BYTES
        })
        .collect()
}
