//! Groups and memberships.

use http::Method;
use serde_json::json;

use super::{API, Confluence, GroupBean, PageBean, PersonBean};
use crate::connector::{AccountLink, ConnectorError, Page, Result};
use crate::products::{MOST_PAGES, endless, position, same};
use crate::transport::{Answer, encode, segment};

/// Asked for; Confluence may give less.
pub(super) const PAGE: usize = 200;

impl Confluence {
    /// `GET /user/memberof`, all pages.
    pub(super) async fn groups_of(&self, username: &str) -> Result<Vec<String>> {
        let mut names = Vec::new();
        let mut from = 0;
        for _ in 0..MOST_PAGES {
            let path = format!(
                "{API}/user/memberof?username={}&start={from}&limit={PAGE}",
                encode(username)
            );
            let page: PageBean<GroupBean> = self.client.get(&path).await?.success()?.json()?;
            let next = page.next(from);
            names.extend(page.results.into_iter().map(|group| group.name));
            match next {
                Some(next) => from = next,
                None => return Ok(names),
            }
        }
        Err(endless())
    }

    /// `GET /group`; the cursor is `start`.
    pub(super) async fn all_groups(&self, cursor: Option<&str>) -> Result<Page> {
        let start = position(cursor)?;
        let path = format!("{API}/group?start={start}&limit={PAGE}");
        let page: PageBean<GroupBean> = self.client.get(&path).await?.success()?.json()?;
        let next = page.next(start).map(|start| start.to_string());
        Ok(Page {
            names: page.results.into_iter().map(|group| group.name).collect(),
            next,
        })
    }

    /// `GET /group/{name}`. Its answer for an unknown group is not documented; 404 is
    /// taken for "there is none".
    pub(super) async fn has_group(&self, name: &str) -> Result<bool> {
        let answer = self
            .client
            .get(&format!("{API}/group/{}", segment(name)?))
            .await?;
        if answer.status() == 404 {
            return Ok(false);
        }
        let group: GroupBean = answer.success()?.json()?;
        Ok(same(&group.name, name))
    }

    /// `POST /admin/group`, in lower case as older versions insist on it.
    pub(super) async fn make_group(&self, name: &str) -> Result<()> {
        // A name that no later call could have in its path is not created either.
        segment(name)?;
        let body = json!({ "type": "group", "name": name.to_lowercase() });
        let answer = self
            .client
            .send(Method::POST, &format!("{API}/admin/group"), Some(&body))
            .await?;
        match answer.status() {
            200 | 201 | 409 => Ok(()),
            400 if self.has_group(name).await? => Ok(()),
            403 => Err(self.why_forbidden(&answer).await),
            _ => Err(answer.error()),
        }
    }

    /// `DELETE /admin/group/{name}`.
    pub(super) async fn delete_group(&self, name: &str) -> Result<()> {
        let path = format!("{API}/admin/group/{}", segment(name)?);
        let answer = self.client.send(Method::DELETE, &path, None).await?;
        match answer.status() {
            200 | 204 | 404 => Ok(()),
            403 => Err(self.why_forbidden(&answer).await),
            _ => Err(answer.error()),
        }
    }

    /// `GET /group/{name}/member`; the cursor is `start`.
    pub(super) async fn members(&self, name: &str, cursor: Option<&str>) -> Result<Page> {
        let start = position(cursor)?;
        let path = format!("{API}/group/{}/member?start={start}&limit={PAGE}", segment(name)?);
        let page: PageBean<PersonBean> = self.client.get(&path).await?.success()?.json()?;
        let next = page.next(start).map(|start| start.to_string());
        Ok(Page {
            names: page.results.into_iter().map(|person| person.username).collect(),
            next,
        })
    }

    /// `PUT /user/{username}/group/{name}`; idempotent.
    pub(super) async fn join(&self, group: &str, link: &AccountLink) -> Result<()> {
        let answer = self.membership(Method::PUT, group, link).await?;
        match answer.status() {
            200 | 204 => Ok(()),
            403 => Err(self.why_forbidden(&answer).await),
            _ => Err(answer.error()),
        }
    }

    /// `DELETE /user/{username}/group/{name}`; idempotent. What an unknown account or
    /// group answers is not documented, so the groups are read back.
    pub(super) async fn leave(&self, group: &str, link: &AccountLink) -> Result<()> {
        let answer = self.membership(Method::DELETE, group, link).await?;
        match answer.status() {
            200 | 204 => Ok(()),
            400 | 404 => match self.groups_of(&link.username).await {
                Ok(groups) if groups.iter().any(|name| same(name, group)) => Err(answer.error()),
                Ok(_) | Err(ConnectorError::NotFound(_)) => Ok(()),
                Err(error) => Err(error),
            },
            403 => Err(self.why_forbidden(&answer).await),
            _ => Err(answer.error()),
        }
    }

    async fn membership(&self, method: Method, group: &str, link: &AccountLink) -> Result<Answer> {
        let (user, group) = (segment(&link.username)?, segment(group)?);
        let path = format!("{API}/user/{user}/group/{group}");
        self.client.send(method, &path, None).await
    }
}
