//! Version, rights, and which calls a version has.

use serde::Deserialize;

use super::{API, Confluence, PersonBean};
use crate::connector::{ConnectorError, Result, TargetInfo};
use crate::products::capability;
use crate::products::version::Version;
use crate::transport::Answer;

/// `PUT /admin/user/{u}/disable` and `/enable` came with this version (CONFSERVER-54928).
pub(super) const SUSPENDS: Version = Version(8, 2);
/// `POST /admin/user` came with this version (CONFSERVER-87292).
pub(super) const CREATES: Version = Version(8, 4);
/// `PUT /admin/user/{u}` came with this version or close to it.
pub(super) const UPDATES: Version = Version(9, 3);

#[derive(Debug, Deserialize)]
struct ServerBean {
    version: String,
}

impl Confluence {
    /// `GET /server-information`; older lines have only the application links' manifest.
    pub(super) async fn version(&self) -> Result<String> {
        let mut answer = self.client.get(&format!("{API}/server-information")).await?;
        if answer.status() == 404 {
            answer = self.client.get("/rest/applinks/1.0/manifest").await?;
        }
        let info: ServerBean = answer.success()?.json()?;
        Ok(info.version)
    }

    /// `GET /permissions` is for administrators only.
    async fn prove_administrator(&self) -> Result<()> {
        self.client
            .get(&format!("{API}/permissions"))
            .await?
            .success()
            .map(|_| ())
    }

    /// 403 on a write: administrators get it for read-only directories only, if
    /// Confluence itself has said it.
    pub(super) async fn why_forbidden(&self, answer: &Answer) -> ConnectorError {
        if !answer.is_json() {
            return ConnectorError::Forbidden(answer.words());
        }
        match self.prove_administrator().await {
            Ok(()) => ConnectorError::ReadOnly(answer.words()),
            Err(ConnectorError::Forbidden(_)) => ConnectorError::Forbidden(answer.words()),
            Err(other) => other,
        }
    }

    /// Whether this version has a call: what it has not is not tried.
    pub(super) async fn check_has(&self, what: &str, since: Version) -> Result<()> {
        match self.learned.older_than(since, self.version()).await? {
            None => Ok(()),
            Some(version) => Err(ConnectorError::Unsupported(format!(
                "Confluence {version} cannot {what} by REST: update to {}.{} or later",
                since.0, since.1
            ))),
        }
    }

    pub(super) async fn probe_instance(&self) -> Result<TargetInfo> {
        let version = self.version().await?;
        let me: PersonBean = self
            .client
            .get(&format!("{API}/user/current"))
            .await?
            .success()?
            .json()?;
        if me.is_stranger() {
            let text = "Confluence takes us for an anonymous visitor: check the credentials";
            return Err(ConnectorError::Unauthorized(text.to_owned()));
        }
        self.prove_administrator().await.map_err(|error| match error {
            ConnectorError::Forbidden(words) => ConnectorError::Forbidden(format!(
                "{} is not a Confluence administrator: {words}",
                me.username
            )),
            other => other,
        })?;
        self.learned.set(&version);
        let has = Version::parse(&version);
        let row = |name, since: Version, note: &str| {
            let supported = has >= since;
            let older = format!("needs Confluence {}.{} or later", since.0, since.1);
            capability(name, supported, if supported { note } else { &older })
        };
        Ok(TargetInfo {
            version,
            acting_as: Some(me.username),
            directories: Vec::new(),
            capabilities: vec![
                row(
                    "create accounts",
                    CREATES,
                    "in the first directory that Confluence may write to",
                ),
                row("update accounts", UPDATES, "full name and e-mail address"),
                capability(
                    "rename accounts",
                    false,
                    "Confluence has no REST call: rename in its user management",
                ),
                row("deactivate accounts", SUSPENDS, "disable and enable"),
                capability(
                    "find accounts by e-mail",
                    false,
                    "Confluence does not tell addresses: map usernames",
                ),
                row("list accounts and groups", CREATES, "page by page"),
                capability(
                    "anonymise accounts",
                    true,
                    "by deleting: an alias stands beside what was written",
                ),
                capability(
                    "choose the user directory",
                    false,
                    "Confluence has no REST call that lists or chooses one",
                ),
                capability(
                    "rename groups",
                    false,
                    "create the new group and move the members",
                ),
            ],
            // No call tells them: a create without a seat answers 402.
            seats_left: None,
        })
    }
}
