//! Groups and memberships: `/group`.

use http::Method;
use serde::Deserialize;
use serde_json::json;

use super::{API, Jira, UserBean};
use crate::connector::{AccountLink, ConnectorError, Page, Result};
use crate::products::{position, same};
use crate::transport::encode;

/// Jira lowers larger pages to this.
const PAGE: usize = 50;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct MembersBean {
    start_at: usize,
    is_last: bool,
    values: Vec<UserBean>,
}

impl Jira {
    /// `GET /user?expand=groups`.
    pub(super) async fn groups_of(&self, username: &str) -> Result<Vec<String>> {
        let path = format!("{API}/user?username={}&expand=groups", encode(username));
        let bean: UserBean = self.client.get(&path).await?.success()?.json()?;
        let items = bean.groups.map(|groups| groups.items).unwrap_or_default();
        Ok(items.into_iter().map(|group| group.name).collect())
    }

    /// The members' resource, not the picker: that one is cut at a cap that
    /// administrators can lower, and would then hide a group that exists.
    pub(super) async fn has_group(&self, name: &str) -> Result<bool> {
        let path = format!("{API}/group/member?groupname={}&maxResults=1", encode(name));
        let answer = self.client.get(&path).await?;
        if answer.status() == 404 {
            return Ok(false);
        }
        answer.success().map(|_| true)
    }

    /// `POST /group`; 400 means "exists" too.
    pub(super) async fn make_group(&self, name: &str) -> Result<()> {
        let answer = self
            .client
            .send(
                Method::POST,
                &format!("{API}/group"),
                Some(&json!({ "name": name })),
            )
            .await?;
        match answer.status() {
            200 | 201 => Ok(()),
            400 | 409 if self.has_group(name).await? => Ok(()),
            403 => Err(self.why_forbidden(&answer).await),
            _ => Err(answer.error()),
        }
    }

    /// `DELETE /group`.
    pub(super) async fn delete_group(&self, name: &str) -> Result<()> {
        let path = format!("{API}/group?groupname={}", encode(name));
        let answer = self.client.send(Method::DELETE, &path, None).await?;
        match answer.status() {
            200 | 204 | 404 => Ok(()),
            400 if !self.has_group(name).await? => Ok(()),
            403 => Err(self.why_forbidden(&answer).await),
            _ => Err(answer.error()),
        }
    }

    /// `GET /group/member`; the cursor is `startAt`. Nested members come along (H).
    pub(super) async fn members(&self, name: &str, cursor: Option<&str>) -> Result<Page> {
        let start = position(cursor)?;
        let path = format!(
            "{API}/group/member?groupname={}&includeInactiveUsers=true&startAt={start}&maxResults={PAGE}",
            encode(name),
        );
        let page: MembersBean = self.client.get(&path).await?.success()?.json()?;
        let end = page.start_at.saturating_add(page.values.len());
        // A page that does not go forward would be asked for again for ever.
        let next = (!page.is_last && end > start).then(|| end.to_string());
        // Who was anonymised is nobody's any longer, and disabled.
        let members = page.values.into_iter().filter(|it| !it.is_anonymised());
        Ok(Page {
            names: members.map(|it| it.name).collect(),
            next,
        })
    }

    /// `POST /group/user`; 400 means "in it already" too.
    pub(super) async fn join(&self, group: &str, link: &AccountLink) -> Result<()> {
        self.check_directory(&link.username).await?;
        let path = format!("{API}/group/user?groupname={}", encode(group));
        let body = json!({ "name": link.username });
        let answer = self.client.send(Method::POST, &path, Some(&body)).await?;
        match answer.status() {
            200 | 201 => Ok(()),
            400 if self.is_member(group, link).await? => Ok(()),
            400 => Err(self.why_not_joined(&answer, group).await),
            403 => Err(self.why_forbidden(&answer).await),
            _ => Err(answer.error()),
        }
    }

    /// `DELETE /group/user`; one who is no member is 400 or 404, neither is documented.
    pub(super) async fn leave(&self, group: &str, link: &AccountLink) -> Result<()> {
        self.check_directory(&link.username).await?;
        let path = format!(
            "{API}/group/user?groupname={}&username={}",
            encode(group),
            encode(&link.username)
        );
        let answer = self.client.send(Method::DELETE, &path, None).await?;
        match answer.status() {
            200 | 204 => Ok(()),
            400 | 404 if !self.is_member(group, link).await? => Ok(()),
            // Jira shows those of inner groups as members too, and takes out direct ones alone.
            400 | 404 => Err(ConnectorError::Refused(format!(
                "{}; if {} is in {group} by a group inside it: take them out of that one",
                answer.words(),
                link.username
            ))),
            403 => Err(self.why_forbidden(&answer).await),
            _ => Err(answer.error()),
        }
    }

    /// No account, no member.
    async fn is_member(&self, group: &str, link: &AccountLink) -> Result<bool> {
        match self.groups_of(&link.username).await {
            Ok(groups) => Ok(groups.iter().any(|name| same(name, group))),
            Err(ConnectorError::NotFound(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }
}
