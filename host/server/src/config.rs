//! Configuration: defaults, then a TOML file, then `TIDEGATE_*` in the environment, then flags.

pub(crate) mod check;
pub(crate) mod settings;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

use crate::scim::origin::Origin;
use crate::tls::pair::TlsFiles;
use crate::trust::{Trust, TrustError};

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// Everything that can be set. In the environment `listen` is `TIDEGATE_LISTEN`, and so on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Config {
    /// Address and port of the SCIM endpoint. Without `tls-certificate` TLS ends in front of it.
    pub listen: SocketAddr,
    /// PEM file of the certificates that clients are shown, the server's own first. With `tls-key`
    /// the endpoint speaks TLS; both are read again when they change.
    pub tls_certificate: Option<PathBuf>,
    /// PEM file of that certificate's private key, without a passphrase.
    pub tls_key: Option<PathBuf>,
    /// Where the database, the key and compiled policies are.
    pub data_dir: PathBuf,
    /// The address under which Okta reaches this server, where it differs from `listen`.
    pub public_url: Option<String>,
    /// Networks of proxies whose `Forwarded` and `X-Forwarded-*` headers are believed, where there is
    /// no `public-url`.
    pub trusted_proxies: Vec<IpNet>,
    /// Connections at once; more wait in the operating system's queue.
    pub max_connections: usize,
    /// Bytes of one request body. A PUT of a group of 100,000 members has about 10 million.
    pub max_body_bytes: usize,
    /// Seconds that a request may take. Okta gives up after 60.
    pub request_timeout_seconds: u64,
    /// Seconds that requests in flight get when the server stops.
    pub shutdown_seconds: u64,
    /// Minisign public keys whose signatures on policies are trusted.
    pub trusted_keys: Vec<String>,
    /// Whether policies without a signature are taken.
    pub unsigned_policies: bool,
    /// Whether administrators are served on `listen` too, under `/admin`.
    pub admin: bool,
    /// Where administrators may sign in beside passwords: an OpenID Connect issuer.
    pub oidc_issuer: Option<String>,
    /// What Tidegate is called there.
    pub oidc_client_id: Option<String>,
    /// File with the secret that belongs to it.
    pub oidc_client_secret_file: Option<PathBuf>,
    /// What the button says after "Sign in with".
    pub oidc_name: String,
    /// Scopes that are asked for beside `openid`.
    pub oidc_scopes: Vec<String>,
    /// The claim that holds somebody's groups.
    pub oidc_groups_claim: String,
    /// Groups whose members may look.
    pub oidc_viewers: Vec<String>,
    /// Groups whose members keep it running.
    pub oidc_operators: Vec<String>,
    /// Groups whose members may do everything.
    pub oidc_administrators: Vec<String>,
    /// Where traces are sent by OTLP over HTTP: the base, behind which `/v1/traces` is added.
    pub otlp_endpoint: Option<String>,
    /// File with headers for it, `Name: value` in each line.
    pub otlp_headers_file: Option<PathBuf>,
    /// The part of traces that is sent, from 0 to 1.
    pub otlp_sample_ratio: f64,
    /// How log lines are written.
    pub log_format: LogFormat,
    /// What is logged, for example `info,tidegate=debug`.
    pub log: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            tls_certificate: None,
            tls_key: None,
            data_dir: default_data_dir(),
            public_url: None,
            trusted_proxies: Vec::new(),
            max_connections: 1_024,
            max_body_bytes: 16 << 20,
            request_timeout_seconds: 50,
            shutdown_seconds: 30,
            trusted_keys: Vec::new(),
            unsigned_policies: true,
            admin: true,
            oidc_issuer: None,
            oidc_client_id: None,
            oidc_client_secret_file: None,
            oidc_name: "Okta".into(),
            oidc_scopes: ["profile", "email", "groups"].map(Into::into).into(),
            oidc_groups_claim: "groups".into(),
            oidc_viewers: Vec::new(),
            oidc_operators: Vec::new(),
            oidc_administrators: Vec::new(),
            otlp_endpoint: None,
            otlp_headers_file: None,
            otlp_sample_ratio: 1.0,
            log_format: LogFormat::Text,
            log: "info".into(),
        }
    }
}

/// The key may come from the environment; it is read by [`crate::files`], not kept here.
pub const SECRET_KEY: &str = "TIDEGATE_SECRET_KEY";
/// Or its file.
pub const SECRET_KEY_FILE: &str = "TIDEGATE_SECRET_KEY_FILE";

impl Config {
    /// Reads file and environment on top of the defaults; `flags` come last.
    ///
    /// # Errors
    /// An unknown setting, a value of the wrong type, or a named file that is not there.
    pub fn load(file: Option<&Path>, flags: impl Serialize) -> Result<Self, Box<figment::Error>> {
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        if let Some(file) = file {
            figment = figment.merge(Toml::file_exact(file));
        }
        let environment = Env::prefixed("TIDEGATE_")
            // Others (`TIDEGATE_PRISM` of a test run, say) are not ours to refuse.
            .filter(|name| {
                let name = name.as_str().to_ascii_lowercase().replace('_', "-");
                settings::named(&name).is_some()
            })
            .map(|name| name.as_str().replace('_', "-").into());
        figment
            .merge(environment)
            .merge(Serialized::defaults(flags))
            .extract()
            .map_err(Box::new)
    }

    /// Reads a file's text on top of the defaults, and nothing else.
    #[cfg(test)]
    fn parse(text: &str) -> Result<Self, Box<figment::Error>> {
        Figment::from(Serialized::defaults(Self::default()))
            .merge(Toml::string(text))
            .extract()
            .map_err(Box::new)
    }

    /// What is known of the way that requests come.
    pub(crate) fn origin(&self, bound: SocketAddr) -> Origin {
        Origin {
            public_url: self.public_url.as_ref().map(|_| self.public_url(bound)),
            trusted_proxies: self.trusted_proxies.clone(),
            bound: self.public_url(bound),
            scheme: self.scheme(),
        }
    }

    /// The files of TLS, where there is to be any.
    pub(crate) fn tls(&self) -> anyhow::Result<Option<TlsFiles>> {
        match (&self.tls_certificate, &self.tls_key) {
            (None, None) => Ok(None),
            (Some(certificate), Some(key)) => Ok(Some(TlsFiles {
                certificate: certificate.clone(),
                key: key.clone(),
            })),
            (Some(_), None) => anyhow::bail!("tls-certificate needs tls-key beside it"),
            (None, Some(_)) => anyhow::bail!("tls-key needs tls-certificate beside it"),
        }
    }

    fn scheme(&self) -> &'static str {
        match self.tls_certificate {
            Some(_) => "https",
            None => "http",
        }
    }

    /// Whose policies are taken.
    pub(crate) fn trust(&self) -> Result<Trust, TrustError> {
        Trust::new(&self.trusted_keys, self.unsigned_policies)
    }

    /// Base of all addresses that are given out, without a trailing slash.
    #[must_use]
    pub fn public_url(&self, bound: SocketAddr) -> String {
        let url = self
            .public_url
            .clone()
            .unwrap_or_else(|| format!("{}://{bound}", self.scheme()));
        url.trim_end_matches('/').to_owned()
    }
}

/// `$XDG_DATA_HOME/tidegate`, or `~/.local/share/tidegate`, or `./tidegate-data`.
fn default_data_dir() -> PathBuf {
    let set = |name| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    set("XDG_DATA_HOME")
        .or_else(|| set("HOME").map(|home| home.join(".local/share")))
        .map_or_else(|| PathBuf::from("tidegate-data"), |base| base.join("tidegate"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_win_over_the_file_and_unknown_settings_are_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("tidegate.toml");
        std::fs::write(&file, "listen = \"127.0.0.1:1\"\nshutdown-seconds = 7\n").expect("writes");
        let flags = serde_json::json!({"listen": "127.0.0.1:2"});
        let config = Config::load(Some(&file), flags).expect("loads");
        assert_eq!((config.listen.port(), config.shutdown_seconds), (2, 7));

        std::fs::write(&file, "lisen = 1\n").expect("writes");
        let error = Config::load(Some(&file), serde_json::json!({})).expect_err("is refused");
        assert!(error.to_string().contains("lisen"), "{error}");
    }

    #[test]
    fn the_public_address_has_no_trailing_slash() {
        let config = Config {
            public_url: Some("https://scim.example.com/".into()),
            ..Config::default()
        };
        assert_eq!(config.public_url(config.listen), "https://scim.example.com");
    }

    #[test]
    fn with_a_certificate_the_address_is_https_and_one_without_a_key_is_refused() {
        let mut config = Config {
            tls_certificate: Some("chain.pem".into()),
            ..Config::default()
        };
        assert_eq!(config.public_url(config.listen), "https://127.0.0.1:8080");
        assert!(
            config
                .tls()
                .expect_err("is refused")
                .to_string()
                .contains("tls-key")
        );
        config.tls_key = Some("key.pem".into());
        assert!(config.tls().expect("is taken").is_some());
    }
}
