//! Secrets at rest: XChaCha20-Poly1305 under one key from a file or the environment.
//!
//! Sealed bytes are bound to their place (`context`), so that one target's credentials
//! cannot be copied into another's row.

use std::fmt;
use std::path::Path;

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};

use crate::error::{Result, StoreError};

const NONCE: usize = 24;

/// Seals and opens. `Debug` shows nothing of the key.
#[derive(Clone)]
pub struct Sealer(XChaCha20Poly1305);

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer(…)")
    }
}

impl Sealer {
    /// From 32 bytes of key.
    #[must_use]
    pub fn new(key: &[u8; 32]) -> Self {
        Self(XChaCha20Poly1305::new(Key::from_slice(key)))
    }

    /// From 64 hexadecimal digits, as in the key file and `TIDEGATE_SECRET_KEY`.
    ///
    /// # Errors
    /// [`StoreError::Sealed`] where the text is not a key.
    pub fn from_hex(text: &str) -> Result<Self> {
        let digits = text.trim();
        if digits.len() != 64 || !digits.is_ascii() {
            return Err(StoreError::Sealed);
        }
        let mut key = [0_u8; 32];
        for (byte, pair) in key.iter_mut().zip(digits.as_bytes().chunks(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| StoreError::Sealed)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| StoreError::Sealed)?;
        }
        Ok(Self::new(&key))
    }

    /// From a key file; a missing one is created, readable by its owner only.
    ///
    /// # Errors
    /// The file cannot be read or made, or does not hold a key.
    pub fn from_file(path: &Path) -> Result<Self> {
        let fail = |source| StoreError::File {
            path: path.display().to_string(),
            source,
        };
        match std::fs::read_to_string(path) {
            Ok(text) => Self::from_hex(&text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let text = random_hex::<32>()?;
                write_private(path, &text).map_err(fail)?;
                Self::from_hex(&text)
            }
            Err(error) => Err(fail(error)),
        }
    }

    /// Seals a secret for one place.
    ///
    /// # Errors
    /// The operating system gives no random bytes.
    pub fn seal(&self, context: &str, secret: &[u8]) -> Result<Vec<u8>> {
        let nonce = random::<NONCE>()?;
        let payload = Payload {
            msg: secret,
            aad: context.as_bytes(),
        };
        let mut sealed = nonce.to_vec();
        sealed.extend(
            self.0
                .encrypt(XNonce::from_slice(&nonce), payload)
                .map_err(|_| StoreError::Sealed)?,
        );
        Ok(sealed)
    }

    /// Opens what was sealed for this place.
    ///
    /// # Errors
    /// [`StoreError::Sealed`]: another key, another place, or the bytes were changed.
    pub fn open(&self, context: &str, sealed: &[u8]) -> Result<Vec<u8>> {
        let (nonce, body) = sealed.split_at_checked(NONCE).ok_or(StoreError::Sealed)?;
        let payload = Payload {
            msg: body,
            aad: context.as_bytes(),
        };
        self.0
            .decrypt(XNonce::from_slice(nonce), payload)
            .map_err(|_| StoreError::Sealed)
    }
}

/// Bytes from the operating system's generator.
pub(crate) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0_u8; N];
    getrandom::fill(&mut bytes).map_err(|_| StoreError::Sealed)?;
    Ok(bytes)
}

/// The same as hexadecimal digits, two a byte.
pub(crate) fn random_hex<const N: usize>() -> Result<String> {
    Ok(random::<N>()?.iter().map(|byte| format!("{byte:02x}")).collect())
}

fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sealed_bytes_open_only_in_their_place_and_with_their_key() {
        let sealer = Sealer::new(&[7; 32]);
        let sealed = sealer.seal("target:1", b"secret").expect("seals");
        assert!(!sealed.windows(6).any(|w| w == b"secret"));
        assert_eq!(sealer.open("target:1", &sealed).expect("opens"), b"secret");
        assert!(matches!(
            sealer.open("target:2", &sealed),
            Err(StoreError::Sealed)
        ));
        assert!(matches!(
            Sealer::new(&[8; 32]).open("target:1", &sealed),
            Err(StoreError::Sealed)
        ));
        assert!(matches!(
            sealer.open("target:1", b"short"),
            Err(StoreError::Sealed)
        ));
    }
}
