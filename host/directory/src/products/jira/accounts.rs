//! Accounts: `/user` and `/user/search`.

use http::Method;
use serde_json::{Map, Value, json};

use super::instance::SUSPENDS;
use super::{API, Jira, UserBean};
use crate::connector::{Account, AccountLink, AccountWanted, ConnectorError, Result};
use crate::products::{MOST_PAGES, changed, endless, same};
use crate::transport::{encode, random_password};

/// The most that `/user/search` gives at once.
const SEARCH_PAGE: usize = 1000;
/// Jira may give less than asked and does not tell; a page below this is the last.
const LEAST_PAGE: usize = 50;

impl Jira {
    /// `GET /user`, by `key` or `username`.
    pub(super) async fn find_by(&self, by: &str, value: &str) -> Result<Option<Account>> {
        let answer = self
            .client
            .get(&format!("{API}/user?{by}={}", encode(value)))
            .await?;
        if answer.status() == 404 {
            return Ok(None);
        }
        let bean: UserBean = answer.success()?.json()?;
        Ok((!bean.deleted && !bean.is_anonymised()).then(|| bean.into()))
    }

    /// `GET /user/search` is fuzzy over three fields: compared exactly here.
    pub(super) async fn search_email(&self, email: &str) -> Result<Option<Account>> {
        let mut found: Option<UserBean> = None;
        let mut start = 0;
        for _ in 0..MOST_PAGES {
            let path = format!(
                "{API}/user/search?username={}&includeInactive=true&startAt={start}&maxResults={SEARCH_PAGE}",
                encode(email)
            );
            let page: Vec<UserBean> = self.client.get(&path).await?.success()?.json()?;
            let count = page.len();
            for bean in page {
                if bean.deleted || !bean.email_address.as_deref().is_some_and(|it| same(it, email)) {
                    continue;
                }
                if let Some(other) = &found
                    && other.key != bean.key
                {
                    let text = format!("{} and {} both have the address {email}", other.name, bean.name);
                    return Err(ConnectorError::Conflict(text));
                }
                found = Some(bean);
            }
            start += count;
            if count < LEAST_PAGE {
                return Ok(found.map(Account::from));
            }
        }
        Err(endless())
    }

    /// `POST /user`. Application access is left to Jira's own default applications.
    pub(super) async fn create_user(&self, wanted: &AccountWanted) -> Result<AccountLink> {
        let body = json!({
            "name": wanted.username,
            "displayName": wanted.display_name.as_deref().unwrap_or(&wanted.username),
            "emailAddress": wanted.email.as_deref().unwrap_or_default(),
            "password": random_password()?,
        });
        let answer = self
            .client
            .send(Method::POST, &format!("{API}/user"), Some(&body))
            .await?;
        if !matches!(answer.status(), 200 | 201) {
            return Err(self.why_not_created(&answer, &wanted.username).await);
        }
        let bean: UserBean = answer.json()?;
        if !bean.key.is_empty() {
            return Ok(AccountLink {
                remote_id: bean.key,
                username: bean.name,
                remembered: None,
            });
        }
        let made = self.find_by("username", &wanted.username).await?;
        let made =
            made.ok_or_else(|| ConnectorError::Unavailable("created, but not to be found yet".to_owned()))?;
        Ok(AccountLink {
            remote_id: made.remote_id,
            username: made.username,
            remembered: None,
        })
    }

    /// `PUT /user?key=`, with the fields that differ. `name` renames.
    pub(super) async fn update_user(
        &self,
        link: &AccountLink,
        current: &Account,
        wanted: &AccountWanted,
    ) -> Result<AccountLink> {
        let mut body = Map::new();
        // Jira keeps usernames in lower case: another case is no rename.
        if !same(&current.username, &wanted.username) {
            body.insert("name".to_owned(), json!(wanted.username));
        }
        let fields = [
            (
                "emailAddress",
                changed(current.email.as_deref(), wanted.email.as_deref()),
            ),
            (
                "displayName",
                changed(current.display_name.as_deref(), wanted.display_name.as_deref()),
            ),
        ];
        for (field, value) in fields {
            if let Some(value) = value {
                body.insert(field.to_owned(), json!(value));
            }
        }
        let renames = body.contains_key("name");
        let mut link = link.clone();
        current.username.clone_into(&mut link.username);
        if body.is_empty() {
            return Ok(link);
        }
        self.check_directory(&link.username).await?;
        let answer = self.put_user(&link, &Value::Object(body)).await?;
        if answer.status() != 200 {
            return Err(self
                .why_not_updated(&answer, &link, renames.then_some(wanted.username.as_str()))
                .await);
        }
        if renames {
            link.username = answer.json::<UserBean>()?.name;
        }
        Ok(link)
    }

    /// `PUT /user?key=` with `active`, from Jira 8.3.
    pub(super) async fn set_active(&self, link: &AccountLink, active: bool) -> Result<AccountLink> {
        if let Some(version) = self.older_than(SUSPENDS).await? {
            return Err(ConnectorError::Unsupported(format!(
                "Jira {version} cannot deactivate accounts by REST: update to 8.3 or later"
            )));
        }
        self.check_directory(&link.username).await?;
        let answer = self.put_user(link, &json!({ "active": active })).await?;
        if answer.status() != 200 {
            return Err(self.why_not_switched(&answer).await);
        }
        Ok(link.clone())
    }

    async fn put_user(&self, link: &AccountLink, body: &Value) -> Result<crate::transport::Answer> {
        let path = format!("{API}/user?key={}", encode(&link.remote_id));
        self.client.send(Method::PUT, &path, Some(body)).await
    }

    /// `DELETE /user?key=`. Jira keeps accounts that reported or lead something.
    pub(super) async fn delete_user(&self, link: &AccountLink) -> Result<()> {
        self.check_directory(&link.username).await?;
        let path = format!("{API}/user?key={}", encode(&link.remote_id));
        let answer = self.client.send(Method::DELETE, &path, None).await?;
        match answer.status() {
            200 | 204 | 404 => Ok(()),
            400 if self.find_by("key", &link.remote_id).await?.is_none() => Ok(()),
            400 => Err(ConnectorError::Refused(format!(
                "{}; suspend it instead, or let removing anonymise",
                answer.words()
            ))),
            403 => Err(self.why_forbidden(&answer).await),
            _ => Err(answer.error()),
        }
    }
}
