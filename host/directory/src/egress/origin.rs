//! Scheme, host and port: what a grant names, and what a URL leads to.

use std::fmt;
use std::str::FromStr;

use http::Uri;
use serde::{Deserialize, Serialize};

/// An origin (RFC 6454), in one spelling: lower case, with its port. Read once from a grant, and
/// compared as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Origin {
    https: bool,
    host: String,
    port: u16,
}

impl Origin {
    /// The origin of an absolute URL. Anything unusual in the authority (user information, white
    /// space) is refused rather than interpreted.
    #[must_use]
    pub fn of(url: &str) -> Option<Self> {
        let uri: Uri = url.parse().ok()?;
        let authority = uri.authority()?;
        let https = match uri.scheme_str()? {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || ".-:[]_".contains(c);
        let host = authority.host();
        // A port that is none reads as no port at all.
        let whole = authority.port().is_some() || authority.as_str() == host;
        if host.is_empty() || !whole || !authority.as_str().chars().all(plain) {
            return None;
        }
        Some(Self {
            https,
            // One trailing dot is the same name to a resolver.
            host: host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase(),
            port: match authority.port() {
                Some(port) => port.as_u16(),
                None if https => 443,
                None => 80,
            },
        })
    }
}

impl FromStr for Origin {
    type Err = String;

    /// From a grant: an origin and nothing more.
    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is not an origin such as https://hr.example.com");
        let uri: Uri = text.parse().map_err(|_| wrong())?;
        let bare = matches!(uri.path(), "" | "/") && uri.query().is_none() && !text.contains('#');
        Self::of(text).filter(|_| bare).ok_or_else(wrong)
    }
}

impl TryFrom<String> for Origin {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Origin> for String {
    fn from(origin: Origin) -> Self {
        origin.to_string()
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, usual) = if self.https { ("https", 443) } else { ("http", 80) };
        match self.port {
            port if port == usual => write!(f, "{scheme}://{}", self.host),
            port => write!(f, "{scheme}://{}:{port}", self.host),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_taken_whole_or_not_at_all() {
        for (url, origin) in [
            ("https://HR.example.com:8443/a?b", "https://hr.example.com:8443"),
            ("https://hr.example.com:443", "https://hr.example.com"),
            ("http://hr.example.com./x", "http://hr.example.com"),
            ("http://[::1]:80/", "http://[::1]"),
        ] {
            assert_eq!(Origin::of(url).unwrap().to_string(), origin, "{url}");
        }
        for url in [
            "https://user@hr.example.com/",
            "https://hr.example.com\\@evil.org/",
            "ftp://hr.example.com/",
            "/relative",
            "https://",
            "https:///x",
            "https://hr example.com/",
            "https://hr.example.com:99999/",
            "",
        ] {
            assert_eq!(Origin::of(url), None, "{url}");
        }
    }

    #[test]
    fn a_grant_names_an_origin_and_nothing_more() {
        assert_eq!(
            "https://hr.example.com/".parse::<Origin>(),
            "HTTPS://hr.example.com:443".parse::<Origin>()
        );
        for text in [
            "https://hr.example.com/path",
            "https://hr.example.com?x",
            "hr.example.com",
            "*",
            "https://*",
        ] {
            assert!(text.parse::<Origin>().is_err(), "{text}");
        }
        let different = [
            "http://hr.example.com",
            "https://hr.example.com:444",
            "https://hr.example.com.evil.org",
        ];
        let granted: Origin = "https://hr.example.com".parse().unwrap();
        assert!(
            different
                .iter()
                .all(|url| Origin::of(url) != Some(granted.clone()))
        );
    }
}
