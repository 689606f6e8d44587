//! Anonymising is a task of Jira's, one at a time: checked, begun, then asked after. `/user/anonymization`, from
//! Jira 8.7, for system administrators.

use std::collections::BTreeMap;
use std::time::Duration;

use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::instance::ANONYMISES;
use super::{API, Jira, UserBean};
use crate::connector::{AccountLink, ConnectorError, Result};
use crate::transport::{Answer, encode};

/// First wait between two looks at the task; doubled each time.
const FIRST_WAIT: Duration = Duration::from_millis(100);
/// Longest wait between two looks, as Jira's own page does it.
const LONGEST_WAIT: Duration = Duration::from_secs(3);
/// Looks before giving up, about a minute. Nothing is lost: the task runs on, and the next attempt finds it.
const MOST_LOOKS: u32 = 24;

/// What Jira says of the task. Its errors are by operation: `{"USER_DISABLE": {"errorMessages": [TEXT]}}`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct TaskBean {
    #[serde(default)]
    user_key: String,
    #[serde(default)]
    status: String,
    #[serde(default)]
    current_progress: i64,
    #[serde(default)]
    progress_url: String,
    #[serde(default)]
    errors: BTreeMap<String, Value>,
}

impl Jira {
    /// For the table of abilities: asks after a task that there may not be, only the right to ask counts. That Jira
    /// does not say, for whatever reason, is no reason to leave it alone.
    pub(super) async fn anonymising_in_words(&self) -> Result<(bool, String)> {
        if self.older_than(ANONYMISES).await?.is_some() {
            return Ok((false, "needs Jira 8.7 or later".to_owned()));
        }
        let answer = match self.client.get(&progress("")).await {
            Err(error @ ConnectorError::Unauthorized(_)) => return Err(error),
            Err(error) => return Ok((false, format!("Jira does not say: {error}"))),
            Ok(answer) => answer,
        };
        Ok(match answer.status() {
            200 | 404 => (
                true,
                "what was owned goes to the new owner; Jira does one at a time".to_owned(),
            ),
            403 => (false, "needs a Jira system administrator".to_owned()),
            _ => (false, format!("Jira does not say: {}", answer.words())),
        })
    }

    pub(super) async fn anonymise(&self, link: &AccountLink) -> Result<()> {
        if self.older_than(ANONYMISES).await?.is_some() {
            return Err(ConnectorError::Unsupported(
                "this Jira cannot anonymise: update to 8.7 or later".to_owned(),
            ));
        }
        let key = &link.remote_id;
        let path = format!("{API}/user?key={}&includeDeleted=true", encode(key));
        let answer = self.client.get(&path).await?;
        // A key that was a username goes with it.
        let user: Option<UserBean> = match answer.status() {
            404 => None,
            _ => Some(answer.success()?.json()?),
        };
        let Some(user) = user.filter(|user| !user.is_anonymised()) else {
            return self.is_done(link).await;
        };
        self.check_directory(&user.name).await?;
        let path = format!("{API}/user/anonymization?userKey={}", encode(key));
        let answer = self.client.get(&path).await?;
        if answer.status() != 200 {
            return Err(why_not_anonymised(&answer));
        }
        let body = json!({ "userKey": key, "newOwnerKey": self.new_owner_key().await? });
        let path = format!("{API}/user/anonymization");
        let answer = self.client.send(Method::POST, &path, Some(&body)).await?;
        match answer.status() {
            200 | 202 => self.follow(link, &address_of(&answer.json()?)).await,
            // Another's, or our own of an attempt that was cut off.
            409 => self.follow(link, &progress("")).await,
            _ => Err(why_not_anonymised(&answer)),
        }
    }

    /// Who gets projects, filters and the like: whoever was named, else we ourselves.
    async fn new_owner_key(&self) -> Result<String> {
        let path = match &self.new_owner {
            Some(name) => format!("{API}/user?username={}", encode(name)),
            None => format!("{API}/myself"),
        };
        let answer = self.client.get(&path).await?;
        if let (404, Some(name)) = (answer.status(), &self.new_owner) {
            let text = format!("the new owner of what the account owned, {name}, is not in Jira");
            return Err(ConnectorError::Refused(text));
        }
        Ok(answer.success()?.json::<UserBean>()?.key)
    }

    /// The name goes first: what comes after it may still be under way, or may have failed.
    async fn is_done(&self, link: &AccountLink) -> Result<()> {
        let answer = self.client.get(&progress("")).await?;
        if answer.status() == 404 {
            return Ok(());
        }
        let task: TaskBean = answer.success()?.json()?;
        match task.user_key == link.remote_id {
            true => self.follow(link, &progress("")).await,
            // Another's came after it, so ours is over.
            false => Ok(()),
        }
    }

    async fn follow(&self, link: &AccountLink, path: &str) -> Result<()> {
        let mut wait = FIRST_WAIT;
        let mut percent = 0;
        for _ in 0..MOST_LOOKS {
            let task: TaskBean = self.client.get(path).await?.success()?.json()?;
            if task.user_key != link.remote_id {
                return Err(ConnectorError::Busy(
                    "Jira anonymises one account at a time, and is at another's".to_owned(),
                ));
            }
            match task.status.as_str() {
                "COMPLETED" if task.errors.is_empty() => return Ok(()),
                "IN_PROGRESS" => percent = task.current_progress,
                status => return Err(failed(status, &task)),
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
        Err(ConnectorError::Busy(format!(
            "Jira is still anonymising {} ({percent} %)",
            link.username
        )))
    }
}

fn why_not_anonymised(answer: &Answer) -> ConnectorError {
    match answer.status() {
        400 => match answer.json::<TaskBean>() {
            Ok(task) if !task.errors.is_empty() => failed("", &task),
            _ => ConnectorError::Refused(answer.words()),
        },
        403 => ConnectorError::Forbidden(format!(
            "anonymising needs a Jira system administrator: {}",
            answer.words()
        )),
        _ => answer.error(),
    }
}

/// Where the task is asked after. Of the address that Jira gives only the number is used: it is for browsers, and
/// may be another than ours.
fn address_of(task: &TaskBean) -> String {
    let number = task
        .progress_url
        .rsplit_once("taskId=")
        .map_or("", |(_, number)| number);
    progress(number)
}

fn progress(number: &str) -> String {
    let path = format!("{API}/user/anonymization/progress");
    match !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) {
        true => format!("{path}?taskId={number}"),
        false => path,
    }
}

/// In Jira's words, each once.
fn failed(status: &str, task: &TaskBean) -> ConnectorError {
    let texts = task
        .errors
        .values()
        .filter_map(|error| error.get("errorMessages")?.as_array());
    let mut words: Vec<&str> = texts.flatten().filter_map(Value::as_str).collect();
    if status == "INTERRUPTED" {
        words.push("the node that did it is gone: remove the stale task in Jira, then try again");
    }
    words.dedup();
    ConnectorError::Refused(format!(
        "Jira could not anonymise the account: {}",
        words.join(" ")
    ))
}
