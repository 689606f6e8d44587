//! Credentials, and what the server is: Crowd, or Jira as the user server.

use http::Method;
use serde::Deserialize;
use serde_json::json;

use super::lists::Users;
use super::refusals::refusal;
use super::{API, Crowd};
use crate::connector::{Capability, ConnectorError, Result, TargetInfo};
use crate::products::capability;

/// Jira's, which anybody may read. Crowd has no such resource, and tells its own version to
/// its administrators only (`/rest/admin/1.0/server-info`), never to an application.
const JIRA: &str = "/rest/api/2/serverInfo";

#[derive(Debug, Deserialize)]
struct JiraBean {
    version: String,
}

impl Crowd {
    /// The search that Atlassian's `RestCrowdClient.testConnection` makes.
    async fn prove_application(&self) -> Result<()> {
        let path = format!("{API}/search?entity-type=user&start-index=0&max-results=1");
        let everybody = json!({ "restriction-type": "null-search-restriction" });
        let mut answer = self.client.send(Method::POST, &path, Some(&everybody)).await?;
        // Atlassian's client says it in XML; a server that does not read the JSON is asked by GET.
        if matches!(answer.status(), 400 | 415) {
            answer = self.client.get(&path).await?;
        }
        match answer.status() {
            200 => answer.json::<Users>().map(|_| ()),
            _ => Err(match refusal(&answer) {
                ConnectorError::ReadOnly(words) => ConnectorError::Forbidden(words),
                other => other,
            }),
        }
    }

    /// Jira's version, where the server is a Jira. Asked without credentials: to Jira itself
    /// an application is nobody, and failed log-ins end in a CAPTCHA.
    async fn jira_version(&self) -> Result<Option<String>> {
        let answer = self.client.get_as_anybody(JIRA).await?;
        if answer.status() != 200 {
            return Ok(None);
        }
        Ok(answer.json::<JiraBean>().ok().map(|jira| jira.version))
    }

    pub(super) async fn probe_instance(&self) -> Result<TargetInfo> {
        self.prove_application().await.map_err(|error| match error {
            ConnectorError::Unauthorized(words) => ConnectorError::Unauthorized(format!(
                "{words}; it wants the name and password of an application, not of a user: is there an \
                 application {:?}, and is our address among its remote addresses?",
                self.application
            )),
            other => other,
        })?;
        let jira = self.jira_version().await?;
        Ok(TargetInfo {
            version: jira.clone().unwrap_or_else(|| "unknown".to_owned()),
            acting_as: Some(self.application.clone()),
            // Only an administrator's account may list them.
            directories: Vec::new(),
            capabilities: capabilities(jira.as_deref()),
            // Crowd counts users itself and tells no application.
            seats_left: None,
        })
    }
}

fn capabilities(jira: Option<&str>) -> Vec<Capability> {
    let (server, places, directory) = match jira {
        Some(version) => (
            format!("Jira {version} is the user server: its whole user base"),
            "in the first directory that Jira may write to",
            "Jira as user server shows all directories as one",
        ),
        None => (
            "Crowd, which tells applications no version".to_owned(),
            "in the first directory mapped to the application that lets it add users",
            "by the directories mapped to this application in Crowd: one application for each directory",
        ),
    };
    vec![
        capability("be the user server", true, &server),
        capability("create accounts", true, places),
        capability(
            "update accounts",
            true,
            "names and e-mail address; the rest of the user is read and sent back",
        ),
        capability(
            "rename accounts",
            true,
            "from Crowd 2.8.4; an older server says so at the first rename",
        ),
        capability("deactivate accounts", true, "active: false; groups stay"),
        capability("find accounts by e-mail", true, "compared exactly"),
        capability("list accounts and groups", true, "all that the application sees"),
        capability(
            "anonymise accounts",
            false,
            "delete them here, and anonymise in each product that reads from it",
        ),
        capability("choose the user directory", jira.is_none(), directory),
        capability(
            "reach the products at once",
            false,
            "Jira, Confluence and the others see a change at their next synchronisation, after 60 minutes unless \
             set otherwise: shorten the interval there",
        ),
        capability(
            "rename groups",
            false,
            "create the new group and move the members",
        ),
    ]
}
