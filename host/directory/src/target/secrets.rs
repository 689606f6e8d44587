//! What of a target's configuration nobody may read: kept apart, sealed, never printed.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::TargetConfig;

/// How Tidegate proves itself to the product. Never printed: `Debug` hides the secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case", tag = "method")]
pub enum Credentials {
    /// HTTP basic authentication.
    Basic {
        /// A service account with administrator rights; in Crowd the application's name.
        #[schema(max_length = 255)]
        username: String,
        /// Its password.
        #[schema(max_length = 4_096)]
        password: String,
    },
    /// A personal access token (Jira 8.14, Confluence 7.9) or HTTP access token (Bitbucket).
    Token {
        /// The token.
        #[schema(max_length = 4_096)]
        token: String,
    },
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Basic { username, .. } => write!(f, "Basic {{ username: {username:?}, password: … }}"),
            Self::Token { .. } => f.write_str("Token { token: … }"),
        }
    }
}

/// How Tidegate proves itself in TLS. Never printed: `Debug` hides the key.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct ClientCertificate {
    /// The certificate in PEM, followed by those that lead to its authority's root.
    #[schema(max_length = 1_048_576)]
    pub chain: String,
    /// Its private key in PEM (PKCS #8, PKCS #1 or SEC 1), without a passphrase.
    #[schema(max_length = 1_048_576)]
    pub key: String,
}

impl fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClientCertificate { chain: …, key: … }")
    }
}

/// The secret part of a [`TargetConfig`], as one JSON object. The credentials' fields stand
/// at its top, as they did when they were all that was sealed: old rows are read as they are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Secrets {
    #[serde(flatten)]
    credentials: Credentials,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client_certificate: Option<ClientCertificate>,
}

impl TargetConfig {
    /// What may be stored in the clear, and what must be sealed.
    ///
    /// # Errors
    /// None known: these types always have a JSON form.
    pub fn split(&self) -> serde_json::Result<(Map<String, Value>, Secrets)> {
        let secrets = Secrets {
            credentials: self.credentials.clone(),
            client_certificate: self.client_certificate.clone(),
        };
        let mut open: Map<String, Value> = serde_json::from_value(serde_json::to_value(self)?)?;
        for field in ["credentials", "client-certificate"] {
            open.shift_remove(field);
        }
        Ok((open, secrets))
    }

    /// The whole of the two parts of [`TargetConfig::split`].
    ///
    /// # Errors
    /// The open part is not that of a target.
    pub fn join(mut open: Map<String, Value>, secrets: Secrets) -> serde_json::Result<Self> {
        open.insert(
            "credentials".to_owned(),
            serde_json::to_value(secrets.credentials)?,
        );
        if let Some(certificate) = secrets.client_certificate {
            open.insert(
                "client-certificate".to_owned(),
                serde_json::to_value(certificate)?,
            );
        }
        serde_json::from_value(Value::Object(open))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::target::Product;

    fn target() -> TargetConfig {
        let credentials = Credentials::Basic {
            username: "admin".into(),
            password: "hidden-password".into(),
        };
        let mut target = TargetConfig::new("jira", Product::Jira, "https://jira.example.com", credentials);
        target.client_certificate = Some(ClientCertificate {
            chain: "the chain".into(),
            key: "hidden-key".into(),
        });
        target
    }

    #[test]
    fn secrets_are_split_off_and_come_back() {
        let (open, secrets) = target().split().unwrap();
        assert!(!json!(open).to_string().contains("hidden"), "{open:?}");
        let sealed = serde_json::to_vec(&secrets).unwrap();
        let opened = serde_json::from_slice(&sealed).unwrap();
        assert_eq!(TargetConfig::join(open, opened).unwrap(), target());
    }

    #[test]
    fn what_was_sealed_before_certificates_is_read() {
        let (open, _) = target().split().unwrap();
        let old = json!({"method": "token", "token": "hidden"});
        let joined = TargetConfig::join(open, serde_json::from_value(old).unwrap()).unwrap();
        let token = "hidden".to_owned();
        assert_eq!(joined.credentials, Credentials::Token { token });
        assert_eq!(joined.client_certificate, None);
    }

    #[test]
    fn debug_shows_no_secret() {
        let (_, secrets) = target().split().unwrap();
        for shown in [format!("{:?}", target()), format!("{secrets:#?}")] {
            assert!(shown.contains("admin") && !shown.contains("hidden"), "{shown}");
        }
    }
}
