//! Cursors (RFC 9865): where the next page begins, sealed. A client can neither read nor make one,
//! and one that was made for another app, endpoint, filter or order does not open.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use tidegate_scim::error::ScimError;
use tidegate_scim::limits::CURSOR_SECONDS;
use tidegate_store::seal::Sealer;

use super::page::{At, Begin};

/// What a cursor holds.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Cursor {
    /// Which kind of a list over both, from 0.
    part: u8,
    at: At,
    /// What the first page counted.
    total: u64,
    /// Milliseconds since 1970.
    expires_ms: i64,
}

/// Where a page begins, and what earlier pages counted.
#[derive(Debug)]
pub(super) struct Position {
    pub(super) part: u8,
    pub(super) at: Begin,
    pub(super) total: Option<u64>,
}

impl Position {
    /// Without a cursor, or with an empty one.
    pub(super) fn first(skip: u64) -> Self {
        Self {
            part: 0,
            at: Begin::Skip(skip),
            total: None,
        }
    }
}

impl Cursor {
    /// Leads to what follows a resource.
    pub(super) fn after(part: u8, at: At, total: u64) -> Self {
        Self {
            part,
            at,
            total,
            expires_ms: 0,
        }
    }

    /// As a client is given it: only characters that need no encoding in a URL.
    pub(super) fn seal(self, sealer: &Sealer, place: &str, now_ms: i64) -> Result<String, ScimError> {
        let cursor = Self {
            expires_ms: now_ms + CURSOR_SECONDS * 1_000,
            ..self
        };
        let internal = |error: String| ScimError::internal(format!("a cursor was not made: {error}"));
        let plain = serde_json::to_vec(&cursor).map_err(|error| internal(error.to_string()))?;
        let sealed = sealer
            .seal(place, &plain)
            .map_err(|error| internal(error.to_string()))?;
        Ok(BASE64_URL_SAFE_NO_PAD.encode(sealed))
    }

    /// From what a client sends.
    pub(super) fn open(sealer: &Sealer, place: &str, text: &str, now_ms: i64) -> Result<Position, ScimError> {
        let invalid = || {
            ScimError::invalid_cursor(
                "The cursor does not belong to this query: send nextCursor of the page before, with the same \
                 filter and order, or an empty cursor for the first page.",
            )
        };
        let sealed = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| invalid())?;
        let plain = sealer.open(place, &sealed).map_err(|_| invalid())?;
        let cursor: Self = serde_json::from_slice(&plain).map_err(|_| invalid())?;
        if now_ms >= cursor.expires_ms {
            return Err(ScimError::expired_cursor(format!(
                "The cursor is older than {CURSOR_SECONDS} seconds: begin again with an empty cursor."
            )));
        }
        Ok(Position {
            part: cursor.part,
            at: Begin::After(cursor.at),
            total: Some(cursor.total),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_opens_in_its_place_and_in_its_time_only() {
        let sealer = Sealer::new(&[7; 32]);
        let made = Cursor::after(1, At::Created(41), 100);
        let text = made.seal(&sealer, "here", 1_000).expect("seals");
        let unreserved = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
        assert!(text.chars().all(unreserved), "{text}");
        let keyword = |place: &str, text: &str, now_ms: i64| {
            let error = Cursor::open(&sealer, place, text, now_ms).expect_err("does not open");
            assert_eq!(error.status, 400);
            error.body()["scimType"].as_str().unwrap_or_default().to_owned()
        };
        let opened = Cursor::open(&sealer, "here", &text, 1_001).expect("opens");
        assert_eq!((opened.part, opened.total), (1, Some(100)));
        assert_eq!(opened.at, Begin::After(At::Created(41)));
        assert_eq!(keyword("there", &text, 1_001), "invalidCursor");
        assert_eq!(keyword("here", &text[1..], 1_001), "invalidCursor");
        assert_eq!(keyword("here", "", 1_001), "invalidCursor");
        assert_eq!(
            keyword("here", &text, 1_000 + CURSOR_SECONDS * 1_000),
            "expiredCursor"
        );
    }
}
