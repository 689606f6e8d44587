//! Deleting an account is a long task in Confluence: started, then asked after.

use std::time::Duration;

use http::Method;
use serde::Deserialize;

use super::{API, Confluence};
use crate::connector::{AccountLink, ConnectorError, Result};
use crate::transport::segment;

/// First wait between two looks at the task; doubled each time.
const FIRST_WAIT: Duration = Duration::from_millis(50);
/// Longest wait between two looks.
const LONGEST_WAIT: Duration = Duration::from_secs(2);
/// Looks before giving up, about a minute. Nothing is lost: the task runs on, and the
/// next attempt finds the account gone or starts again.
const MOST_LOOKS: u32 = 34;

#[derive(Debug, Deserialize)]
struct StartedBean {
    id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct TaskBean {
    #[serde(default)]
    percentage_complete: u64,
    #[serde(default)]
    successful: bool,
    #[serde(default)]
    messages: Vec<MessageBean>,
}

#[derive(Debug, Deserialize)]
struct MessageBean {
    #[serde(default)]
    translation: String,
}

impl Confluence {
    /// `DELETE /admin/user/{username}`, then `GET /longtask/{id}` until it is done.
    pub(super) async fn delete_user(&self, link: &AccountLink) -> Result<()> {
        self.forget_email(&link.remote_id);
        let path = format!("{API}/admin/user/{}", segment(&link.username)?);
        let answer = self.client.send(Method::DELETE, &path, None).await?;
        match answer.status() {
            202 | 200 => {}
            204 | 404 => return Ok(()),
            403 => return Err(self.why_forbidden(&answer).await),
            _ => return Err(answer.error()),
        }
        let task: StartedBean = answer.json()?;
        let path = format!("{API}/longtask/{}", segment(&task.id)?);
        let mut wait = FIRST_WAIT;
        for _ in 0..MOST_LOOKS {
            let answer = self.client.get(&path).await?;
            if answer.status() == 404 {
                // Finished tasks are forgotten after a while.
                return self.gone_or_unavailable(link).await;
            }
            let task: TaskBean = answer.success()?.json()?;
            if task.percentage_complete >= 100 {
                return if task.successful {
                    Ok(())
                } else {
                    Err(failed(&task))
                };
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
        self.gone_or_unavailable(link).await
    }

    async fn gone_or_unavailable(&self, link: &AccountLink) -> Result<()> {
        if self.find_link(link).await?.is_none() {
            return Ok(());
        }
        Err(ConnectorError::Unavailable(format!(
            "Confluence is still deleting {}",
            link.username
        )))
    }
}

fn failed(task: &TaskBean) -> ConnectorError {
    let words: Vec<&str> = task
        .messages
        .iter()
        .map(|message| message.translation.as_str())
        .collect();
    ConnectorError::Refused(format!(
        "Confluence could not delete the account: {}",
        words.join("; ")
    ))
}
