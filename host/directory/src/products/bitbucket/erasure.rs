//! Erasing what a deleted account leaves behind: `/admin/users/erasure`.

use http::Method;
use serde_json::Value;

use super::{API, Bitbucket};
use crate::connector::{AccountLink, ConnectorError, Result};
use crate::transport::encode;

impl Bitbucket {
    /// Deletes, then erases. Both are asked for by the username, which nobody can look up once the account is
    /// deleted: it is the one that the account had, or, after an attempt that was cut off, the one last seen.
    pub(super) async fn delete_and_erase(&self, link: &AccountLink) -> Result<()> {
        let deleted = self.delete_user(link).await?;
        let name = deleted.unwrap_or_else(|| link.username.clone());
        let path = format!("/admin/users/erasure?name={}", encode(&name));
        let answer = self.client.get(&format!("{API}{path}")).await?;
        match answer.status() {
            // Erased already, or it left nothing.
            404 => Ok(()),
            409 => Err(ConnectorError::Refused(format!(
                "the account is deleted, but somebody is called {name} again, and Bitbucket erases by name: rename \
                 that account, then try again"
            ))),
            _ => {
                answer.success()?;
                self.write(Method::POST, &path, &Value::Null).await
            }
        }
    }
}
