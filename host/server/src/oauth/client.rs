//! Whether a client is the one that it says it is.

use tidegate_store::Store;
use tidegate_store::oauth::Client;

use super::assertion;
use super::error::TokenError;
use super::request::{Proof, TokenRequest};
use crate::apps::{App, is_valid};

/// The client of this app that the request comes from.
pub(super) async fn authenticate<'a>(
    store: &Store,
    app: &'a App,
    request: &TokenRequest,
    issuer: &str,
    now_ms: i64,
) -> Result<&'a Client, TokenError> {
    let known = |id: &str| app.client(id).ok_or_else(TokenError::invalid_client);
    match &request.proof {
        Proof::Secret(secret) => {
            let client = known(request.client_id.as_deref().unwrap_or_default())?;
            if !is_valid(&client.secrets, secret, now_ms) {
                return Err(TokenError::invalid_client());
            }
            Ok(client)
        }
        Proof::Assertion(assertion) => {
            let subject = assertion::subject(assertion).ok_or_else(TokenError::invalid_client)?;
            if request.client_id.as_ref().is_some_and(|id| *id != subject) {
                return Err(TokenError::invalid_client());
            }
            let client = known(&subject)?;
            assertion::check(store, client, assertion, issuer, now_ms).await?;
            Ok(client)
        }
    }
}
