//! What is configured of signing in elsewhere, checked once.

use std::io::Read;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use openidconnect::{ClientId, ClientSecret, IssuerUrl, Scope};
use tidegate_store::access::Role;

use crate::config::Config;

/// Bytes of a file with a secret.
const LONGEST_SECRET: u64 = 4 << 10;

/// Where administrators may sign in, and who is what here.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) issuer: IssuerUrl,
    pub(super) client_id: ClientId,
    pub(super) name: String,
    pub(super) scopes: Vec<Scope>,
    pub(super) groups_claim: String,
    secret_file: PathBuf,
    /// From the most to the least.
    roles: [(Role, Vec<String>); 3],
}

impl Settings {
    /// None where no issuer is configured.
    ///
    /// # Errors
    /// Something is missing or cannot be used; the text names the setting.
    pub(super) fn of(config: &Config) -> anyhow::Result<Option<Self>> {
        let Some(issuer) = &config.oidc_issuer else {
            return Ok(None);
        };
        let groups = [
            (Role::Administrator, &config.oidc_administrators),
            (Role::Operator, &config.oidc_operators),
            (Role::Viewer, &config.oidc_viewers),
        ];
        ensure!(
            groups.iter().any(|(_, groups)| !groups.is_empty()),
            "oidc-issuer: nobody could sign in: name a group in oidc-viewers, oidc-operators or oidc-administrators"
        );
        let client_id = config.oidc_client_id.clone();
        let secret_file = config.oidc_client_secret_file.clone();
        let settings = Self {
            issuer: checked(issuer)?,
            client_id: ClientId::new(client_id.context("oidc-issuer needs oidc-client-id beside it")?),
            name: config.oidc_name.clone(),
            scopes: config.oidc_scopes.iter().cloned().map(Scope::new).collect(),
            groups_claim: config.oidc_groups_claim.clone(),
            secret_file: secret_file.context("oidc-issuer needs oidc-client-secret-file beside it")?,
            roles: groups.map(|(role, groups)| (role, groups.clone())),
        };
        settings.secret()?;
        Ok(Some(settings))
    }

    /// The client secret as of now: it is exchanged without a restart.
    ///
    /// # Errors
    /// The file cannot be read, or is empty.
    pub(super) fn secret(&self) -> anyhow::Result<ClientSecret> {
        read(&self.secret_file)
            .with_context(|| format!("oidc-client-secret-file: {}", self.secret_file.display()))
            .map(ClientSecret::new)
    }

    /// The most that one of somebody's groups gives; none: nothing.
    pub(super) fn role(&self, groups: &[String]) -> Option<Role> {
        let gives = |(_, mapped): &&(Role, Vec<String>)| mapped.iter().any(|group| groups.contains(group));
        self.roles.iter().find(gives).map(|(role, _)| *role)
    }
}

/// Over https: what it says opens doors. This machine's own may do without, to try it.
fn checked(issuer: &str) -> anyhow::Result<IssuerUrl> {
    let parsed = IssuerUrl::new(issuer.to_owned()).context("oidc-issuer is no address")?;
    let url = parsed.url();
    let here = || {
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
    };
    ensure!(
        url.scheme() == "https" || (url.scheme() == "http" && here()),
        "oidc-issuer begins with https://"
    );
    ensure!(
        url.query().is_none() && url.fragment().is_none() && url.username().is_empty(),
        "oidc-issuer is https:// with a host and perhaps a path, nothing else"
    );
    Ok(parsed)
}

fn read(file: &Path) -> anyhow::Result<String> {
    let mut text = String::new();
    let opened = std::fs::File::open(file).context("cannot be read")?;
    opened
        .take(LONGEST_SECRET)
        .read_to_string(&mut text)
        .context("cannot be read")?;
    let text = text.trim();
    ensure!(!text.is_empty(), "is empty");
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_reached_safely() {
        for good in [
            "https://example.okta.com",
            "https://example.okta.com/oauth2/default",
            "http://127.0.0.1:9/x",
            "http://[::1]",
        ] {
            assert!(checked(good).is_ok(), "{good}");
        }
        for bad in [
            "example.okta.com",
            "http://example.okta.com",
            "http://127.0.0.1.example.com",
            "https://example.okta.com?x=1",
            "https://u@example.okta.com",
            "ftp://localhost",
        ] {
            assert!(checked(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_most_counts_and_nobody_is_let_in_by_default() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("secret");
        std::fs::write(&file, "s\n").expect("writes");
        let config = Config {
            oidc_issuer: Some("https://example.okta.com".into()),
            oidc_client_id: Some("client".into()),
            oidc_client_secret_file: Some(file),
            oidc_viewers: vec!["look".into()],
            oidc_administrators: vec!["rule".into()],
            ..Config::default()
        };
        let settings = Settings::of(&config).expect("is whole").expect("is there");
        let role = |groups: &[&str]| {
            let groups: Vec<String> = groups.iter().map(|group| (*group).to_owned()).collect();
            settings.role(&groups)
        };
        assert_eq!(role(&["look", "rule"]), Some(Role::Administrator));
        assert_eq!(role(&["other", "look"]), Some(Role::Viewer));
        assert_eq!(role(&["Rule", ""]), None);
        assert_eq!(role(&[]), None);
        let nobody = Config {
            oidc_viewers: Vec::new(),
            oidc_administrators: Vec::new(),
            ..config
        };
        assert!(Settings::of(&nobody).is_err());
    }
}
