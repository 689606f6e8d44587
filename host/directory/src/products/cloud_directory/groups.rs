//! Groups and memberships: `/Groups`. Cloud gives a group whole, members included.

use http::Method;
use serde_json::json;

use super::beans::{GroupBean, RefBean};
use super::{CloudDirectory, PAGE, equals};
use crate::connector::{AccountLink, ConnectorError, Page, Result};
use crate::products::{position, same};

/// Groups of one exact name that are asked for: one, were the name not unique.
const FEW: usize = 2;

impl CloudDirectory {
    /// `displayName eq`, compared again here.
    pub(super) async fn group_named(&self, name: &str) -> Result<Option<GroupBean>> {
        let (groups, _) = self
            .page::<GroupBean>("Groups", Some(equals("displayName", name)), 0, FEW)
            .await?;
        Ok(groups.into_iter().find(|group| same(&group.display_name, name)))
    }

    /// The group with all its members, by its id. Lists may leave members out.
    async fn whole_group(&self, id: &str) -> Result<Option<GroupBean>> {
        let answer = self.client.get(&self.address("Groups", id)?).await?;
        match answer.status() {
            200 => answer.json().map(Some),
            404 => Ok(None),
            _ => Err(self.refusal(&answer)),
        }
    }

    /// The groups that the user itself lists.
    pub(super) async fn groups_of(&self, username: &str) -> Result<Vec<String>> {
        let missing = || ConnectorError::NotFound(format!("the account {username}"));
        let user = self.user_named(username).await?.ok_or_else(missing)?;
        let user = self.user(&user.id).await?.ok_or_else(missing)?;
        let groups = user.groups.into_iter();
        Ok(groups.map(|group| group.display.unwrap_or(group.value)).collect())
    }

    /// `POST /Groups`; a 409 is a success only if it is this directory that has the group.
    pub(super) async fn make_group(&self, name: &str) -> Result<()> {
        let body = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
            "displayName": name,
        });
        let path = format!("{}/Groups", self.api);
        let answer = self.client.send(Method::POST, &path, Some(&body)).await?;
        match answer.status() {
            200 | 201 => Ok(()),
            409 if self.group_named(name).await?.is_some() => Ok(()),
            409 => Err(ConnectorError::Refused(format!(
                "{}: the organisation has a group {name:?} that is not of this directory (local, or default access): \
                 rename or delete it in Atlassian administration, or map to another name",
                answer.words()
            ))),
            _ => Err(self.refusal_of_all(&answer)),
        }
    }

    /// `DELETE /Groups/{id}`.
    pub(super) async fn delete_group(&self, name: &str) -> Result<()> {
        let Some(group) = self.group_named(name).await? else {
            return Ok(());
        };
        let address = self.address("Groups", &group.id)?;
        let answer = self.client.send(Method::DELETE, &address, None).await?;
        match answer.status() {
            200 | 204 | 404 => Ok(()),
            400 => Err(self.unmanageable(&answer, name)),
            _ => Err(self.refusal(&answer)),
        }
    }

    /// The members come with the group, all at once.
    pub(super) async fn members(&self, name: &str, cursor: Option<&str>) -> Result<Page> {
        position(cursor)?;
        let missing = || ConnectorError::NotFound(format!("the group {name}"));
        let group = self.group_named(name).await?.ok_or_else(missing)?;
        let group = self.whole_group(&group.id).await?.ok_or_else(missing)?;
        let mut names = Vec::with_capacity(group.members.len());
        for member in group.members {
            names.push(self.member_name(member).await?);
        }
        Ok(Page { names, next: None })
    }

    /// The username that stands beside the id; where it does not, the user is read. The
    /// id of a user who is gone stays what it is.
    async fn member_name(&self, member: RefBean) -> Result<String> {
        if let Some(name) = member.display.filter(|name| !name.is_empty()) {
            return Ok(name);
        }
        let found = self.user(&member.value).await?;
        Ok(found.map_or(member.value, |user| user.user_name))
    }

    /// One page of all groups; the cursor counts those before it.
    pub(super) async fn groups(&self, cursor: Option<&str>) -> Result<Page> {
        let (groups, next) = self
            .page::<GroupBean>("Groups", None, position(cursor)?, PAGE)
            .await?;
        Ok(Page {
            names: groups.into_iter().map(|group| group.display_name).collect(),
            next: next.map(|it| it.to_string()),
        })
    }

    /// `PATCH` `add members`; Cloud takes a member again without a word.
    pub(super) async fn join(&self, group: &str, link: &AccountLink) -> Result<()> {
        let found = self.group_named(group).await?;
        let found = found.ok_or_else(|| ConnectorError::NotFound(format!("the group {group}")))?;
        let operation = json!({
            "op": "add", "path": "members",
            "value": [{ "value": link.remote_id, "display": link.username }],
        });
        let answer = self
            .patch(&self.address("Groups", &found.id)?, &[operation])
            .await?;
        match answer.status() {
            200 | 204 => Ok(()),
            400 => Err(self.unmanageable(&answer, group)),
            _ => Err(self.refusal(&answer)),
        }
    }

    /// `PATCH` `remove members[value eq ID]`. Never `members` with a value beside it: a
    /// server that goes by RFC 7644, 3.5.2.2, ignores the value and takes everybody out.
    /// What one who is no member gets is not published, so the members are read back.
    pub(super) async fn leave(&self, group: &str, link: &AccountLink) -> Result<()> {
        let Some(found) = self.group_named(group).await? else {
            return Ok(());
        };
        let path = format!("members[{}]", equals("value", &link.remote_id));
        let operation = json!({ "op": "remove", "path": path });
        let address = self.address("Groups", &found.id)?;
        let answer = self.patch(&address, &[operation]).await?;
        match answer.status() {
            200 | 204 => Ok(()),
            400 | 404 => {
                let members = self.whole_group(&found.id).await?.map(|group| group.members);
                let is_in = |members: Vec<RefBean>| members.iter().any(|it| it.value == link.remote_id);
                match members.is_some_and(is_in) {
                    true => Err(self.unmanageable(&answer, group)),
                    false => Ok(()),
                }
            }
            _ => Err(self.refusal(&answer)),
        }
    }
}
