//! Access tokens: sealed, so that nothing needs to be stored to recognise them. A token names its
//! client, and dies with it; one that was made for another app does not open.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use tidegate_store::StoreError;
use tidegate_store::seal::Sealer;

use crate::apps::App;

/// Seconds that an access token works.
pub(super) const SECONDS: i64 = 3_600;

/// What access tokens begin with, so that they are recognised where they should not be.
const PREFIX: &str = "tga_";

#[derive(Debug, Serialize, Deserialize)]
struct AccessToken {
    client: String,
    expires_ms: i64,
}

fn place(app_id: &str) -> String {
    format!("access-token:{app_id}")
}

/// Makes an access token for a client that has shown who it is.
pub(super) fn issue(
    sealer: &Sealer,
    app_id: &str,
    client_id: &str,
    now_ms: i64,
) -> Result<String, StoreError> {
    let token = AccessToken {
        client: client_id.to_owned(),
        expires_ms: now_ms + SECONDS * 1_000,
    };
    let sealed = sealer.seal(&place(app_id), &serde_json::to_vec(&token)?)?;
    Ok(format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode(sealed)))
}

/// Whether an access token opens this app now.
pub(crate) fn accepts(sealer: &Sealer, app: &App, token: &str, now_ms: i64) -> bool {
    client(sealer, &app.id, token, now_ms).is_some_and(|client| app.client(&client).is_some())
}

/// The client that a token was issued to, while it works.
fn client(sealer: &Sealer, app_id: &str, token: &str, now_ms: i64) -> Option<String> {
    let sealed = BASE64_URL_SAFE_NO_PAD.decode(token.strip_prefix(PREFIX)?).ok()?;
    let plain = sealer.open(&place(app_id), &sealed).ok()?;
    let token: AccessToken = serde_json::from_slice(&plain).ok()?;
    (now_ms < token.expires_ms).then_some(token.client)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_works_for_its_app_and_its_hour() {
        let sealer = Sealer::new(&[7; 32]);
        let token = issue(&sealer, "app", "client", 1_000).expect("is issued");
        let found = |app: &str, token: &str, now_ms: i64| client(&sealer, app, token, now_ms);
        assert_eq!(found("app", &token, 1_001).as_deref(), Some("client"));
        assert_eq!(
            found("app", &token, 1_000 + SECONDS * 1_000),
            None,
            "its hour is over"
        );
        assert_eq!(found("other", &token, 1_001), None);
        assert_eq!(found("app", &token[..token.len() - 2], 1_001), None);
        assert_eq!(found("app", "tg_token", 1_001), None);
        assert_eq!(
            client(&Sealer::new(&[8; 32]), "app", &token, 1_001),
            None,
            "another key"
        );
    }
}
