//! Whose components are taken: detached minisign signatures over the component's bytes.

use minisign_verify::{PublicKey, Signature};
use thiserror::Error;

/// Keys, and whether a component without a signature is taken.
#[derive(Debug, Clone)]
pub struct Trust {
    keys: Vec<(String, PublicKey)>,
    takes_unsigned: bool,
}

/// Why a component is not taken.
#[derive(Debug, Error)]
pub enum TrustError {
    /// A configured key is none.
    #[error("{0:?} in trusted-keys is no minisign public key")]
    Key(String),
    /// Signed components are required.
    #[error(
        "the component is not signed, and this server takes signed ones only (unsigned-policies = false): give --signature"
    )]
    Unsigned,
    /// The signature cannot be read.
    #[error("the signature is no minisign signature: {0}")]
    Unreadable(String),
    /// By nobody who is trusted, or of other bytes.
    #[error("the signature is by none of the trusted keys, or of another component")]
    Untrusted,
    /// It is not what was meant.
    #[error("the component has the digest {found}, not {wanted}")]
    Digest {
        /// Its SHA-256.
        found: String,
        /// The one that was stated.
        wanted: String,
    },
}

impl Trust {
    /// Everybody's unsigned components, and signatures by nobody.
    #[must_use]
    pub fn of_all() -> Self {
        Self {
            keys: Vec::new(),
            takes_unsigned: true,
        }
    }

    /// These keys', as minisign writes public keys (the line without its comment).
    ///
    /// # Errors
    /// One of them is no key.
    pub fn new(keys: &[String], takes_unsigned: bool) -> Result<Self, TrustError> {
        let read = |text: &String| {
            let key = PublicKey::from_base64(text.trim()).map_err(|_| TrustError::Key(text.clone()))?;
            Ok((text.trim().to_owned(), key))
        };
        Ok(Self {
            keys: keys.iter().map(read).collect::<Result<_, _>>()?,
            takes_unsigned,
        })
    }

    /// Who signed a component; none: nobody, and that is allowed. A signature that is given is always
    /// checked: a wrong one is a sign of something wrong, wherever unsigned components are taken.
    ///
    /// # Errors
    /// It is not taken.
    pub fn check(&self, component: &[u8], signature: Option<&str>) -> Result<Option<&str>, TrustError> {
        let Some(signature) = signature else {
            return match self.takes_unsigned {
                true => Ok(None),
                false => Err(TrustError::Unsigned),
            };
        };
        let signature =
            Signature::decode(signature).map_err(|error| TrustError::Unreadable(error.to_string()))?;
        let signer = self
            .keys
            .iter()
            .find(|(_, key)| key.verify(component, &signature, false).is_ok());
        signer
            .map(|(text, _)| Some(text.as_str()))
            .ok_or(TrustError::Untrusted)
    }
}
