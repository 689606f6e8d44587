//! The addresses an administrator gives: plain, and without secrets in them.

use std::net::IpAddr;

use http::Uri;

use super::refused;
use crate::connector::Result;
use crate::egress::{NO_PRODUCT, is_for_products};

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
    if !matches!(uri.scheme_str(), Some("https" | "http")) {
        return Err(refused("the base URL must begin with http:// or https://"));
    }
    for_products(&uri).map_err(|host| refused(format!("the base URL: {host}: {NO_PRODUCT}")))?;
    Ok(uri)
}

/// An address in the URL itself is never resolved: it is looked at here.
fn for_products(uri: &Uri) -> std::result::Result<(), IpAddr> {
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    match host.parse() {
        Ok(address) if !is_for_products(address) => Err(address),
        _ => Ok(()),
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
    for_products(&uri).map_err(|host| refused(format!("the proxy's address: {host}: {NO_PRODUCT}")))?;
    Ok(uri)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_product_is_where_a_cloud_s_services_are() {
        for good in [
            "http://127.0.0.1:8080",
            "https://10.0.0.1/jira",
            "https://jira.example.com",
        ] {
            assert!(base_url(good).is_ok(), "{good}");
        }
        for bad in [
            "http://169.254.169.254/latest",
            "http://[fd00:ec2::254]",
            "http://[::ffff:169.254.169.254]",
        ] {
            let error = base_url(bad).unwrap_err().to_string();
            assert!(error.contains("no product does"), "{error}");
        }
        assert!(proxy("http://169.254.169.254:80").is_err());
    }

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
