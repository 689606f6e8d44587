//! Reading a request's body: bounded, of the right type, JSON.

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde_json::Value;
use tidegate_scim::error::ScimError;
use tidegate_scim::limits::MAX_BULK_BYTES;

use super::{Endpoint, Refused};

/// A JSON body.
#[derive(Debug)]
pub(crate) struct Json(pub(crate) Value);

/// The JSON body of a bulk request, which has a bound of its own.
#[derive(Debug)]
pub(crate) struct BulkJson(pub(crate) Value);

impl FromRequest<Endpoint> for Json {
    type Rejection = Refused;

    async fn from_request(request: Request, endpoint: &Endpoint) -> Result<Self, Refused> {
        json(request, endpoint.max_body_bytes).await.map(Self)
    }
}

impl FromRequest<Endpoint> for BulkJson {
    type Rejection = Refused;

    async fn from_request(request: Request, endpoint: &Endpoint) -> Result<Self, Refused> {
        let limit = MAX_BULK_BYTES.min(endpoint.max_body_bytes);
        json(request, limit).await.map(Self)
    }
}

async fn json(request: Request, limit: usize) -> Result<Value, Refused> {
    let headers = request.headers();
    if let Some(kind) = headers.get(CONTENT_TYPE) {
        // RFC 7644 says application/scim+json; Okta's own test suite sends application/json.
        let kind = kind
            .to_str()
            .unwrap_or("")
            .split(';')
            .next()
            .unwrap_or("")
            .trim()
            .to_ascii_lowercase();
        if kind != "application/scim+json" && kind != "application/json" {
            let detail = format!("Content-Type {kind:?} is not taken here; send application/scim+json.");
            return Err(ScimError::unsupported_media_type(detail).into());
        }
    }
    let announced = headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|bytes| bytes > limit) {
        return Err(too_large(limit));
    }
    let bytes = read(request.into_body(), limit).await?;
    serde_json::from_slice(&bytes)
        .map_err(|error| ScimError::invalid_syntax(format!("The body is not JSON: {error}.")).into())
}

fn too_large(limit: usize) -> Refused {
    ScimError::payload_too_large(format!("The body has more than {limit} bytes.")).into()
}

async fn read(body: Body, limit: usize) -> Result<bytes::Bytes, Refused> {
    let collected = Limited::new(body, limit).collect().await;
    collected
        .map(http_body_util::Collected::to_bytes)
        .map_err(|error| {
            if error.downcast_ref::<LengthLimitError>().is_some() {
                return too_large(limit);
            }
            ScimError::invalid_syntax("The body ended early.").into()
        })
}
