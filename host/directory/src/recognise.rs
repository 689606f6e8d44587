//! Which account that is there already is a user's.

use crate::connector::{Account, Connector, ConnectorError, Result};
use crate::plan::{AccountSpec, LinkBy};

/// The account that the rules take for this user's, where nobody linked one yet.
///
/// A product that tells no addresses (Confluence) has its accounts recognised by username, whatever the rules
/// say: the administrator sees it in the target's capability table.
///
/// # Errors
/// The product's. `Conflict`: by its address the account is this user's, and its username another's.
pub async fn recognise(connector: &dyn Connector, spec: &AccountSpec) -> Result<Option<Account>> {
    let by_email = match (spec.link_by, spec.email.as_deref()) {
        (LinkBy::Username, _) | (_, None) => None,
        (LinkBy::Email | LinkBy::UsernameOrEmail, Some(email)) => Some(email),
    };
    let Some(email) = by_email else {
        return connector.find_account(&spec.username).await;
    };
    if spec.link_by == LinkBy::UsernameOrEmail
        && let Some(account) = connector.find_account(&spec.username).await?
    {
        return Ok(Some(account));
    }
    match connector.find_account_by_email(email).await {
        Ok(Some(account)) => Ok(Some(account)),
        Ok(None) if spec.link_by == LinkBy::Email => match connector.find_account(&spec.username).await? {
            None => Ok(None),
            Some(other) => Err(ConnectorError::Conflict(format!(
                "the username {:?} is taken by an account with another e-mail address ({})",
                spec.username,
                other.email.as_deref().unwrap_or("none")
            ))),
        },
        Ok(None) => Ok(None),
        Err(ConnectorError::Unsupported(_)) => connector.find_account(&spec.username).await,
        Err(error) => Err(error),
    }
}
