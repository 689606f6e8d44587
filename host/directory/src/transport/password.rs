//! Passwords nobody will ever type: accounts log in by single sign-on.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use crate::connector::{ConnectorError, Result};

/// 256 random bits of the operating system, in letters, digits, `-` and `_`, with one of
/// each character class in front for the products' password policies.
///
/// # Errors
/// `Unavailable`: the system has no randomness to give.
pub fn random_password() -> Result<String> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes)
        .map_err(|error| ConnectorError::Unavailable(format!("no randomness for a password: {error}")))?;
    Ok(format!("aA1!{}", BASE64_URL_SAFE_NO_PAD.encode(bytes)))
}
