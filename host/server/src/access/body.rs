//! Bodies that hold secrets: what is wrong with them is said without repeating them.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;

use crate::admin::error::Refusal;

/// A JSON body. A form of another site's page cannot send one.
#[derive(Debug)]
pub(crate) struct Fields<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Fields<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let media = request
            .headers()
            .get(CONTENT_TYPE)
            .and_then(|value| value.to_str().ok());
        let media = media
            .and_then(|text| text.split(';').next())
            .unwrap_or_default()
            .trim();
        if !media.eq_ignore_ascii_case("application/json") {
            let text = "the body is JSON: Content-Type: application/json";
            return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, text));
        }
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|rejection| Refusal::new(rejection.status(), "the body is too long, or broke off"))?;
        serde_json::from_slice(&bytes).map(Self).map_err(|error| {
            // The library's own words repeat what was sent.
            let text = match error.is_data() {
                true => "a field is missing, not known, or of another type",
                false => "the body is not JSON",
            };
            let text = format!("{text} (line {}, column {})", error.line(), error.column());
            Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, text)
        })
    }
}
