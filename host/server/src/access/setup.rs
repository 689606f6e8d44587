//! The link that makes the first administrator.

use tidegate_store::access::new_secret;
use tidegate_store::apps::hash_token;

use crate::clock::now_ms;
use crate::service::Service;

/// A link works for a day; a start prints another.
const LASTS_MS: i64 = 24 * 60 * 60 * 1_000;

impl Service {
    /// A new set-up link, and the one before works no longer; none where there is an administrator. The token stands behind
    /// the `#`: browsers send that part to nobody, and proxies do not log it.
    ///
    /// # Errors
    /// A database error.
    pub async fn setup_link(&self) -> anyhow::Result<Option<String>> {
        let token = new_secret("")?;
        let made = self
            .store
            .put_setup(hash_token(&token), now_ms() + LASTS_MS)
            .await?;
        Ok(made.then(|| format!("{}/admin/setup#{token}", self.public_url())))
    }
}
