//! Groups and memberships: `/group`, and both sides' `direct` lists.

use http::Method;
use serde_json::json;

use super::lists::{Groups, Users, names};
use super::refusals::{
    GROUP_NOT_FOUND, MEMBERSHIP_ALREADY_EXISTS, MEMBERSHIP_NOT_FOUND, USER_NOT_FOUND, is, refusal,
};
use super::{API, Crowd};
use crate::connector::{AccountLink, ConnectorError, Page, Result};
use crate::products::position;
use crate::transport::{Answer, encode};

impl Crowd {
    /// `GET /user/group/direct`: not the groups around its groups.
    pub(super) async fn groups_of(&self, username: &str) -> Result<Vec<String>> {
        let path = format!("/user/group/direct?username={}", encode(username));
        let groups = self.all::<Groups>(&path).await?;
        Ok(groups.into_iter().map(|group| group.name).collect())
    }

    /// `GET /group`.
    pub(super) async fn has_group(&self, name: &str) -> Result<bool> {
        let path = format!("{API}/group?groupname={}", encode(name));
        let answer = self.client.get(&path).await?;
        match answer.status() {
            200 => Ok(true),
            _ if is(&answer, GROUP_NOT_FOUND) => Ok(false),
            _ => Err(refusal(&answer)),
        }
    }

    /// `POST /group`; `INVALID_GROUP` means "exists" too.
    pub(super) async fn make_group(&self, name: &str) -> Result<()> {
        let body = json!({ "name": name, "type": "GROUP", "description": "", "active": true });
        let answer = self
            .client
            .send(Method::POST, &format!("{API}/group"), Some(&body))
            .await?;
        match answer.status() {
            200 | 201 => Ok(()),
            400 | 409 if self.has_group(name).await? => Ok(()),
            _ => Err(refusal(&answer)),
        }
    }

    /// `DELETE /group`.
    pub(super) async fn delete_group(&self, name: &str) -> Result<()> {
        let path = format!("{API}/group?groupname={}", encode(name));
        let answer = self.client.send(Method::DELETE, &path, None).await?;
        match answer.status() {
            200 | 204 => Ok(()),
            _ if is(&answer, GROUP_NOT_FOUND) => Ok(()),
            _ => Err(refusal(&answer)),
        }
    }

    /// `GET /group/user/direct`; the cursor is `start-index`.
    pub(super) async fn members(&self, name: &str, cursor: Option<&str>) -> Result<Page> {
        let path = format!("/group/user/direct?groupname={}", encode(name));
        let (users, next) = self.page::<Users>(&path, position(cursor)?).await?;
        Ok(names(users.into_iter().map(|user| user.name), next))
    }

    /// `POST /user/group/direct`, as Atlassian's client does. A group that is missing is a 400,
    /// an account a 404: the reason tells which.
    pub(super) async fn join(&self, group: &str, link: &AccountLink) -> Result<()> {
        let username = self.member_name(link).await?;
        let mut answer = self.post_membership(group, &username).await?;
        if let Some(now) = self.renamed(&answer, link).await? {
            answer = self.post_membership(group, &now).await?;
        }
        match answer.status() {
            200 | 201 | 204 => Ok(()),
            _ if is(&answer, MEMBERSHIP_ALREADY_EXISTS) => Ok(()),
            _ => Err(refusal(&answer)),
        }
    }

    /// `DELETE /group/user/direct`.
    pub(super) async fn leave(&self, group: &str, link: &AccountLink) -> Result<()> {
        let username = match self.member_name(link).await {
            Err(ConnectorError::NotFound(_)) => return Ok(()),
            other => other?,
        };
        let mut answer = self.delete_membership(group, &username).await?;
        if let Some(now) = self.renamed(&answer, link).await? {
            answer = self.delete_membership(group, &now).await?;
        }
        let gone = [MEMBERSHIP_NOT_FOUND, USER_NOT_FOUND, GROUP_NOT_FOUND];
        match answer.status() {
            200 | 204 => Ok(()),
            _ if gone.into_iter().any(|reason| is(&answer, reason)) => Ok(()),
            _ => Err(refusal(&answer)),
        }
    }

    async fn post_membership(&self, group: &str, username: &str) -> Result<Answer> {
        let path = format!("{API}/user/group/direct?username={}", encode(username));
        let body = json!({ "name": group });
        self.client.send(Method::POST, &path, Some(&body)).await
    }

    async fn delete_membership(&self, group: &str, username: &str) -> Result<Answer> {
        let path = format!(
            "{API}/group/user/direct?groupname={}&username={}",
            encode(group),
            encode(username)
        );
        self.client.send(Method::DELETE, &path, None).await
    }

    /// The name that the account has now, where nobody has the one asked for: renamed behind
    /// our back, it is still in its groups, and "no such user" does not mean "is out".
    async fn renamed(&self, answer: &Answer, link: &AccountLink) -> Result<Option<String>> {
        if !is(answer, USER_NOT_FOUND) {
            return Ok(None);
        }
        let user = self.linked_user(link).await?;
        Ok(user.map(|user| user.name))
    }

    /// The link's name. A target bound to one directory looks first whose it is: Crowd would
    /// make the group anew in the account's own directory.
    async fn member_name(&self, link: &AccountLink) -> Result<String> {
        match self.directory {
            Some(_) => Ok(self.own_user(link).await?.name),
            None => Ok(link.username.clone()),
        }
    }
}
