//! Bitbucket's pages: the next one starts where the last says, which is not
//! `start + size` where entries were filtered out.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{Bitbucket, refusal};
use crate::connector::Result;
use crate::products::{MOST_PAGES, endless};

/// Asked for; Bitbucket may give less.
const LIMIT: usize = 500;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageBean<T> {
    pub(super) values: Vec<T>,
    #[serde(default)]
    is_last_page: bool,
    next_page_start: Option<usize>,
}

impl Bitbucket {
    /// One page, and where the next one starts. `path` has a query already.
    pub(super) async fn page<T: DeserializeOwned>(
        &self,
        path: &str,
        start: usize,
    ) -> Result<(Vec<T>, Option<usize>)> {
        let answer = self
            .client
            .get(&format!("{path}&start={start}&limit={LIMIT}"))
            .await?;
        if !(200..300).contains(&answer.status()) {
            return Err(refusal(&answer));
        }
        let page: PageBean<T> = answer.json()?;
        // A start that does not go forward would be asked for for ever.
        let next = page
            .next_page_start
            .filter(|next| !page.is_last_page && *next > start);
        Ok((page.values, next))
    }

    /// The first entry, over all pages, that is the one meant.
    pub(super) async fn first<T: DeserializeOwned>(
        &self,
        path: &str,
        meant: impl Fn(&T) -> bool + Send,
    ) -> Result<Option<T>> {
        let mut from = 0;
        for _ in 0..MOST_PAGES {
            let (values, next) = self.page::<T>(path, from).await?;
            if let Some(found) = values.into_iter().find(|value| meant(value)) {
                return Ok(Some(found));
            }
            match next {
                Some(next) => from = next,
                None => return Ok(None),
            }
        }
        Err(endless())
    }

    /// Every entry of every page.
    pub(super) async fn all<T: DeserializeOwned>(&self, path: &str) -> Result<Vec<T>> {
        let mut all = Vec::new();
        let mut from = 0;
        for _ in 0..MOST_PAGES {
            let (values, next) = self.page::<T>(path, from).await?;
            all.extend(values);
            match next {
                Some(next) => from = next,
                None => return Ok(all),
            }
        }
        Err(endless())
    }
}
