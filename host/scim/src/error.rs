//! The one error of this crate and of the SCIM endpoints (RFC 7644 section 3.12).
//!
//! It carries two texts: `detail` is shown to an administrator in the identity provider's task
//! list, so it names the attribute and what to do; `internal` is for our log and never leaves.

use scim_v2::models::errors::ScimType;
use scim_v2::schema_urns;
use serde_json::{Value, json};

/// What a request is answered when it fails.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{status}: {detail}")]
pub struct ScimError {
    /// The HTTP status.
    pub status: u16,
    /// The keyword of RFC 7644 table 9; only 400 and 409 have one.
    pub scim_type: Option<ScimType>,
    /// For a human on the other side.
    pub detail: String,
    /// For our log only.
    pub internal: Option<String>,
    /// Sent as `Retry-After`, in whole seconds: Okta ignores every other form.
    pub retry_after_seconds: Option<u64>,
}

impl ScimError {
    /// An error with a status and no keyword.
    pub fn new(status: u16, detail: impl Into<String>) -> Self {
        Self {
            status,
            scim_type: None,
            detail: detail.into(),
            internal: None,
            retry_after_seconds: None,
        }
    }

    fn typed(status: u16, scim_type: ScimType, detail: impl Into<String>) -> Self {
        Self {
            scim_type: Some(scim_type),
            ..Self::new(status, detail)
        }
    }

    /// Adds what only the log may know.
    #[must_use]
    pub fn with_internal(mut self, internal: impl Into<String>) -> Self {
        self.internal = Some(internal.into());
        self
    }

    /// 400 `invalidSyntax`: the body is not the message it should be.
    pub fn invalid_syntax(detail: impl Into<String>) -> Self {
        Self::typed(400, ScimType::InvalidSyntax, detail)
    }

    /// 400 `invalidValue`: a value is missing, of the wrong type, or out of bounds.
    pub fn invalid_value(detail: impl Into<String>) -> Self {
        Self::typed(400, ScimType::InvalidValue, detail)
    }

    /// 400 `invalidFilter`.
    pub fn invalid_filter(detail: impl Into<String>) -> Self {
        Self::typed(400, ScimType::InvalidFilter, detail)
    }

    /// 400 `invalidPath`: the path of a PATCH operation is malformed or names nothing known.
    pub fn invalid_path(detail: impl Into<String>) -> Self {
        Self::typed(400, ScimType::InvalidPath, detail)
    }

    /// 400 `noTarget`: the path of a PATCH operation matches no value.
    pub fn no_target(detail: impl Into<String>) -> Self {
        Self::typed(400, ScimType::NoTarget, detail)
    }

    /// 400 `mutability`: the attribute cannot be changed so.
    pub fn mutability(detail: impl Into<String>) -> Self {
        Self::typed(400, ScimType::Mutability, detail)
    }

    /// 400 `tooMany`.
    pub fn too_many(detail: impl Into<String>) -> Self {
        Self::typed(400, ScimType::TooMany, detail)
    }

    /// 400 `invalidCursor` (RFC 9865 section 2.1).
    pub fn invalid_cursor(detail: impl Into<String>) -> Self {
        Self::typed(400, ScimType::from("invalidCursor".to_owned()), detail)
    }

    /// 400 `expiredCursor` (RFC 9865 section 2.1).
    pub fn expired_cursor(detail: impl Into<String>) -> Self {
        Self::typed(400, ScimType::from("expiredCursor".to_owned()), detail)
    }

    /// 400 `invalidCount` (RFC 9865 section 2.1).
    pub fn invalid_count(detail: impl Into<String>) -> Self {
        Self::typed(400, ScimType::from("invalidCount".to_owned()), detail)
    }

    /// 409 `uniqueness`.
    pub fn uniqueness(detail: impl Into<String>) -> Self {
        Self::typed(409, ScimType::Uniqueness, detail)
    }

    /// 401.
    pub fn unauthorized(detail: impl Into<String>) -> Self {
        Self::new(401, detail)
    }

    /// 403.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(403, detail)
    }

    /// 404.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(404, detail)
    }

    /// 405.
    pub fn method_not_allowed(detail: impl Into<String>) -> Self {
        Self::new(405, detail)
    }

    /// 413.
    pub fn payload_too_large(detail: impl Into<String>) -> Self {
        Self::new(413, detail)
    }

    /// 415.
    pub fn unsupported_media_type(detail: impl Into<String>) -> Self {
        Self::new(415, detail)
    }

    /// 429, the only answer that Okta retries by itself.
    #[must_use]
    pub fn too_many_requests(retry_after_seconds: u64) -> Self {
        Self {
            retry_after_seconds: Some(retry_after_seconds),
            ..Self::new(
                429,
                format!("Too many requests. Try again in {retry_after_seconds} seconds."),
            )
        }
    }

    /// 501.
    pub fn not_implemented(detail: impl Into<String>) -> Self {
        Self::new(501, detail)
    }

    /// 500. `internal` goes to the log; the client learns only that it was not its fault.
    pub fn internal(internal: impl Into<String>) -> Self {
        Self::new(
            500,
            "Tidegate failed to process this request. The cause is in its log.",
        )
        .with_internal(internal)
    }

    /// The JSON body (RFC 7644 section 3.12): `status` is a string there.
    #[must_use]
    pub fn body(&self) -> Value {
        let mut body = json!({ "schemas": [schema_urns::ERROR], "status": self.status.to_string() });
        if let Some(body) = body.as_object_mut() {
            if let Some(scim_type) = &self.scim_type {
                body.insert("scimType".into(), scim_type.as_str().into());
            }
            body.insert("detail".into(), self.detail.as_str().into());
        }
        body
    }
}
