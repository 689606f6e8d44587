//! Accounts: `/Users`.

use http::Method;
use serde_json::{Map, Value, json};

use super::beans::UserBean;
use super::{CloudDirectory, PAGE, equals};
use crate::connector::{Account, AccountLink, AccountPage, AccountWanted, ConnectorError, Result};
use crate::products::{changed, position, same};

/// Users of one exact name that are asked for: one, were the name not unique.
const FEW: usize = 2;

impl CloudDirectory {
    /// `userName eq`, compared again here.
    pub(super) async fn user_named(&self, username: &str) -> Result<Option<UserBean>> {
        let (users, _) = self
            .page::<UserBean>("Users", Some(equals("userName", username)), 0, FEW)
            .await?;
        Ok(users.into_iter().find(|user| same(&user.user_name, username)))
    }

    /// The user of that SCIM id. A directory that is not there is an error, not a user less.
    pub(super) async fn user(&self, id: &str) -> Result<Option<UserBean>> {
        let answer = self.client.get(&self.address("Users", id)?).await?;
        match answer.status() {
            200 => answer.json().map(Some),
            404 => self.is_there().await.map(|()| None),
            _ => Err(self.refusal(&answer)),
        }
    }

    /// There is no filter for addresses, but in Cloud the username normally is one. Of
    /// a name that is none nothing is known; an account of that username whose address
    /// is another is not the one meant.
    pub(super) async fn find_email(&self, email: &str) -> Result<Option<Account>> {
        if !email.contains('@') {
            return Ok(None);
        }
        let found = self.user_named(email).await?.map(Account::from);
        Ok(found.filter(|account| account.email.as_deref().is_none_or(|it| same(it, email))))
    }

    /// `POST /Users`.
    pub(super) async fn create_user(&self, wanted: &AccountWanted) -> Result<AccountLink> {
        let username = wanted.username.as_str();
        let email = wanted
            .email
            .as_deref()
            .or_else(|| username.contains('@').then_some(username))
            .ok_or_else(|| {
                ConnectorError::Refused(format!(
                    "{username} has no e-mail address: Cloud makes no account without one"
                ))
            })?;
        let mut body = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": username,
            "displayName": wanted.display_name.as_deref().unwrap_or(username),
            "emails": emails(email),
            "active": true,
        });
        let parts = [
            ("givenName", &wanted.given_name),
            ("familyName", &wanted.family_name),
        ];
        let name: Map<_, _> = parts
            .into_iter()
            .filter_map(|(part, value)| Some((part.to_owned(), json!(value.as_ref()?))))
            .collect();
        if let (false, Some(body)) = (name.is_empty(), body.as_object_mut()) {
            body.insert("name".to_owned(), Value::Object(name));
        }
        let path = format!("{}/Users", self.api);
        let answer = self.client.send(Method::POST, &path, Some(&body)).await?;
        match answer.status() {
            200 | 201 => {
                let made: UserBean = answer.json()?;
                Ok(AccountLink {
                    remote_id: made.id,
                    username: made.user_name,
                    remembered: None,
                })
            }
            400 => Err(self.unverified(&answer, email)),
            409 => Err(self.taken(&answer, username).await),
            _ => Err(self.refusal_of_all(&answer)),
        }
    }

    /// `PATCH` of what differs; first and last name go along, Cloud shows them nowhere else.
    pub(super) async fn update_user(
        &self,
        link: &AccountLink,
        current: &Account,
        wanted: &AccountWanted,
    ) -> Result<AccountLink> {
        let mut link = link.clone();
        current.username.clone_into(&mut link.username);
        let renames = !same(&current.username, &wanted.username);
        let email = changed(current.email.as_deref(), wanted.email.as_deref());
        let mut operations = Vec::new();
        if renames {
            operations.push(replace("userName", json!(wanted.username)));
        }
        if let Some(email) = email {
            operations.push(replace("emails", emails(email)));
        }
        if let Some(name) = changed(current.display_name.as_deref(), wanted.display_name.as_deref()) {
            operations.push(replace("displayName", json!(name)));
        }
        if operations.is_empty() {
            return Ok(link);
        }
        for (path, value) in [
            ("name.givenName", &wanted.given_name),
            ("name.familyName", &wanted.family_name),
        ] {
            operations.extend(value.as_ref().map(|value| replace(path, json!(value))));
        }
        let answer = self
            .patch(&self.address("Users", &link.remote_id)?, &operations)
            .await?;
        if answer.status() != 200 {
            let new_name = renames.then_some(wanted.username.as_str());
            return Err(self.why_not_updated(&answer, &link, new_name, email).await);
        }
        if renames {
            link.username = answer.json::<UserBean>()?.user_name;
        }
        Ok(link)
    }

    /// `PATCH` of `active`: PUT would need the whole user, DELETE would hide the id.
    pub(super) async fn set_active(&self, link: &AccountLink, active: bool) -> Result<AccountLink> {
        let address = self.address("Users", &link.remote_id)?;
        let answer = self.patch(&address, &[replace("active", json!(active))]).await?;
        match answer.status() {
            200 | 204 => Ok(link.clone()),
            _ => Err(self.refusal(&answer)),
        }
    }

    /// `DELETE`: Cloud deactivates the Atlassian account and forgets the id.
    pub(super) async fn delete_user(&self, link: &AccountLink) -> Result<()> {
        let address = self.address("Users", &link.remote_id)?;
        let answer = self.client.send(Method::DELETE, &address, None).await?;
        match answer.status() {
            200 | 204 => Ok(()),
            404 => self.is_there().await,
            _ => Err(self.refusal(&answer)),
        }
    }

    /// One page of all users; the cursor counts those before it.
    pub(super) async fn users(&self, cursor: Option<&str>) -> Result<AccountPage> {
        let (users, next) = self
            .page::<UserBean>("Users", None, position(cursor)?, PAGE)
            .await?;
        Ok(AccountPage {
            accounts: users.into_iter().map(Account::from).collect(),
            next: next.map(|it| it.to_string()),
        })
    }
}

/// Cloud keeps one address, the primary one.
fn emails(email: &str) -> Value {
    json!([{ "value": email, "type": "work", "primary": true }])
}

fn replace(path: &str, value: Value) -> Value {
    json!({ "op": "replace", "path": path, "value": value })
}
