//! Names in a call's path, and the path without them.
//!
//! A path that a connector hands over has the API's own words as they are and every name
//! in braces, as [`segment`] writes it. Encoding never yields a brace, so the two cannot be
//! mistaken for each other: the wire gets the names, metrics get [`shape`].

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::refused;
use crate::connector::Result;

/// Everything but RFC 3986's unreserved characters is encoded, in paths and queries.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A name, ready to stand in a query.
#[must_use]
pub fn encode(name: &str) -> String {
    utf8_percent_encode(name, ENCODED).to_string()
}

/// A name, ready to stand in a path as one whole segment: encoded, in braces that the
/// [`Client`](super::Client) takes off.
///
/// # Errors
/// `Refused`: empty, `.` or `..`. No encoding saves those: clients, proxies and servers
/// fold them, and the call would meet another resource than the one meant.
pub fn segment(name: &str) -> Result<String> {
    if matches!(name, "" | "." | "..") {
        return Err(refused(format!("{name:?} cannot be a name in a call's path")));
    }
    Ok(format!("{{{}}}", encode(name)))
}

/// The path and query as they are sent.
pub(super) fn sent(path: &str) -> String {
    path.replace(['{', '}'], "")
}

/// The path with `{}` for every name, and without its query.
pub(super) fn shape(path: &str) -> String {
    let path = path.split('?').next().unwrap_or_default();
    let mut shape = String::with_capacity(path.len());
    let mut in_name = false;
    for character in path.chars() {
        in_name = match character {
            '{' => true,
            '}' => false,
            _ if in_name => continue,
            _ => false,
        };
        shape.push(character);
    }
    shape
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sent_and_not_shown() {
        // A name that is a word of the API, and one that tries to end its braces.
        for name in ["group", "a}b{c", "Ann Lee", "é/?#"] {
            let path = format!("/rest/api/user/{}/group/{}", segment(name).unwrap(), "{x}");
            let encoded = encode(name);
            assert_eq!(sent(&path), format!("/rest/api/user/{encoded}/group/x"));
            assert_eq!(shape(&path), "/rest/api/user/{}/group/{}");
        }
    }

    #[test]
    fn a_query_is_sent_and_not_shown() {
        let path = format!("/rest/api/2/user?username={}&expand=groups", encode("ann{}"));
        assert_eq!(sent(&path), "/rest/api/2/user?username=ann%7B%7D&expand=groups");
        assert_eq!(shape(&path), "/rest/api/2/user");
    }
}
