//! Accounts: found, created and deleted by `/user`.

use http::Method;
use serde_json::{Value, json};

use super::refusals::{USER_NOT_FOUND, is, refusal};
use super::{API, Crowd, UserBean};
use crate::connector::{AccountLink, AccountWanted, ConnectorError, Result};
use crate::products::same;
use crate::transport::{encode, random_password};

impl Crowd {
    /// `GET /user`, by `key` or `username`. Only Crowd's own word says that there is none: a
    /// 404 of a proxy, or of a Crowd that is starting, must not look like an empty directory.
    async fn user_by(&self, by: &str, value: &str) -> Result<Option<UserBean>> {
        let answer = self
            .client
            .get(&format!("{API}/user?{by}={}", encode(value)))
            .await?;
        match answer.status() {
            200 => answer.json().map(Some),
            _ if is(&answer, USER_NOT_FOUND) => Ok(None),
            _ => Err(refusal(&answer)),
        }
    }

    pub(super) async fn user_named(&self, username: &str) -> Result<Option<UserBean>> {
        self.user_by("username", username).await
    }

    /// By key; where the version told none, the link's id is the name.
    pub(super) async fn linked_user(&self, link: &AccountLink) -> Result<Option<UserBean>> {
        if same(&link.remote_id, &link.username) {
            return self.user_named(&link.username).await;
        }
        self.user_by("key", &link.remote_id).await
    }

    /// Whether the account lives in the directory configured, as far as Crowd tells.
    fn check_directory(&self, user: &UserBean) -> Result<()> {
        match (&self.directory, &user.directory_name) {
            (Some(wanted), Some(directory)) if !same(wanted, directory) => {
                Err(ConnectorError::ReadOnly(format!(
                    "{} lives in the user directory {directory:?}, this target manages {wanted:?} only",
                    user.name
                )))
            }
            _ => Ok(()),
        }
    }

    /// The linked account, there and of the directory configured.
    pub(super) async fn own_user(&self, link: &AccountLink) -> Result<UserBean> {
        let user = self.linked_user(link).await?;
        let user = user.ok_or_else(|| ConnectorError::NotFound(format!("the account {}", link.username)))?;
        self.check_directory(&user)?;
        Ok(user)
    }

    /// `POST /user`, with a password that nobody learns. The answer has no body in old
    /// versions: what was made is read.
    pub(super) async fn create_user(&self, wanted: &AccountWanted) -> Result<AccountLink> {
        let mut body = json!({
            "name": wanted.username,
            "display-name": wanted.display_name.as_deref().unwrap_or(&wanted.username),
            "email": wanted.email.as_deref().unwrap_or_default(),
            "active": true,
            "password": { "value": random_password()? },
        });
        // Left out, Crowd makes them of the full name.
        for (field, name) in [
            ("first-name", &wanted.given_name),
            ("last-name", &wanted.family_name),
        ] {
            if let (Some(name), Some(body)) = (name, body.as_object_mut()) {
                body.insert(field.to_owned(), Value::from(name.as_str()));
            }
        }
        let answer = self
            .client
            .send(Method::POST, &format!("{API}/user"), Some(&body))
            .await?;
        match answer.status() {
            200 | 201 => {}
            // INVALID_USER says both "taken" and "no such name"; what is there decides.
            400 => {
                return Err(match self.user_named(&wanted.username).await? {
                    Some(user) => ConnectorError::Conflict(format!("{} exists", user.name)),
                    None => refusal(&answer),
                });
            }
            _ => return Err(refusal(&answer)),
        }
        let made = self.user_named(&wanted.username).await?;
        let made =
            made.ok_or_else(|| ConnectorError::Unavailable("created, but not to be found yet".to_owned()))?;
        // The application's mapping has chosen the directory; if it is not the one configured,
        // that must show.
        self.check_directory(&made)?;
        Ok(made.link())
    }

    /// `DELETE /user`, under the name that the account has now.
    pub(super) async fn delete_user(&self, link: &AccountLink) -> Result<()> {
        let user = match self.own_user(link).await {
            Err(ConnectorError::NotFound(_)) => return Ok(()),
            other => other?,
        };
        let path = format!("{API}/user?username={}", encode(&user.name));
        let answer = self.client.send(Method::DELETE, &path, None).await?;
        match answer.status() {
            200 | 204 => Ok(()),
            _ if is(&answer, USER_NOT_FOUND) => Ok(()),
            _ => Err(refusal(&answer)),
        }
    }
}
