//! Where administrators sign in beside passwords, if anywhere.

use super::{Finding, bad, good};
use crate::access::oidc::Oidc;
use crate::config::Config;

const ISSUER: &str = "OpenID Connect";

/// Whether the issuer is there, and describes itself as what is configured.
pub(super) async fn look(config: &Config) -> Option<Finding> {
    let oidc = match Oidc::of(config) {
        Ok(oidc) => oidc?,
        Err(error) => {
            return Some(bad(
                ISSUER,
                format!("{error:#}"),
                "mend the setting, and start again",
            ));
        }
    };
    let issuer = config.oidc_issuer.as_deref().unwrap_or_default();
    Some(match oidc.check().await {
        Ok(()) => good(ISSUER, format!("{issuer} is there")),
        Err(words) => bad(
            ISSUER,
            words,
            format!(
                "look whether {issuer} is the issuer to the letter, and at name resolution, proxy and certificate on the way"
            ),
        ),
    })
}
