//! Outgoing HTTP that a policy may send.

use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use tidegate_directory::egress::Origin;

/// HTTP that a policy may send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct HttpGrant {
    /// Origins, such as `https://hr.example.com`.
    pub origins: Vec<Origin>,
    /// Methods.
    pub methods: Vec<String>,
    /// Names of secrets that the host attaches. Each secret has origins of its own as well.
    pub credentials: Vec<String>,
    /// Networks that may be called although they are not public, such as `10.1.0.0/16`.
    pub networks: Vec<IpNet>,
    /// Bytes of a body, either way.
    pub max_body_bytes: usize,
    /// Requests of one decision.
    pub calls: u32,
    /// Bytes of all bodies of one decision, both ways.
    pub total_bytes: usize,
    /// Milliseconds that one exchange may take.
    pub timeout_millis: u64,
}

impl Default for HttpGrant {
    fn default() -> Self {
        Self {
            origins: Vec::new(),
            methods: vec!["GET".into()],
            credentials: Vec::new(),
            networks: Vec::new(),
            max_body_bytes: 256 << 10,
            calls: 4,
            total_bytes: 1 << 20,
            timeout_millis: 3_000,
        }
    }
}

impl HttpGrant {
    /// Whether method and origin are granted. The origin is compared as a whole: scheme, host, port.
    #[must_use]
    pub fn permits(&self, method: &str, origin: &Origin) -> bool {
        let method = |granted: &String| granted.eq_ignore_ascii_case(method);
        self.methods.iter().any(method) && self.origins.contains(origin)
    }

    /// Whether a secret of that name may be attached.
    #[must_use]
    pub fn permits_credential(&self, name: &str) -> bool {
        self.credentials.iter().any(|granted| granted == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_match_whole() {
        let grant = HttpGrant {
            origins: vec!["https://hr.example.com/".parse().unwrap()],
            ..HttpGrant::default()
        };
        let permits = |method: &str, url: &str| grant.permits(method, &Origin::of(url).unwrap());
        assert!(permits("get", "https://HR.example.com:443/people"));
        assert!(!permits("GET", "https://hr.example.com.evil.org"));
        assert!(!permits("GET", "http://hr.example.com"));
        assert!(!permits("POST", "https://hr.example.com"));
        assert!(!grant.permits_credential("hr"));
    }
}
