//! What is said of targets.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};
use tidegate_directory::connector::TargetInfo;
use tidegate_directory::target::{ClientCertificate, Credentials, Product, Removal, TargetConfig};

/// A target as it is to be: a [`TargetConfig`] whose secrets may stay as they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct PutTarget {
    /// The operator's name for it, as in the address.
    #[schema(min_length = 1, max_length = 64, pattern = "^[A-Za-z0-9._-]+$")]
    pub name: String,
    /// The product behind it.
    pub product: Product,
    /// Address of the product including its context path.
    #[schema(min_length = 1, max_length = 2_048)]
    pub base_url: String,
    /// The user directory that accounts must live in.
    #[serde(default)]
    #[schema(max_length = 255)]
    pub directory: Option<String>,
    /// The account or token used; absent: as before, if product and address are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credentials: Option<Credentials>,
    /// Calls in flight at once; absent: 4.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 64)]
    pub concurrency: Option<usize>,
    /// Milliseconds that one call may take; absent: 30,000.
    #[serde(default)]
    #[schema(minimum = 1_000, maximum = 120_000)]
    pub timeout_ms: Option<u64>,
    /// The HTTP proxy on the way.
    #[serde(default)]
    #[schema(max_length = 2_048)]
    pub proxy: Option<String>,
    /// Root certificates in PEM, trusted beside the system's.
    #[serde(default)]
    #[schema(max_length = 1_048_576)]
    pub ca: Option<String>,
    /// The certificate that Tidegate shows; absent: as before with the credentials, otherwise none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_certificate: Option<ClientCertificate>,
    /// Calls begun per second.
    #[serde(default)]
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 4294967295_u32)]
    pub calls_per_second: Option<NonZeroU32>,
    /// What is done to an account that the rules want removed; absent: it is deleted.
    #[serde(default)]
    pub removal: Removal,
    /// Username of who gets what an anonymised account owned (Jira); absent: the account that Tidegate is.
    #[serde(default)]
    #[schema(max_length = 255)]
    pub new_owner: Option<String>,
    /// It is the same product as before, at another address: accounts that are linked are the same there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub moved: bool,
}

/// Secrets are asked for, and there are none to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoSecrets;

impl PutTarget {
    /// With the secrets of the target as it is. They go nowhere else than where they went before: for another address or
    /// product they have to be given again.
    ///
    /// # Errors
    /// None are given, and none can be kept.
    pub fn over(self, before: Option<&TargetConfig>) -> Result<TargetConfig, NoSecrets> {
        let kept = before.filter(|before| {
            before.product == self.product
                && before.base_url.trim_end_matches('/') == self.base_url.trim_end_matches('/')
                && before.proxy == self.proxy
        });
        let (credentials, certificate) = match (self.credentials, kept) {
            (Some(given), kept) => {
                let kept = kept.and_then(|before| before.client_certificate.clone());
                (given, self.client_certificate.or(kept))
            }
            (None, Some(before)) => {
                let certificate = self
                    .client_certificate
                    .or_else(|| before.client_certificate.clone());
                (before.credentials.clone(), certificate)
            }
            (None, None) => return Err(NoSecrets),
        };
        let whole = TargetConfig::new(self.name, self.product, self.base_url, credentials);
        Ok(TargetConfig {
            directory: self.directory,
            concurrency: self.concurrency.unwrap_or(whole.concurrency),
            timeout_ms: self.timeout_ms.unwrap_or(whole.timeout_ms),
            proxy: self.proxy,
            ca: self.ca,
            client_certificate: certificate,
            calls_per_second: self.calls_per_second,
            removal: self.removal,
            new_owner: self.new_owner,
            ..whole
        })
    }
}

/// A target, without its secrets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct TargetSummary {
    /// The operator's name for it.
    pub name: String,
    /// The product behind it.
    pub product: Product,
    /// Address of the product.
    pub base_url: String,
    /// The user directory that accounts must live in.
    pub directory: Option<String>,
    /// With whom Tidegate signs in: a username, where it is not a token.
    pub username: Option<String>,
    /// Calls in flight at once.
    pub concurrency: usize,
    /// Milliseconds that one call may take.
    pub timeout_ms: u64,
    /// The HTTP proxy on the way.
    pub proxy: Option<String>,
    /// Calls begun per second.
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 4294967295_u32)]
    pub calls_per_second: Option<NonZeroU32>,
    /// What is done to an account that the rules want removed.
    pub removal: Removal,
    /// Username of who gets what an anonymised account owned.
    pub new_owner: Option<String>,
    /// Root certificates in PEM, trusted beside the system's.
    pub ca: Option<String>,
    /// Whether private roots are trusted beside the system's.
    pub private_roots: bool,
    /// Whether Tidegate shows a certificate.
    pub client_certificate: bool,
    /// Why no call is made until an administrator acts.
    pub stopped: Option<String>,
}

impl TargetSummary {
    /// Of a target as it is configured.
    #[must_use]
    pub fn of(config: &TargetConfig, stopped: Option<String>) -> Self {
        let username = match &config.credentials {
            Credentials::Basic { username, .. } => Some(username.clone()),
            Credentials::Token { .. } => None,
        };
        Self {
            name: config.name.clone(),
            product: config.product,
            base_url: config.base_url.clone(),
            directory: config.directory.clone(),
            username,
            concurrency: config.concurrency,
            timeout_ms: config.timeout_ms,
            proxy: config.proxy.clone(),
            calls_per_second: config.calls_per_second,
            removal: config.removal,
            new_owner: config.new_owner.clone(),
            ca: config.ca.clone(),
            private_roots: config.ca.is_some(),
            client_certificate: config.client_certificate.is_some(),
            stopped,
        }
    }
}

/// What a test of a target is to do besides.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct TestTarget {
    /// Try again at once what failed, also what was refused for good: its cause is mended.
    pub retry_failed: bool,
}

/// What a test of a target found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct TargetTested {
    /// The user directory that accounts must live in, as it is configured.
    pub directory: Option<String>,
    /// Version and abilities.
    pub info: TargetInfo,
    /// What an administrator should know.
    pub warnings: Vec<String>,
    /// Rows that are tried again.
    pub retried: u64,
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn before() -> TargetConfig {
        let token = "hidden".to_owned();
        TargetConfig::new(
            "jira",
            Product::Jira,
            "https://jira.example.com",
            Credentials::Token { token },
        )
    }

    fn wanted(change: &serde_json::Value) -> PutTarget {
        let mut wanted = json!({"name": "jira", "product": "jira", "base-url": "https://jira.example.com/", "concurrency": 8});
        for (name, value) in change.as_object().expect("an object") {
            wanted[name] = value.clone();
        }
        serde_json::from_value(wanted).expect("a target")
    }

    #[test]
    fn secrets_stay_where_they_went_before() {
        let kept = wanted(&json!({})).over(Some(&before())).expect("keeps them");
        assert_eq!((kept.credentials, kept.concurrency), (before().credentials, 8));
        for elsewhere in [
            json!({"base-url": "https://other.example.com"}),
            json!({"product": "confluence"}),
            json!({"proxy": "http://proxy.example.com:3128"}),
        ] {
            let asked = wanted(&elsewhere);
            assert_eq!(asked.over(Some(&before())), Err(NoSecrets), "{elsewhere}");
        }
        assert_eq!(wanted(&json!({})).over(None), Err(NoSecrets));
    }
}
