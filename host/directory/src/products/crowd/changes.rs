//! Changes of an account. `PUT /user` replaces the whole user: a field that is left out is
//! emptied, and an `active` that is left out deactivates. So the user is read, what is ours
//! to change is changed, and all of it is sent back. Crowd has no version to send along: who
//! changes the same user between the two calls is overwritten.

use http::Method;
use serde_json::json;

use super::refusals::{refusal, rename_refusal};
use super::{API, Crowd, UserBean};
use crate::connector::{Account, AccountLink, AccountWanted, ConnectorError, Result};
use crate::products::{changed, same};
use crate::transport::encode;

impl Crowd {
    /// `POST /user/rename`, then `PUT /user` with the whole user, each where something differs.
    pub(super) async fn update_user(
        &self,
        link: &AccountLink,
        current: &Account,
        wanted: &AccountWanted,
    ) -> Result<AccountLink> {
        let differs = !same(&current.username, &wanted.username)
            || changed(current.display_name.as_deref(), wanted.display_name.as_deref()).is_some()
            || changed(current.email.as_deref(), wanted.email.as_deref()).is_some()
            // An account does not show these two: the user itself has to be looked at.
            || wanted.given_name.is_some()
            || wanted.family_name.is_some();
        if !differs {
            return Ok(AccountLink {
                username: current.username.clone(),
                ..link.clone()
            });
        }
        // The name it has now: a rename whose answer was lost is done already.
        let mut user = self.own_user(link).await?;
        let renamed = if same(&user.name, &wanted.username) {
            Ok(())
        } else {
            self.rename(&user, &wanted.username).await
        };
        match &renamed {
            Ok(()) if !same(&user.name, &wanted.username) => {
                let now = self.user_named(&wanted.username).await?;
                user = now.ok_or_else(|| {
                    ConnectorError::Unavailable("renamed, but not to be found yet".to_owned())
                })?;
            }
            // A server that cannot rename can still take the other fields.
            Ok(()) | Err(ConnectorError::Unsupported(_)) => {}
            Err(_) => return renamed.map(|()| link.clone()),
        }
        self.put_user(&user, with(&user, wanted)).await?;
        renamed.map(|()| user.link())
    }

    /// The whole user with another `active`. Groups stay as they are.
    pub(super) async fn set_active(&self, link: &AccountLink, active: bool) -> Result<AccountLink> {
        let user = self.own_user(link).await?;
        let switched = UserBean {
            active,
            ..user.clone()
        };
        self.put_user(&user, switched).await?;
        Ok(AccountLink {
            username: user.name,
            ..link.clone()
        })
    }

    /// `PUT /user`, where the two differ.
    async fn put_user(&self, before: &UserBean, after: UserBean) -> Result<()> {
        if *before == after {
            return Ok(());
        }
        let mut body = json!({
            "name": after.name,
            "first-name": after.first_name,
            "last-name": after.last_name,
            "display-name": after.display_name,
            "email": after.email,
            "active": after.active,
        });
        if let Some(body) = body.as_object_mut() {
            body.retain(|_, value| !value.is_null());
        }
        let path = format!("{API}/user?username={}", encode(&before.name));
        let answer = self.client.send(Method::PUT, &path, Some(&body)).await?;
        match answer.status() {
            200 | 204 => Ok(()),
            _ => Err(refusal(&answer)),
        }
    }

    async fn rename(&self, user: &UserBean, new_name: &str) -> Result<()> {
        let path = format!("{API}/user/rename?username={}", encode(&user.name));
        let body = json!({ "new-name": new_name });
        let answer = self.client.send(Method::POST, &path, Some(&body)).await?;
        match answer.status() {
            200 | 204 => Ok(()),
            400 | 409 => match self.user_named(new_name).await? {
                Some(other) if other.remote_id() != user.remote_id() => Err(ConnectorError::Conflict(
                    format!("the username {new_name} is taken by another account"),
                )),
                _ => Err(refusal(&answer)),
            },
            _ => Err(rename_refusal(&answer)),
        }
    }
}

/// The user with all that is wanted of it, and all else as it was.
fn with(user: &UserBean, wanted: &AccountWanted) -> UserBean {
    let or = |wanted: &Option<String>, now: &Option<String>| wanted.clone().or_else(|| now.clone());
    UserBean {
        first_name: or(&wanted.given_name, &user.first_name),
        last_name: or(&wanted.family_name, &user.last_name),
        display_name: or(&wanted.display_name, &user.display_name),
        email: or(&wanted.email, &user.email),
        ..user.clone()
    }
}
