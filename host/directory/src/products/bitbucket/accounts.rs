//! Accounts: `/admin/users`.

use http::Method;
use serde_json::{Map, Value, json};

use super::{API, Bitbucket, UserBean, refusal};
use crate::connector::{Account, AccountLink, AccountWanted, ConnectorError, Result};
use crate::products::{changed, same};
use crate::transport::{encode, random_password};

impl Bitbucket {
    /// `GET /admin/users?filter=` and compare: `/users/{slug}` is not by name.
    async fn find_user(
        &self,
        filter: &str,
        meant: impl Fn(&UserBean) -> bool + Send,
    ) -> Result<Option<UserBean>> {
        self.first(&format!("{API}/admin/users?filter={}", encode(filter)), meant)
            .await
    }

    pub(super) async fn find_named(&self, username: &str) -> Result<Option<Account>> {
        Ok(self
            .find_user(username, |user| same(&user.name, username))
            .await?
            .map(Account::from))
    }

    /// By id: under the name last seen first; renamed behind our back, all are looked through.
    pub(super) async fn linked_user(&self, link: &AccountLink) -> Result<Option<UserBean>> {
        let id = &link.remote_id;
        let meant = |user: &UserBean| user.id.to_string() == *id;
        match self.find_user(&link.username, meant).await? {
            Some(user) => Ok(Some(user)),
            None => self.find_user("", meant).await,
        }
    }

    /// A suspended account is inactive as long as nobody gave it access again.
    pub(super) async fn find_link(&self, link: &AccountLink) -> Result<Option<Account>> {
        let Some(user) = self.linked_user(link).await? else {
            return Ok(None);
        };
        let mut account = Account::from(user);
        if link.remembered.is_some() && self.access_of(&account.username).await?.is_none() {
            account.active = false;
        }
        Ok(Some(account))
    }

    /// Two accounts of one address are nobody's to choose from.
    pub(super) async fn find_email(&self, email: &str) -> Result<Option<Account>> {
        let has = |user: &UserBean| user.email_address.as_deref().is_some_and(|it| same(it, email));
        let Some(found) = self.find_user(email, has).await? else {
            return Ok(None);
        };
        match self
            .find_user(email, |user| has(user) && user.id != found.id)
            .await?
        {
            None => Ok(Some(found.into())),
            Some(other) => Err(ConnectorError::Conflict(format!(
                "{} and {} both have the address {email}",
                found.name, other.name
            ))),
        }
    }

    /// Whether the account is ours to change: its flags, and the directory configured.
    pub(super) fn check_writable(&self, user: &UserBean) -> Result<()> {
        let directory = user.directory_name.as_deref().unwrap_or("unknown");
        if let Some(wanted) = &self.directory
            && !same(wanted, directory)
        {
            return Err(ConnectorError::ReadOnly(format!(
                "{} lives in the user directory {directory:?}, this target manages {wanted:?} only",
                user.name
            )));
        }
        if !user.mutable_details || !user.mutable_groups {
            let text = format!(
                "{} lives in the user directory {directory:?}, which Bitbucket may not change",
                user.name
            );
            return Err(ConnectorError::ReadOnly(text));
        }
        Ok(())
    }

    /// The linked account, there and ours to change.
    pub(super) async fn writable_user(&self, link: &AccountLink) -> Result<UserBean> {
        let user = self.linked_user(link).await?;
        let user = user.ok_or_else(|| ConnectorError::NotFound(format!("the account {}", link.username)))?;
        self.check_writable(&user)?;
        Ok(user)
    }

    /// `POST /admin/users`. The password is in the query and so in Bitbucket's access
    /// log: it is random and nobody needs it.
    pub(super) async fn create_user(&self, wanted: &AccountWanted) -> Result<AccountLink> {
        let email = wanted.email.as_deref().unwrap_or_default();
        if email.is_empty() {
            let text = format!("Bitbucket needs an e-mail address to create {}", wanted.username);
            return Err(ConnectorError::Refused(text));
        }
        let path = format!(
            "{API}/admin/users?name={}&displayName={}&emailAddress={}&password={}&addToDefaultGroup=true",
            encode(&wanted.username),
            encode(wanted.display_name.as_deref().unwrap_or(&wanted.username)),
            encode(email),
            encode(&random_password()?),
        );
        let answer = self.client.send(Method::POST, &path, None).await?;
        if !(200..300).contains(&answer.status()) {
            return Err(self.why_not_created(&answer).await);
        }
        let made = self
            .find_user(&wanted.username, |user| same(&user.name, &wanted.username))
            .await?;
        let made =
            made.ok_or_else(|| ConnectorError::Unavailable("created, but not to be found yet".to_owned()))?;
        // Bitbucket has chosen the directory; if it is not the one configured, that must show.
        self.check_writable(&made)?;
        Ok(AccountLink {
            remote_id: made.id.to_string(),
            username: made.name,
            remembered: None,
        })
    }

    /// `POST /admin/users/rename`, then `PUT /admin/users` with what differs.
    pub(super) async fn update_user(
        &self,
        link: &AccountLink,
        current: &Account,
        wanted: &AccountWanted,
    ) -> Result<AccountLink> {
        let mut link = link.clone();
        current.username.clone_into(&mut link.username);
        // Names match without case: another case is no rename.
        let renames = !same(&current.username, &wanted.username);
        let fields = [
            (
                "displayName",
                changed(current.display_name.as_deref(), wanted.display_name.as_deref()),
            ),
            (
                "email",
                changed(current.email.as_deref(), wanted.email.as_deref()),
            ),
        ];
        if !renames && fields.iter().all(|(_, value)| value.is_none()) {
            return Ok(link);
        }
        // The name it has now: a rename whose answer was lost is done already.
        link.username = self.writable_user(&link).await?.name;
        if !same(&link.username, &wanted.username) {
            self.rename(&link, &wanted.username).await?;
            wanted.username.clone_into(&mut link.username);
        }
        let mut body = Map::new();
        for (field, value) in fields {
            if let Some(value) = value {
                body.insert(field.to_owned(), json!(value));
            }
        }
        if !body.is_empty() {
            // Fields left out might be emptied: all are sent.
            body.insert("name".to_owned(), json!(link.username));
            let kept = [("displayName", &current.display_name), ("email", &current.email)];
            for (field, value) in kept {
                body.entry(field).or_insert_with(|| json!(value));
            }
            body.retain(|_, value| !value.is_null());
            self.write(Method::PUT, "/admin/users", &Value::Object(body))
                .await?;
        }
        Ok(link)
    }

    async fn rename(&self, link: &AccountLink, new_name: &str) -> Result<()> {
        let body = json!({ "name": link.username, "newName": new_name });
        match self.write(Method::POST, "/admin/users/rename", &body).await {
            Err(ConnectorError::Refused(words)) => match self.find_named(new_name).await? {
                Some(other) if other.remote_id != link.remote_id => Err(ConnectorError::Conflict(format!(
                    "the username {new_name} is taken by another account"
                ))),
                _ => Err(ConnectorError::Refused(words)),
            },
            other => other,
        }
    }

    /// A write whose answer does not matter.
    pub(super) async fn write(&self, method: Method, path: &str, body: &Value) -> Result<()> {
        let body = (!body.is_null()).then_some(body);
        let answer = self.client.send(method, &format!("{API}{path}"), body).await?;
        if (200..300).contains(&answer.status()) {
            Ok(())
        } else {
            Err(refusal(&answer))
        }
    }

    /// `DELETE /admin/users`. The username that it had; none: it was gone.
    pub(super) async fn delete_user(&self, link: &AccountLink) -> Result<Option<String>> {
        let user = match self.writable_user(link).await {
            Err(ConnectorError::NotFound(_)) => return Ok(None),
            other => other?,
        };
        let path = format!("/admin/users?name={}", encode(&user.name));
        match self.write(Method::DELETE, &path, &Value::Null).await {
            Ok(()) | Err(ConnectorError::NotFound(_)) => Ok(Some(user.name)),
            // "You cannot delete yourself" is no conflict of names.
            Err(ConnectorError::Conflict(words)) => Err(ConnectorError::Refused(words)),
            Err(error) => Err(error),
        }
    }
}
