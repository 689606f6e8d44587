//! Usernames in more than one user directory. Jira acts on one of such accounts and does not say on which: where
//! the administrator named a directory, none of them is changed.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;
use tokio::sync::Mutex;
use tokio::time::Instant;

use super::instance::TELLS_DUPLICATES;
use super::{API, Jira};
use crate::connector::{ConnectorError, Result};

/// Jira itself keeps the list for so long.
const KEPT: Duration = Duration::from_secs(600);

/// Lower-case username and the names of its directories.
pub(super) type List = BTreeMap<String, Vec<String>>;

/// The list as last read; none: Jira does not tell. Whoever comes while it is read waits for it.
#[derive(Debug, Default)]
pub(super) struct Duplicates(Mutex<Option<(Instant, Option<List>)>>);

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PlaceBean {
    directory_name: String,
}

impl Jira {
    /// `GET /user/duplicated/list`, from Jira 8.19; none before. Atlassian calls it experimental.
    async fn read_duplicates(&self) -> Result<Option<List>> {
        if self.older_than(TELLS_DUPLICATES).await?.is_some() {
            return Ok(None);
        }
        let answer = self.client.get(&format!("{API}/user/duplicated/list")).await?;
        if answer.status() == 404 {
            return Ok(None);
        }
        let places: BTreeMap<String, Vec<PlaceBean>> = answer.success()?.json()?;
        let names = |places: Vec<PlaceBean>| places.into_iter().map(|place| place.directory_name).collect();
        let list = places.into_iter();
        Ok(Some(
            list.map(|(name, places)| (name.to_lowercase(), names(places)))
                .collect(),
        ))
    }

    /// For the table of abilities: whether they are told, and what becomes of them. That they are not, for whatever
    /// reason, is no reason to leave Jira alone.
    pub(super) async fn duplicates_in_words(&self) -> Result<(bool, String)> {
        match self.read_duplicates().await {
            Ok(Some(list)) => Ok((true, self.how_duplicates_are_met(&list))),
            Ok(None) => Ok((false, "needs Jira 8.19 or later".to_owned())),
            Err(error @ ConnectorError::Unauthorized(_)) => Err(error),
            Err(error) => Ok((false, format!("Jira does not say: {error}"))),
        }
    }

    fn how_duplicates_are_met(&self, list: &List) -> String {
        let some: Vec<&str> = list.keys().take(3).map(String::as_str).collect();
        let met = match &self.directory {
            Some(_) => "they are not changed",
            None => "name a directory, and they are not changed",
        };
        match list.len() {
            0 => "there are none".to_owned(),
            count => format!("{count}, such as {}: {met}", some.join(", ")),
        }
    }

    /// Whether an account may be changed, as far as Jira tells where it lives. Without a directory that was named,
    /// nothing is asked.
    pub(super) async fn check_directory(&self, username: &str) -> Result<()> {
        let Some(wanted) = &self.directory else {
            return Ok(());
        };
        let mut kept = self.duplicates.0.lock().await;
        let list = match kept.take() {
            Some((read_at, list)) if read_at.elapsed() < KEPT => kept.insert((read_at, list)),
            _ => {
                let read = match self.read_duplicates().await {
                    Err(error @ (ConnectorError::Unauthorized(_) | ConnectorError::RateLimited { .. })) => {
                        return Err(error);
                    }
                    Err(error) => {
                        tracing::warn!(%error, "Jira does not say which usernames are in several directories");
                        None
                    }
                    Ok(list) => list,
                };
                kept.insert((Instant::now(), read))
            }
        };
        match list
            .1
            .as_ref()
            .and_then(|list| list.get(&username.to_lowercase()))
        {
            None => Ok(()),
            Some(places) => Err(ConnectorError::ReadOnly(format!(
                "{username} is in more than one user directory ({}), and Jira does not tell which of the accounts it \
                 changes; this target manages {wanted:?} only: delete or deactivate the other",
                places.join(", ")
            ))),
        }
    }
}
