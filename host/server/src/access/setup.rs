//! The link that makes the first administrator.

use std::fmt;

use tidegate_store::access::new_secret;
use tidegate_store::apps::hash_token;

use crate::clock::now_ms;
use crate::service::Service;

/// A link works for a day; a start prints another.
const LASTS_MS: i64 = 24 * 60 * 60 * 1_000;

/// An address to open in a browser. Only `Display` shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct SetupLink(String);

impl fmt::Display for SetupLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for SetupLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SetupLink(…)")
    }
}

impl Service {
    /// A new set-up link, and the one before works no longer; none where there is an administrator. The token stands behind
    /// the `#`: browsers send that part to nobody, and proxies do not log it.
    ///
    /// # Errors
    /// A database error.
    pub async fn setup_link(&self) -> anyhow::Result<Option<SetupLink>> {
        let token = new_secret("")?;
        let made = self
            .store
            .put_setup(hash_token(&token), now_ms() + LASTS_MS)
            .await?;
        Ok(made.then(|| SetupLink(format!("{}/admin/setup#{token}", self.public_url()))))
    }
}
