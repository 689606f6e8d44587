//! Groups and memberships, by `groupId`: names can change, and the API by name is on its way out.

use http::Method;
use serde_json::json;

use super::beans::{GroupBean, PageBean, UserBean};
use super::{API, JiraCloud};
use crate::connector::{AccountLink, ConnectorError, Page, Result};
use crate::products::{position, same};
use crate::transport::encode;

/// Jira lowers larger pages to this.
const PAGE: usize = 50;

impl JiraCloud {
    /// `GET /group/bulk?groupName=`, compared again here.
    pub(super) async fn group_named(&self, name: &str) -> Result<Option<GroupBean>> {
        let path = format!("{API}/group/bulk?groupName={}", encode(name));
        let page: PageBean<GroupBean> = self.client.get(&path).await?.success()?.json()?;
        Ok(page.values.into_iter().find(|group| same(&group.name, name)))
    }

    /// Whether there is a group of that id.
    pub(super) async fn has_group(&self, id: &str) -> Result<bool> {
        let path = format!("{API}/group/bulk?groupId={}", encode(id));
        let page: PageBean<GroupBean> = self.client.get(&path).await?.success()?.json()?;
        Ok(page.values.iter().any(|group| group.group_id == id))
    }

    /// `GET /user/groups`.
    pub(super) async fn groups_of(&self, id: &str) -> Result<Vec<GroupBean>> {
        let path = format!("{API}/user/groups?accountId={}", encode(id));
        self.client.get(&path).await?.success()?.json()
    }

    pub(super) async fn groups_of_name(&self, name: &str) -> Result<Vec<String>> {
        let account = self.find_named(name).await?;
        let account = account.ok_or_else(|| ConnectorError::NotFound(format!("the account {name}")))?;
        let groups = self.groups_of(&account.remote_id).await?;
        Ok(groups.into_iter().map(|group| group.name).collect())
    }

    /// `POST /group`; 400 means "exists" too.
    pub(super) async fn make_group(&self, name: &str) -> Result<()> {
        let body = json!({ "name": name });
        let answer = self
            .client
            .send(Method::POST, &format!("{API}/group"), Some(&body))
            .await?;
        match answer.status() {
            200 | 201 => Ok(()),
            400 | 409 if !name.is_empty() && self.group_named(name).await?.is_some() => Ok(()),
            _ => Err(Self::refusal(&answer)),
        }
    }

    /// `DELETE /group?groupId=`.
    pub(super) async fn delete_group(&self, name: &str) -> Result<()> {
        let Some(group) = self.group_named(name).await? else {
            return Ok(());
        };
        let path = format!("{API}/group?groupId={}", encode(&group.group_id));
        let answer = self.client.send(Method::DELETE, &path, None).await?;
        match answer.status() {
            200 | 204 | 404 => Ok(()),
            400 if !self.has_group(&group.group_id).await? => Ok(()),
            _ => Err(Self::refusal(&answer)),
        }
    }

    /// `GET /group/member?groupId=`; the cursor is `startAt`.
    pub(super) async fn members(&self, name: &str, cursor: Option<&str>) -> Result<Page> {
        let start = position(cursor)?;
        let group = self.group_named(name).await?.ok_or_else(|| no_group(name))?;
        let path = format!(
            "{API}/group/member?groupId={}&includeInactiveUsers=true&startAt={start}&maxResults={PAGE}",
            encode(&group.group_id)
        );
        let page: PageBean<UserBean> = self.client.get(&path).await?.success()?.json()?;
        let next = page.next(start);
        let people = page.values.iter().filter(|it| it.is_person());
        Ok(Page {
            names: people.map(|it| it.name().to_owned()).collect(),
            next,
        })
    }

    /// One page of all groups; the cursor is `startAt`.
    pub(super) async fn groups(&self, cursor: Option<&str>) -> Result<Page> {
        let start = position(cursor)?;
        let path = format!("{API}/group/bulk?startAt={start}&maxResults={PAGE}");
        let page: PageBean<GroupBean> = self.client.get(&path).await?.success()?.json()?;
        let next = page.next(start);
        Ok(Page {
            names: page.values.into_iter().map(|group| group.name).collect(),
            next,
        })
    }

    pub(super) async fn join_named(&self, name: &str, link: &AccountLink) -> Result<()> {
        if link.remembered.is_some() {
            return Err(ConnectorError::Refused(format!(
                "{} is suspended: a group would give it access again, restore it first",
                link.username
            )));
        }
        let group = self.group_named(name).await?.ok_or_else(|| no_group(name))?;
        self.join(&group, link).await
    }

    /// `POST /group/user?groupId=`; 400 means "in it already" too (AX-17).
    pub(super) async fn join(&self, group: &GroupBean, link: &AccountLink) -> Result<()> {
        let path = format!("{API}/group/user?groupId={}", encode(&group.group_id));
        let body = json!({ "accountId": link.remote_id });
        let answer = self.client.send(Method::POST, &path, Some(&body)).await?;
        match answer.status() {
            200 | 201 => Ok(()),
            400 if self.is_member(group, link).await? => Ok(()),
            400 => Err(self.why_not_joined(&answer, &group.name).await),
            404 => Err(self.who_is_missing(&answer, link).await),
            _ => Err(Self::refusal(&answer)),
        }
    }

    pub(super) async fn leave_named(&self, name: &str, link: &AccountLink) -> Result<()> {
        match self.group_named(name).await? {
            Some(group) => self.leave(&group, link).await,
            None => Ok(()),
        }
    }

    /// `DELETE /group/user?groupId=&accountId=`; what one who is no member gets is not published.
    pub(super) async fn leave(&self, group: &GroupBean, link: &AccountLink) -> Result<()> {
        let path = format!(
            "{API}/group/user?groupId={}&accountId={}",
            encode(&group.group_id),
            encode(&link.remote_id)
        );
        let answer = self.client.send(Method::DELETE, &path, None).await?;
        match answer.status() {
            200 | 204 => Ok(()),
            400 | 404 if !self.is_member(group, link).await? => Ok(()),
            _ => Err(Self::refusal(&answer)),
        }
    }

    /// No account, no member.
    async fn is_member(&self, group: &GroupBean, link: &AccountLink) -> Result<bool> {
        match self.groups_of(&link.remote_id).await {
            Ok(groups) => Ok(groups.iter().any(|it| it.group_id == group.group_id)),
            Err(ConnectorError::NotFound(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

fn no_group(name: &str) -> ConnectorError {
    ConnectorError::NotFound(format!("the group {name}"))
}
