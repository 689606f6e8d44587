//! Groups and memberships: `/admin/groups` and `/admin/users`.

use http::Method;
use serde_json::{Value, json};

use super::{API, Bitbucket, GroupBean, UserBean};
use crate::connector::{AccountLink, ConnectorError, Page, Result};
use crate::products::{position, same};
use crate::transport::encode;

impl Bitbucket {
    /// `GET /admin/users/more-members`.
    pub(super) async fn groups_of(&self, username: &str) -> Result<Vec<String>> {
        let path = format!("{API}/admin/users/more-members?context={}", encode(username));
        Ok(self
            .all::<GroupBean>(&path)
            .await?
            .into_iter()
            .map(|group| group.name)
            .collect())
    }

    /// `GET /admin/groups?filter=`, compared exactly.
    pub(super) async fn has_group(&self, name: &str) -> Result<bool> {
        let path = format!("{API}/admin/groups?filter={}", encode(name));
        Ok(self
            .first(&path, |group: &GroupBean| same(&group.name, name))
            .await?
            .is_some())
    }

    /// `POST /admin/groups`.
    pub(super) async fn make_group(&self, name: &str) -> Result<()> {
        match self
            .write(
                Method::POST,
                &format!("/admin/groups?name={}", encode(name)),
                &Value::Null,
            )
            .await
        {
            Err(ConnectorError::Conflict(_)) => Ok(()),
            other => other,
        }
    }

    /// `DELETE /admin/groups`; 409 where it would lower our own rights.
    pub(super) async fn delete_group(&self, name: &str) -> Result<()> {
        match self
            .write(
                Method::DELETE,
                &format!("/admin/groups?name={}", encode(name)),
                &Value::Null,
            )
            .await
        {
            Err(ConnectorError::NotFound(_)) => Ok(()),
            Err(ConnectorError::Conflict(words)) => Err(ConnectorError::Refused(words)),
            Err(ConnectorError::Forbidden(words)) => Err(ConnectorError::ReadOnly(words)),
            other => other,
        }
    }

    /// `GET /admin/groups/more-members`; the cursor is `nextPageStart`. An unknown
    /// group is an empty page there, so an empty first page is looked into.
    pub(super) async fn members(&self, name: &str, cursor: Option<&str>) -> Result<Page> {
        let start = position(cursor)?;
        let path = format!("{API}/admin/groups/more-members?context={}", encode(name));
        let (users, next) = self.page::<UserBean>(&path, start).await?;
        if start == 0 && users.is_empty() && !self.has_group(name).await? {
            return Err(ConnectorError::NotFound(format!("the group {name}")));
        }
        Ok(Page {
            names: users.into_iter().map(|user| user.name).collect(),
            next: next.map(|it| it.to_string()),
        })
    }

    /// `POST /admin/groups/add-users`; a member already is a success there.
    pub(super) async fn join(&self, group: &str, link: &AccountLink) -> Result<()> {
        if link.remembered.is_some() {
            return Err(ConnectorError::Refused(format!(
                "{} is suspended: a group would give it access again, restore it first",
                link.username
            )));
        }
        let user = self.writable_user(link).await?;
        let body = json!({ "group": group, "users": [user.name] });
        self.write(Method::POST, "/admin/groups/add-users", &body).await
    }

    /// `POST /admin/users/remove-group`; what one who is no member gets is not
    /// documented, so the groups are read back.
    pub(super) async fn leave(&self, group: &str, link: &AccountLink) -> Result<()> {
        let user = match self.writable_user(link).await {
            Err(ConnectorError::NotFound(_)) => return Ok(()),
            other => other?,
        };
        let body = json!({ "context": user.name, "itemName": group });
        let left = self.write(Method::POST, "/admin/users/remove-group", &body).await;
        match left {
            Err(ConnectorError::NotFound(_) | ConnectorError::Refused(_) | ConnectorError::Conflict(_))
                if !self
                    .groups_of(&user.name)
                    .await?
                    .iter()
                    .any(|name| same(name, group)) =>
            {
                Ok(())
            }
            other => other,
        }
    }
}
