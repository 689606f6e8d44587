//! Import: Okta reads everything, in pages of a hundred.

use http::Method;
use serde_json::Value;

use crate::client::OktaClient;
use crate::error::OktaError;

/// Okta's page. It adds this to `startIndex` whatever it got: a server with smaller pages loses
/// people.
const PAGE: u64 = 100;

/// Ends the walk over a server whose total grows without end.
const MAX_PAGES: u64 = 100_000;

impl OktaClient {
    /// Reads all users.
    ///
    /// # Errors
    /// If the server refuses, or a page is no list with a whole number as `totalResults`.
    pub async fn import_users(&self) -> Result<Vec<Value>, OktaError> {
        self.import("Users").await
    }

    /// Reads all groups.
    ///
    /// # Errors
    /// As [`Self::import_users`].
    pub async fn import_groups(&self) -> Result<Vec<Value>, OktaError> {
        self.import("Groups").await
    }

    async fn import(&self, endpoint: &str) -> Result<Vec<Value>, OktaError> {
        let mut all = Vec::new();
        for page in 0..MAX_PAGES {
            let start_index = page * PAGE + 1;
            let path = format!("/{endpoint}?startIndex={start_index}&count={PAGE}");
            let mut list = self.call(Method::GET, &path, None).await?;
            let wrong = |what: &str| OktaError::answer(&Method::GET, &path, what);
            let total = list.get("totalResults").and_then(Value::as_u64);
            let total = total.ok_or_else(|| wrong("totalResults is no whole number"))?;
            match list.get_mut("Resources").map(Value::take) {
                Some(Value::Array(resources)) => all.extend(resources),
                None if total == 0 => {}
                _ => return Err(wrong("Resources is no list")),
            }
            if start_index + PAGE > total {
                break;
            }
        }
        Ok(all)
    }
}
