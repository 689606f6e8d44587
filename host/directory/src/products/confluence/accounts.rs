//! Accounts: `/user` to read, `/admin/user` to write.

use http::Method;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::groups::PAGE;
use super::instance::{CREATES, SUSPENDS, UPDATES};
use super::{API, Confluence, PageBean, PersonBean, rules};
use crate::connector::{Account, AccountLink, AccountPage, AccountWanted, ConnectorError, Result};
use crate::products::{changed, position, same};
use crate::transport::{encode, random_password, segment};

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct CreatedBean {
    user_key: String,
}

impl Confluence {
    async fn find_by(&self, by: &str, value: &str) -> Result<Option<Account>> {
        let answer = self
            .client
            .get(&format!("{API}/user?{by}={}&expand=status", encode(value)))
            .await?;
        if answer.status() == 404 {
            return Ok(None);
        }
        let bean: PersonBean = answer.success()?.json()?;
        Ok((!bean.is_stranger()).then(|| bean.into()))
    }

    pub(super) async fn find_named(&self, username: &str) -> Result<Option<Account>> {
        self.find_by("username", username).await
    }

    pub(super) async fn find_link(&self, link: &AccountLink) -> Result<Option<Account>> {
        self.find_by("key", &link.remote_id).await
    }

    /// `GET /user/list`, from 8.4; the cursor is `start`.
    pub(super) async fn all_users(&self, cursor: Option<&str>) -> Result<AccountPage> {
        self.check_has("list accounts", CREATES).await?;
        let start = position(cursor)?;
        let path = format!("{API}/user/list?start={start}&limit={PAGE}&expand=status");
        let answer = self.client.get(&path).await?;
        let page: PageBean<PersonBean> = answer.success()?.json()?;
        let next = page.next(start).map(|start| start.to_string());
        let people = page.results.into_iter().filter(|person| !person.is_stranger());
        Ok(AccountPage {
            accounts: people.map(Account::from).collect(),
            next,
        })
    }

    pub(super) async fn find_email(&self, _email: &str) -> Result<Option<Account>> {
        Err(ConnectorError::Unsupported(
            "Confluence neither tells nor searches e-mail addresses by REST: name accounts by username"
                .to_owned(),
        ))
    }

    /// `POST /admin/user`, with a password that nobody learns.
    pub(super) async fn create_user(&self, wanted: &AccountWanted) -> Result<AccountLink> {
        let username = rules::username(&wanted.username)?;
        self.check_has("create accounts", CREATES).await?;
        let full_name = wanted.display_name.as_deref().unwrap_or(&username);
        rules::full_name(full_name)?;
        let email = wanted.email.as_deref().unwrap_or_default();
        let body = json!({ "userName": username, "fullName": full_name, "email": email, "password": random_password()? });
        let answer = self
            .client
            .send(Method::POST, &format!("{API}/admin/user"), Some(&body))
            .await?;
        match answer.status() {
            201 | 200 => {
                let made: CreatedBean = answer.json()?;
                self.remember_email(&made.user_key, email);
                Ok(AccountLink {
                    remote_id: made.user_key,
                    username,
                    remembered: None,
                })
            }
            400 if self.find_named(&username).await?.is_some() => {
                Err(ConnectorError::Conflict(format!("{username} exists")))
            }
            403 => Err(self.why_forbidden(&answer).await),
            _ => Err(answer.error()),
        }
    }

    /// `PUT /admin/user/{username}`, with the fields that differ. The e-mail address
    /// cannot be read: it is sent once after start, and when another is wanted.
    pub(super) async fn update_user(
        &self,
        link: &AccountLink,
        current: &Account,
        wanted: &AccountWanted,
    ) -> Result<AccountLink> {
        let mut link = link.clone();
        current.username.clone_into(&mut link.username);
        let pushed = self.email_pushed(&link.remote_id);
        let mut body = Map::new();
        if let Some(name) = changed(current.display_name.as_deref(), wanted.display_name.as_deref()) {
            rules::full_name(name)?;
            body.insert("fullName".to_owned(), json!(name));
        }
        let only_email = body.is_empty();
        if let Some(email) = changed(pushed.as_deref(), wanted.email.as_deref()) {
            body.insert("email".to_owned(), json!(email));
        }
        if !body.is_empty() {
            self.put_user(&link.username, &Value::Object(body), only_email)
                .await?;
            if let Some(email) = &wanted.email {
                self.remember_email(&link.remote_id, email);
            }
        }
        if !same(&current.username, &wanted.username) {
            return Err(ConnectorError::Unsupported(format!(
                "Confluence cannot rename {} to {} by REST: rename it in Confluence's user management",
                current.username, wanted.username
            )));
        }
        Ok(link)
    }

    async fn put_user(&self, username: &str, body: &Value, only_email: bool) -> Result<()> {
        match self.check_has("update accounts", UPDATES).await {
            // Perhaps nothing differs: a version that cannot update is no failure then.
            Err(ConnectorError::Unsupported(_)) if only_email => return Ok(()),
            checked => checked?,
        }
        let path = format!("{API}/admin/user/{}", segment(username)?);
        let answer = self.client.send(Method::PUT, &path, Some(body)).await?;
        match answer.status() {
            200 | 204 => Ok(()),
            403 => Err(self.why_forbidden(&answer).await),
            400 | 404 | 405 if self.find_named(username).await?.is_none() => {
                Err(ConnectorError::NotFound(username.to_owned()))
            }
            _ => Err(answer.error()),
        }
    }

    pub(super) async fn suspend(&self, link: &AccountLink) -> Result<AccountLink> {
        self.switch(link, "disable").await
    }

    pub(super) async fn restore(&self, link: &AccountLink) -> Result<AccountLink> {
        self.switch(link, "enable").await
    }

    /// `PUT /admin/user/{username}/disable` and `/enable`; both idempotent.
    async fn switch(&self, link: &AccountLink, to: &str) -> Result<AccountLink> {
        self.check_has(&format!("{to} accounts"), SUSPENDS).await?;
        let path = format!("{API}/admin/user/{}/{to}", segment(&link.username)?);
        let answer = self.client.send(Method::PUT, &path, None).await?;
        match answer.status() {
            200 | 204 => Ok(link.clone()),
            403 => Err(self.why_forbidden(&answer).await),
            _ => Err(answer.error()),
        }
    }
}
