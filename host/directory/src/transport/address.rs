//! The addresses an administrator gives: plain, and without secrets in them.

use http::Uri;

use super::refused;
use crate::connector::Result;

/// The product's address; its context path may follow the host.
pub(super) fn base_url(text: &str) -> Result<Uri> {
    let uri: Uri = text
        .parse()
        .map_err(|error| refused(format!("the base URL cannot be read: {error}")))?;
    let authority = uri
        .authority()
        .ok_or_else(|| refused("the base URL names no host"))?;
    if authority.as_str().contains('@') || uri.query().is_some() || text.contains('#') {
        return Err(refused("the base URL must be scheme, host, port and path only"));
    }
    match uri.scheme_str() {
        Some("https" | "http") => Ok(uri),
        _ => Err(refused("the base URL must begin with http:// or https://")),
    }
}

/// The proxy's address. The text is not repeated in errors: it may hold a password.
pub(super) fn proxy(text: &str) -> Result<Uri> {
    let uri: Uri = text
        .parse()
        .map_err(|error| refused(format!("the proxy's address cannot be read: {error}")))?;
    if uri.authority().is_some_and(|it| it.as_str().contains('@')) {
        return Err(refused(
            "the proxy's address must hold no user name or password: a proxy that demands a log-in cannot be used",
        ));
    }
    // A forgotten port would be 80, where hardly a proxy listens.
    let plain = uri.port_u16().is_some()
        && uri.scheme_str() == Some("http")
        && matches!(uri.path(), "" | "/")
        && uri.query().is_none()
        && !text.contains('#');
    if !plain {
        return Err(refused("the proxy's address must be http://host:port"));
    }
    Ok(uri)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_a_host_and_a_port() {
        for good in ["http://proxy:3128", "http://10.0.0.1:8080/", "http://[::1]:1"] {
            assert!(proxy(good).is_ok(), "{good}");
        }
        for bad in [
            "proxy:3128",
            "http://proxy",
            "https://proxy:3128",
            "socks5://proxy:1080",
            "http://proxy:3128/path",
            "http://proxy:3128?a",
            "http://ann:hidden@proxy:3128",
            "http://ann:hidden@proxy:x",
            "",
        ] {
            let error = proxy(bad).unwrap_err();
            assert_eq!(error.kind(), "refused", "{bad}");
            assert!(!error.to_string().contains("hidden"), "{error}");
        }
    }
}
